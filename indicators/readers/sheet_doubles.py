"""Labels of a profile that would be one and the same value: they are never suggested so, and refused when chosen."""

from collections import defaultdict
from collections.abc import Mapping

from indicators.like_for_like import listed
from indicators.readers.sheet_layouts import Holds, Meaning, SheetLookups

IN_WORDS = {Holds.LEVEL: "the value", Holds.NUMERATOR: "the numerator", Holds.DENOMINATOR: "the denominator"}

ValueOf = tuple[Holds, str, str, str]


def value_of(meaning: Meaning) -> ValueOf:
    """Return what tells the values of one label from those of every other."""
    return meaning.holds, meaning.indicator, meaning.part, meaning.area


def doubled(labels: Mapping[str, Meaning], known: SheetLookups) -> list[str]:
    """Say which labels are the same value of the same measure, and which of one measure name different sources."""
    same: dict[ValueOf, list[str]] = defaultdict(list)
    sources: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for text, meaning in labels.items():
        if meaning.holds.is_read and meaning.indicator:
            same[value_of(meaning)].append(text)
            sources[value_of(meaning)[1:]].setdefault(meaning.source, text)
    faults = [
        f"{_quoted(texts)} are {'both' if len(texts) == 2 else 'all'} {IN_WORDS[value[0]]} of "
        f"{_series(value[1:], known)}. Choose another meaning for all but one of them, or “Not read”. Where a label "
        "was renamed over the years, write it in one way in the workbook."
        for value, texts in same.items()
        if len(texts) > 1
    ]
    faults += [
        f"{_quoted(list(texts.values()))} belong to one value of {_series(series, known)} and name different sources. "
        "Choose the same source for them."
        for series, texts in sources.items()
        if len(texts) > 1
    ]
    return faults


def _quoted(texts: list[str]) -> str:
    return listed(f"“{text}”" for text in texts)


def _series(series: tuple[str, str, str], known: SheetLookups) -> str:
    indicator, part, area = series
    name = known.names.get(indicator, indicator)
    words = known.parts.get(indicator, {}).get(part, part)
    return f"“{name}{f': {words}' if part else ''}”, {known.areas.get(area, area)}"
