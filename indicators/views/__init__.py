"""The pages of the figures: one gate, one form, one action, one answer."""

from indicators.gates import gate_of
from indicators.permissions import PERMISSIONS

gate = gate_of(PERMISSIONS)
