"""A mapping: which column of which published table feeds which indicator and part. A small document, checked here."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from indicators.choices import Statistic

MOST_LINES = 200
LONGEST = 300
STATISTICS = {Statistic.LEVEL: "The value", Statistic.PERCENT_CHANGE: "The percentage change on a year before"}

Parts = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class MappingLine:
    """One column and what it feeds. `table` is the title without number and period, "" for open data."""

    table: str
    column: str
    indicator: str
    part: str
    statistic: Statistic

    def as_document(self) -> dict[str, str]:
        """Return the line as it is stored."""
        return {
            "table": self.table, "column": self.column, "indicator": self.indicator, "part": self.part,
            "statistic": self.statistic.value,
        }  # fmt: skip


def parse_mapping(document: Mapping[str, Any], parts: Parts) -> tuple[list[MappingLine], list[str]]:
    """Return the lines of a stored mapping and all that is wrong with it. `parts` are those of each indicator.

    Never raises for a document from outside.
    """
    given = document.get("lines", [])
    if not isinstance(given, list) or len(given) > MOST_LINES:
        return [], [f"A mapping has at most {MOST_LINES} lines."]
    lines: list[MappingLine] = []
    faults: list[str] = []
    if not given:
        faults.append("Choose at least one column and the indicator that it feeds.")
    for number, one in enumerate(given, start=1):
        line = _line(one)
        if line is None:
            faults.append(f"Line {number}: choose a column and the indicator that it feeds.")
            continue
        if line.indicator not in parts:
            faults.append(f"Line {number}: there is no indicator “{line.indicator}”.")
        elif line.part and line.part not in parts[line.indicator]:
            faults.append(f"Line {number}: “{line.part}” is no part of “{line.indicator}”.")
        lines.append(line)
    fed: dict[str, list[tuple[str, ...]]] = {
        "column": [(one.table, one.column) for one in lines],
        "indicator": [_fed(one) for one in lines],
    }
    for name, words in fed.items():
        repeated = sorted(" ".join(one).strip() for one, times in Counter(words).items() if times > 1)
        faults += [f"The same {name} stands in two lines: {one}. Delete one of them." for one in repeated]
    return lines, faults


def _fed(line: MappingLine) -> tuple[str, ...]:
    return line.indicator, line.part, line.statistic.value


def _line(one: object) -> MappingLine | None:
    if not isinstance(one, dict):
        return None
    texts = {name: one.get(name, "") for name in ("table", "column", "indicator", "part", "statistic")}
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in texts.values()):
        return None
    if not texts["column"] or not texts["indicator"] or texts["statistic"] not in set(STATISTICS):
        return None
    return MappingLine(**{**texts, "statistic": Statistic(texts["statistic"])})
