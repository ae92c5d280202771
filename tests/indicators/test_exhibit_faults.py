"""Definitions that are none: whatever is written, words say what is wrong with it, and nothing falls over."""

from datetime import date

import pytest

from indicators.choices import AreaKind, Window
from indicators.exhibits.checking import tried
from indicators.exhibits.making import BROKEN, MAKERS, compute
from indicators.exhibits.shown import ExhibitRefused
from indicators.kinds import Aggregation
from indicators.series import Series, Slot
from tests.indicators.books import book, measure, months, value

SEPTEMBER = date(2020, 9, 30)
PARTS = {"bike": "Bicycles", "shop": "Shops"}
ROWS = [
    {"series": "theft", "override": {"window": "r12", "months_back": 0}},
    {"series": "theft", "each": "part", "except": ["shop"], "why": "Few", "note": "So"},
    {"sum": ["theft.bike", "theft.shop"], "label": "Both", "whole": "theft"},
]
COLUMN = {
    "window": "r12", "aspect": "value", "heading": "Now", "area": "", "months_back": 0, "quarters_back": 0, "last": 1,
    "end": "quarter", "indicator": "", "of": "", "bracket": {"window": "r12", "aspect": "value", "rows": ["theft"]},
    "only": ["theft", "theft.bike"], "is_optional": True,
}  # fmt: skip
SOUND = {
    "table": {"row_heading": "What", "rows": ROWS, "columns": [COLUMN], "decimals": {"theft": 0}, "notes": ["N"]},
    "matrix": {"series": "theft", "years": 2, "totals": True, "notes": ["N"]},
    "list": {"window": "r12", "rows": ROWS[:2], "form": "value", "months_back": 0, "decimals": {"theft": 0}},
    "line": {"series": ["theft"], "window": "month", "points": 5, "every": 1, "notes": ["N"]},
    "bar": {"series": ["theft"], "window": "r12", "aspects": ["value"], "labels": ["T"], "months_back": 0},
    "control": {"series": "theft", "months": 12},
    "years": {"series": "theft", "years": 2, "begins": "april"},
    "shares": {"series": "theft", "window": "r12", "points": 1, "every": 1, "areas": ["east"]},
    "multiples": {"series": ["theft", "rape"], "by": "series", "window": "month", "points": 5, "every": 1},
    "comparators": {"series": "theft", "areas": ["east"], "window": "r12", "points": 1, "aspect": "percent"},
    "days": {"series": ["theft"], "window": "week", "points": 5},
}  # fmt: skip
NASTY = (
    None, "", "x", 5, -1, 1.5, True, 10**30, float("inf"), float("nan"), [], [1], [None], [[]], {}, {"a": {}}, ["x"],
    [{}], "theft.east", "month-2020-13", "month-0000-01", "month-9999-12", "month-1000-01",
)  # fmt: skip


def figures():
    """Theft by part and area, and rape, by month and for a year."""
    held = {Series("theft"), Series("theft", "", "east"), Series("rape")}
    held |= {Series("theft", part, area) for part in PARTS for area in ("", "east")}
    year = {Slot(Window.ROLLING_12, SEPTEMBER): value(40, SEPTEMBER, Window.ROLLING_12)}
    own = measure("theft", parts=PARTS, is_exclusive=True, over_time=Aggregation.ADD, over_areas=Aggregation.ADD)
    found = book({series: months(range(30, 60)) | year for series in held}, theft=own)
    found.area_kinds = {"east": AreaKind.DISTRICT}
    return found


def places(document, path=()):
    """Every place of a document, by the way to it."""
    yield path
    for name, inner in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, name))
        else:
            yield (*path, name)


def with_other(document, path, other):
    """A document with something else in one of its places."""
    if not path:
        return other
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = with_other(document[path[0]], path[1:], other)
    return copy


def test_each_sound_definition_can_be_made():
    for kind in set(SOUND) - {"days"}:  # no book here has days
        assert compute("e", "E", {"kind": kind, **SOUND[kind]}, figures()).exhibit
    assert set(SOUND) == set(MAKERS)


@pytest.mark.parametrize("kind", sorted(SOUND))
def test_whatever_stands_in_a_definition_is_drawn_or_refused_in_words(kind):
    known = figures()
    for path in places(SOUND[kind]):
        for other in NASTY:
            document = with_other({"kind": kind, **SOUND[kind]}, path, other)
            if path:
                made, faults = tried("e", "E", document, known)
                assert (made is None) == bool(faults) and not any(BROKEN in one for one in faults), (path, other)
                assert not any(one.startswith("The definition cannot be drawn") for one in faults), (
                    path,
                    other,
                    faults,
                )
            try:
                compute("e", "E", document, known)
            except ExhibitRefused as refused:
                assert str(refused), (path, other)


@pytest.mark.parametrize("document", [None, 5, [], "x", {}, {"kind": []}, {"kind": {"table": 1}}, {"kind": "pie"}])
def test_what_is_no_exhibit_at_all_is_refused(document):
    with pytest.raises(ExhibitRefused, match="is not a kind of exhibit"):
        compute("e", "E", document, figures())


def test_a_fault_says_the_key_of_its_exhibit_nowhere():
    with pytest.raises(ExhibitRefused) as found:
        compute("theft", "T", {"kind": "line", "series": "murder"}, figures())
    assert str(found.value) == "Measure 1: there is no indicator “murder”"
