"""The pages of the words: one gate, one form, one action, one answer."""

from indicators.gates import gate_of
from narratives.choices import PERMISSIONS

gate = gate_of(PERMISSIONS)
