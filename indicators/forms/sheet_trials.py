"""What a trial of a profile says: how it went, and some values of every measure and sheet, with their cells."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from indicators.formatting import counted
from indicators.periods import Period, label
from indicators.readers.observations import ObservationRow
from indicators.readers.sheet_layouts import SheetLookups
from indicators.readers.wide_sheets import WideRead

MOST_SERIES = 200
EACH_END = 2  # values are shown from the beginning and from the end of each series

Shown = dict[str, Any]


class Outcome(NamedTuple):
    """How a trial went: a few words for its heading, and the sentences under it."""

    heading: str
    words: str


def outcome_of(trial: WideRead, faults: int, undecided: int) -> Outcome:
    """Say how a trial went, in words that hold whatever else the page says.

    `faults`: what is wrong with the profile itself, named at the top of its page. `undecided`: how many lines name
    texts without a meaning.
    """
    problems, unknown = trial.problems.count, trial.unknown
    # Texts that a sample brings and nobody has decided on are problems of it already.
    things = len(trial.warnings) + (0 if problems else undecided)
    found = [counted(problems, "problem")] if problems else []
    found += [counted(things, "thing to look at", "things to look at")] if things else []
    said = [f"{counted(len(trial.rows), 'value')} can be read{'' if problems or faults or things else ', no problem'}."]
    if faults:
        reasons = "reason" if faults == 1 else "reasons"
        said.append(f"The profile cannot be saved yet, for the {reasons} at the top of this page.")
    if problems:
        said.append("A file like this one would be refused as a whole: what is wrong with it is listed below.")
        if unknown.labels or unknown.headings or unknown.words or unknown.marks:
            said.append("What the profile did not know is in its lists now: choose what it means, and try again.")
    elif things:
        said.append("Nothing in the sample is refused. What to look at is listed below.")
    heading = " and ".join(found) or ("the profile is not finished" if faults else "no problem")
    return Outcome(heading, f"{' '.join(said)} Nothing was changed.")


def series_in_words(indicator: str, part: str, known: SheetLookups) -> str:
    """Return the name of an indicator, or of one of its parts."""
    name = known.names.get(indicator, indicator)
    return f"{name}: {known.parts.get(indicator, {}).get(part, part)}" if part else name


def shown_of(rows: Iterable[ObservationRow], known: SheetLookups) -> tuple[list[Shown], int]:
    """Return, for every measure, area, window and sheet, how many values there are and the first and last of them.

    With it how many series are left out of a very long list. In the order of the file, each as {"name", "area",
    "sheet", "count", "source", "unit", "left_out", "values_shown"}.
    """
    series: dict[tuple[str, ...], list[ObservationRow]] = defaultdict(list)
    for row in rows:
        series[row.sheet, row.indicator, row.part, row.area, row.window, row.source].append(row)
    return [_shown(found, known) for found in list(series.values())[:MOST_SERIES]], max(len(series) - MOST_SERIES, 0)


def _shown(rows: list[ObservationRow], known: SheetLookups) -> Shown:
    first = rows[0]
    ordered = sorted(rows, key=lambda row: (str(row.end), row.row))
    ends = ordered if len(ordered) <= 2 * EACH_END else [*ordered[:EACH_END], *ordered[-EACH_END:]]
    return {
        "name": series_in_words(first.indicator, first.part, known),
        "area": known.areas.get(first.area, first.area),
        "sheet": first.sheet,
        "source": known.sources.get(first.source, first.source),
        "count": counted(len(rows), "value"),
        "unit": " %" if known.is_percent(first.indicator) else "",
        "left_out": len(ordered) - len(ends),
        "values_shown": [_value(row) for row in ends],
    }


def _value(row: ObservationRow) -> Shown:
    """Return one value as it would be stored, in words."""
    return {
        "cell": row.cell,
        "period": label(Period(row.window, row.start, row.end)),
        "row": row,
        "status": row.status.value.replace("-", " ").capitalize(),
    }
