"""The pages of the figures: one gate, one form, one action, one answer."""

from indicators.choices import PERMISSIONS
from indicators.gates import gate_of

gate = gate_of(PERMISSIONS)
