"""How a number is printed: rounded once, half away from zero, with sign, separators and unit."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

MINUS = "−"
BOUNDS = {"exact": "", "over": "over ", "up-to": "up to ", "less-than": "less than ", "about": "about "}
BEHIND = {
    "count": "", "percent": "%", "seconds": " s", "minutes": " min", "million-pounds": "m", "pounds": "",
    "per-1000": " per 1,000",
}  # fmt: skip
NAMED = {"hours": "hour", "days": "day"}


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half away from zero; zero has no sign."""
    with localcontext(prec=60):
        found = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(found) if found == 0 else found


def places_of(value: Decimal) -> int:
    """Count the decimals a number was written with, trailing zeros aside."""
    text = f"{value:f}"
    return len(text.partition(".")[2].rstrip("0"))


def with_unit(digits: str, unit: str, *, is_change: bool = False) -> str:
    """Put unsigned digits and a unit together; a change of a percentage is in points."""
    if unit == "percent" and is_change:
        return f"{digits} pp"
    if unit in NAMED:
        return f"{digits} {NAMED[unit]}" if digits == "1" else f"{digits} {NAMED[unit]}s"
    if unit in ("million-pounds", "pounds"):
        return f"<£{digits[1:]}{BEHIND[unit]}" if digits[0] == "<" else f"£{digits}{BEHIND[unit]}"
    return f"{digits}{BEHIND[unit]}"


def value_words(value: Decimal, unit: str, places: int, qualifier: str = "exact") -> str:
    """Print a value with its unit and its bound: "152,467", "£54.8m", "over 5,200"."""
    shown = rounded(value, places)
    sign = MINUS if shown < 0 else ""
    return f"{BOUNDS[qualifier]}{sign}{with_unit(f'{abs(shown):,.{places}f}', unit)}"


def size(value: Decimal, places: int) -> str:
    """Print the size of a change that is not 0: never as 0, but as less than the least that would show."""
    shown = abs(rounded(value, places))
    return f"{shown:,.{places}f}" if shown else f"<{Decimal(1).scaleb(-places):,.{places}f}"


def signed(value: Decimal, text: str) -> str:
    """Put the sign of a change before its digits: there always is one."""
    return f"{'+' if value > 0 else MINUS}{text}"
