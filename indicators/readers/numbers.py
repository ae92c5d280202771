"""Numbers written by people: taken exactly, or refused by name. Blank is never zero, and nothing passes a float."""

import re
from decimal import Decimal

from indicators.readers.problems import Unfit
from indicators.readers.texts import BLANKS, named

INTEGER_DIGITS = 15  # what a spreadsheet keeps exactly
DECIMALS = 8  # what the portal stores

_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_MARKS = {
    "*",
    "r",
    "p",
    "e",
    "c",
    "x",
    "..",
    "...",
    "-",
    "–",
    "—",
    ":",
    "[c]",
    "[x]",
    "[r]",
    "[p]",
    "[z]",
    "[u]",
}
_WORDS = {"n/a", "na", "#n/a", "none", "null", "nil", "not available", "suppressed", "tbc", "tbd", "unknown"}
_ON_STATUS = (
    "Write the state in the column status (for example suppressed, not-available, revised or "
    "provisional); where "
    "there is no number leave the cell blank and give the reason in note."
)

# Forms with a name of their own, tried in this order on what is not a plain number.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"[-+]?(nan|inf|infinity|#div/0!|#value!|#ref!|#num!|#name\?)", re.I),
        "is not a finite number. Correct its source.",
    ),
    (
        re.compile(r"[-+]?[0-9.,]+e[-+]?[0-9]+", re.I),
        "is in scientific notation and may have lost digits. Write it out in full.",
    ),
    (re.compile(r".*[0-9]_[0-9].*"), "holds an underscore. Write digits only, for example 1000."),
    (re.compile(r".*%"), "has a percent sign. Write the number alone; the indicator knows its unit."),
    (re.compile(r".*[£$€].*"), "has a currency sign. Write the number alone; the indicator knows its unit."),
    (
        re.compile(r"\(.*\)"),
        "stands in brackets. Write a negative number with a hyphen in front, for example -5.",
    ),
    (re.compile(r"[<>≤≥~].*"), f"is a bound or a suppression mark, not a number. {_ON_STATUS}"),
    (
        re.compile(r"[-+]?[0-9.,]+\s*(\*+|[rpe]|\[[a-z]\])", re.I),
        f"carries a mark beside the number. {_ON_STATUS}",
    ),
    (
        re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}|[0-9]{4}-[0-9]{2}(-[0-9]{2})?"),
        "is a date, not a number. Format the column as Number and type the value again.",
    ),
    (
        re.compile(r"[0-9]{1,2}-[a-z]{3}|[a-z]{3}-[0-9]{2}", re.I),
        "is a date: a spreadsheet program may have changed it. Format the column as Number and type the value again.",
    ),
    (re.compile(r"\+[0-9.]+"), "has a plus sign. Write the number without it."),
    (
        re.compile(r"-?0[0-9]+(\.[0-9]+)?"),
        "begins with a zero, like a code. Write the number without leading zeros.",
    ),
    (
        re.compile(r"-?\.[0-9]+|-?[0-9]+\."),
        "has a decimal point without digits on both sides. Write it in full, for example 0.5.",
    ),
    (
        re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})*,[0-9]+"),
        "has a comma where it is not clear what it means. Use a point for decimals and no separators.",
    ),
    (
        re.compile(r"[-0-9.,]*,[-0-9.,]*"),
        "has a misplaced comma. Use a point for decimals and no separators.",
    ),
    (re.compile(r".*[0-9]\s+[0-9].*"), "has a space inside. Write digits only."),
)


def parse_number(text: str, *, thousands_commas: bool = True) -> Decimal | None:
    """Return the number that `text` writes, exactly; None when it is blank.

    Taken are plain decimals and commas placed exactly between thousands. `thousands_commas` is False for a file
    whose columns are separated by semicolons, where a comma may be a decimal comma. `Unfit` on everything else.
    """
    short = text.strip(BLANKS)
    if not short:
        return None
    if _PLAIN.fullmatch(short):
        return _within_limits(short)
    if _THOUSANDS.fullmatch(short) and thousands_commas:
        return _within_limits(short.replace(",", ""))
    raise Unfit(f'"{short[:60]}" {_fault_of(short[:60])}')


def _within_limits(plain: str) -> Decimal:
    whole, _, fraction = plain.lstrip("-").partition(".")
    if len(whole) > INTEGER_DIGITS:
        raise Unfit(f"The number has {len(whole):,} digits; at most {INTEGER_DIGITS} are kept exactly. Correct it.")
    if len(fraction.rstrip("0")) > DECIMALS:
        raise Unfit(f"The number has {len(fraction):,} decimals; at most {DECIMALS} are kept. Round it at its source.")
    number = Decimal(f"{whole}.{fraction[:DECIMALS]}" if fraction else whole)
    return -number if plain.startswith("-") and number else number


def _fault_of(short: str) -> str:
    """Return what is wrong with a text that is no plain number, and what to do."""
    if short[0] == "\u2212" or (short[0] in "–—" and len(short) > 1):
        return f"begins with {named(short[0])} in place of a hyphen. Type an ordinary hyphen (-) for minus."
    lowered = short.casefold()
    if lowered in _MARKS or lowered in _WORDS:
        return f"is a mark, not a number. {_ON_STATUS}"
    odd = next((c for c in short if not c.isascii() and c not in "£€≤≥"), "")
    words = "" if odd else next((words for pattern, words in _FORMS if pattern.fullmatch(short)), "")
    if words:
        return words
    if odd:
        return f"holds {named(odd)}. Type the number again with the ordinary digits 0 to 9."
    return "is not a number. Write digits with a point for decimals, for example 1234.5."
