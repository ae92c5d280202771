"""What a reader must know of a figure that was counted from cases: rows left out as faulty, cases set aside."""

from collections.abc import Mapping
from datetime import date

from indicators.periods import month_text


def left_out_words(left_out: Mapping[date, int]) -> str:
    """Say which months are incomplete and by how many rows at most; empty when none is."""
    months = [month for month, rows in sorted(left_out.items()) if rows]
    if not months:
        return ""
    named = ", ".join(f"{month_text(month)} ({left_out[month]:,})" for month in months)
    return f"incomplete: faulty rows were left out of {named}"


def cautions(incomplete: str, set_aside: int) -> str:
    """Join what is incomplete with how many cases are set aside."""
    if not set_aside:
        return incomplete
    words = f"{set_aside:,} {'case is' if set_aside == 1 else 'cases are'} set aside"
    return f"{incomplete}; {words}" if incomplete else words


def without_days(cases: int) -> str:
    """Say how many cases of the months that a span holds in part cannot be told to lie in it."""
    of_month = "of its first or last month"
    return f"1 case {of_month} has no day" if cases == 1 else f"{cases:,} cases {of_month} have no day"
