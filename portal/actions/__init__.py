"""Every change of state of a report: putting together, sign-off, presenting."""
