"""Tables, matrices and lists made of their definitions; expectations worked out by hand from the published report."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from indicators.choices import AreaKind, Basis, Kind, Qualifier, Statistic, Status, Unit, Window
from indicators.exhibits.checking import form_faults, tried
from indicators.exhibits.definition import needs_places, words_named
from indicators.exhibits.making import compute
from indicators.exhibits.shown import ExhibitRefused
from indicators.kinds import Aggregation
from indicators.periods import period_ending
from indicators.series import Series, Slot, Value
from indicators.targets.asked import TargetRule
from indicators.targets.vocabulary import TargetKind
from tests.indicators.books import Q2, book, measure, months, value

YEAR, YEAR_BEFORE = date(2020, 9, 30), date(2019, 9, 30)
ASB_PARTS = {"nuisance": "Nuisance", "personal": "Personal", "environment": "Environment"}
SPEND = {
    "visible": "Visible", "non_visible": "Non visible", "frontline_support": "Front-line support",
    "business_support": "Business support", "other": "Other",
}  # fmt: skip
ADDS = {"over_areas": Aggregation.ADD, "over_time": Aggregation.ADD}


def year(now, before=None) -> dict[Slot, Value]:
    """Twelve months to September 2020, and the twelve before where they are given."""
    found = {Slot(Window.ROLLING_12, YEAR): value(now, YEAR, Window.ROLLING_12)}
    if before is not None:
        found[Slot(Window.ROLLING_12, YEAR_BEFORE)] = value(before, YEAR_BEFORE, Window.ROLLING_12)
    return found


def snapshot(amount: str) -> dict[Slot, Value]:
    return {Slot(Window.SNAPSHOT, YEAR): value(Decimal(amount), YEAR, Window.SNAPSHOT)}


def asb_book(whole: int = 78_893):
    """The published anti-social behaviour by type, with and without the marker."""
    counted = {"nuisance": (57_600, 34_980), "personal": (19_338, 16_081), "environment": (1_955, 1_422)}
    marked = {"nuisance": 15_378, "personal": 468, "environment": 424}
    values = {Series("asb", part): year(*both) for part, both in counted.items()}
    values |= {Series("asb_covid", part): year(amount) for part, amount in marked.items()}
    values[Series("asb")] = year(whole, 52_483)
    more = {"parts": ASB_PARTS, "is_exclusive": True, **ADDS}
    return book(values, asb=measure("asb", **more), asb_covid=measure("asb_covid", **more))


def budget_book(**left_out):
    """The published spend by category: 54.8 + 47.7 + 12.4 + 32.5 = 147.4, and 8.0 of Other."""
    amounts = {
        "visible": "54.8", "non_visible": "47.7", "frontline_support": "12.4", "business_support": "32.5",
        "other": "8.0",
    }  # fmt: skip
    values = {Series("budget", part): snapshot(amount) for part, amount in amounts.items() if part not in left_out}
    own = measure(
        "budget", kind=Kind.MONEY, unit=Unit.MILLION_POUNDS, decimals=1, parts=SPEND, is_exclusive=True,
        excluded_parts=frozenset({"other"}), **ADDS,
    )  # fmt: skip
    return book(values, budget=replace(own, share_decimals=1))


def table(definition, figures):
    return compute("t", "Table", {"kind": "table", **definition}, figures).exhibit


def faults(definition, figures) -> tuple[str, ...]:
    return tried("t", "T", definition, figures)[1]


def texts(shown) -> list[list[str]]:
    return [[cell.text for cell in row] for row in shown.rows]


SPENDING = {
    "rows": [
        {"series": "budget", "each": "part", "except": ["other"]},
        {"sum": "above", "label": "Total less Other"},
        {"series": "budget.other", "label": "Other"},
        {"sum": "all", "label": "Total"},
    ],
    "columns": [{"window": "snapshot", "aspect": "value"}, {"window": "snapshot", "aspect": "share"}],
}


def test_the_spending_table_has_its_partial_denominator_and_both_totals():
    shown = table(SPENDING, budget_book())
    # 54.8 / 147.4 = 37.18 %; 47.7 / 147.4 = 32.36 %; 12.4 / 147.4 = 8.41 %; 32.5 / 147.4 = 22.05 %.
    assert texts(shown) == [
        ["Visible", "£54.8m", "37.2%"],
        ["Non visible", "£47.7m", "32.4%"],
        ["Front-line support", "£12.4m", "8.4%"],
        ["Business support", "£32.5m", "22.0%"],
        ["Total less Other", "£147.4m", "100.0%"],
        ["Other", "£8.0m", ""],
        ["Total", "£155.4m", ""],
    ]
    assert [row[0].is_total for row in shown.rows] == [False] * 4 + [True, False, True]
    assert [cell.text for cell in shown.header] == [
        "Measure", "as at 30 September 2020", "Share, as at 30 September 2020",
    ]  # fmt: skip
    said = "Shares of Budget, as at 30 September 2020: of £147.4m, the total of £155.4m less Other (£8.0m)."
    assert shown.notes == (said,)


def test_a_total_of_which_a_part_is_missing_says_so():
    shown = table(SPENDING, budget_book(business_support=True))
    rows = {row[0]: row[1:] for row in texts(shown)}
    assert rows["Business support"] == ["not available", "not available"]
    assert rows["Total less Other"][0] == "not available: 1 of 4 rows missing"
    assert rows["Total"][0] == "not available: 1 of 5 rows missing"
    assert table(SPENDING, budget_book(business_support=True)).notes == (
        "Total less Other: no value of Business support.", "Total: no value of Business support.",
    )  # fmt: skip


def test_types_by_two_years_have_the_share_of_the_marker_and_a_grand_total_that_is_the_stored_one():
    columns = [
        {"window": "r12", "aspect": "previous"},
        {"window": "r12", "aspect": "value"},
        {"window": "r12", "aspect": "change"},
        {"window": "r12", "aspect": "share"},
        {"window": "r12", "aspect": "previous_share"},
        {"window": "r12", "aspect": "value", "indicator": "asb_covid", "heading": "Marked"},
        {"window": "r12", "aspect": "ratio", "indicator": "asb_covid", "of": "asb", "heading": "Share marked"},
    ]
    rows = [{"series": "asb", "each": "part"}, {"sum": "all", "label": "All incidents"}]
    shown = table({"rows": rows, "columns": columns}, asb_book())
    # 15,378 / 57,600 = 26.7 %; 468 / 19,338 = 2.4 %; 424 / 1,955 = 21.7 %; 16,270 / 78,893 = 20.6 %.
    assert texts(shown) == [
        ["Nuisance", "34,980", "57,600", "+65% (+22,620)", "73%", "67%", "15,378", "27%"],
        ["Personal", "16,081", "19,338", "+20% (+3,257)", "25%", "31%", "468", "2%"],
        ["Environment", "1,422", "1,955", "+37% (+533)", "2%", "3%", "424", "22%"],
        ["All incidents", "52,483", "78,893", "+50% (+26,410)", "100%", "100%", "16,270", "21%"],
    ]
    # The sum is the stored total, so it is bound to it; the marker's total is not stored.
    assert [cell.figure for cell in shown.rows[-1]][1:4] == ["asb.r12"] * 3
    assert shown.rows[-1][6].figure == ""


def test_a_sum_that_is_not_the_stored_total_is_told_with_both_numbers():
    rows = [{"series": "asb", "each": "part"}, {"sum": "all"}]
    shown = table({"rows": rows, "columns": [{"window": "r12", "aspect": "value"}]}, asb_book(whole=78_900))
    assert texts(shown)[-1] == ["Total", "78,893"]
    assert shown.notes == ("Total: the rows add up to 78,893, and 78,900 is stored, 12 months to 30 September 2020.",)
    assert shown.rows[-1][1].figure == ""


def places_book(**more):
    """Two districts, what lies elsewhere, and two divisions, of a count and of a median."""
    amounts = {"burnley": 10, "preston": 20, "outside-force": 3, "": 33}
    values = {Series("theft", "", area): year(amount) for area, amount in amounts.items()}
    values |= {Series("time", "", area): year(amount) for area, amount in amounts.items()}
    medians = measure("time", kind=Kind.MEDIAN, unit=Unit.MINUTES, decimals=1)
    found = book(values, theft=measure("theft", **ADDS), time=replace(medians, **more))
    kinds = {
        "burnley": AreaKind.DISTRICT, "preston": AreaKind.DISTRICT, "outside-force": AreaKind.OUTSIDE,
        "no-location": AreaKind.UNLOCATED, "england": AreaKind.COMPARATOR,
    }  # fmt: skip
    found.areas = {slug: slug.title() for slug in kinds}
    found.area_kinds = kinds
    return found


def test_all_districts_stand_in_their_order_and_what_lies_elsewhere_is_not_lost():
    rows = [{"series": "theft", "each": "district"}, {"sum": "all", "label": "The force"}]
    shown = table({"rows": rows, "columns": [{"window": "r12", "aspect": "value"}]}, places_book())
    assert texts(shown) == [["Burnley", "10"], ["Preston", "20"], ["Outside-Force", "3"], ["The force", "33"]]
    assert shown.rows[-1][1].figure == "theft.r12"
    assert needs_places({"rows": rows}) and not needs_places({"rows": rows[1:]})


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"series": "time", "each": "district"}], "not additive over areas"),
        ([{"series": "theft"}, {"series": "time"}], "only counts, or amounts of money in one unit"),
        ([{"series": "theft"}, {"series": "theft.burnley"}], "do not lie side by side"),
        ([{"series": "theft"}, {"series": "theft"}], "stands in the sum twice"),
        ([{"series": "theft"}], "fewer than two rows"),
    ],
)
def test_what_may_not_be_added_up_is_refused_with_its_reason(rows, reason):
    definition = {"kind": "table", "rows": [*rows, {"sum": "all"}], "columns": [{"window": "r12", "aspect": "value"}]}
    with pytest.raises(ExhibitRefused, match=reason):
        compute("t", "T", definition, places_book())
    (fault,) = faults(definition, places_book())
    assert fault.startswith(f"Row {len(rows) + 1}: ") and reason in fault


def test_each_sum_that_may_not_be_made_is_named_once():
    rows = [{"series": "theft"}, {"series": "time"}, {"sum": "above", "label": "First"}, {"sum": ["theft"]}]
    definition = {"kind": "table", "rows": rows, "columns": [{"window": "r12", "aspect": "value"}]}
    first, second = faults(definition, places_book())
    assert first.startswith("Row 3: “First” cannot be added up: only counts")
    assert second.startswith("Row 4: “Sub-total” cannot be added up: there are fewer than two rows")


def test_parts_that_overlap_and_measures_that_may_overlap_are_not_added_up():
    strands = {"race": "Race", "religion": "Religion"}
    values = {Series("hate", part): year(10) for part in strands} | {Series("rape"): year(5), Series("other"): year(7)}
    figures = book(values, hate=measure("hate", parts=strands, **ADDS))
    columns = [{"window": "r12", "aspect": "value"}]
    overlap = {"kind": "table", "rows": [{"series": "hate", "each": "part"}, {"sum": "all"}], "columns": columns}
    assert faults(overlap, figures) == (
        "Row 2: “Total” cannot be added up: the parts of Hate overlap, so they do not add up. Add up other rows, or "
        "take the sum out.",
    )
    rows = [{"series": "rape"}, {"series": "other"}, {"sum": "all"}]
    two = {"kind": "table", "rows": rows, "columns": columns}
    assert "Name the stored series that is their total" in faults(two, figures)[0]
    rows[2] = {"sum": "all", "whole": "rape"}  # 12, and 5 is stored
    assert table(two, figures).notes == (
        "Total: the rows add up to 12, and 5 is stored, 12 months to 30 September 2020.",
    )


def test_a_weighted_percentage_is_added_up_from_its_counts_and_never_as_a_mean():
    def part(top, bottom):
        one = value(Decimal(top) * 100 / bottom, YEAR, Window.ROLLING_12)
        return {Slot(Window.ROLLING_12, YEAR): replace(one, numerator=Decimal(top), denominator=Decimal(bottom))}

    figures = places_book(kind=Kind.SERVICE_LEVEL, unit=Unit.PERCENT, over_areas=Aggregation.WEIGHTED)
    figures.values = {Series("time", "", "burnley"): part(1, 10), Series("time", "", "preston"): part(90, 100)}
    rows = [{"series": "time", "each": "district"}, {"sum": "all"}]
    shown = table({"rows": rows, "columns": [{"window": "r12", "aspect": "value"}]}, figures)
    # 10 % and 90 %: 91 of 110 is 82.7 %, where their mean would be 50 %.
    assert texts(shown) == [["Burnley", "10.0%"], ["Preston", "90.0%"], ["Total", "82.7%"]]


def test_columns_that_end_together_find_the_newest_month_that_every_row_has():
    august = date(2020, 8, 31)
    values = {
        Series("theft"): year(99) | {Slot(Window.ROLLING_12, august): value(90, august, Window.ROLLING_12)},
        Series("theft", "", "east"): {Slot(Window.ROLLING_12, august): value(40, august, Window.ROLLING_12)},
    }
    rows = [{"series": "theft", "label": "The force"}, {"series": "theft.east"}]
    together = table({"rows": rows, "columns": [{"window": "r12", "aspect": "value", "end": "shared"}]}, book(values))
    assert [cell.text for cell in together.header] == ["Measure", "12 months to 31 August 2020"]
    assert texts(together) == [["The force", "90"], ["Theft, East", "40"]]
    assert together.notes == ("All rows end with August 2020, the newest month for which each of them has a value.",)
    own = table({"rows": rows, "columns": [{"window": "r12", "aspect": "value", "end": "own"}]}, book(values))
    assert texts(own) == [["The force", "99"], ["Theft, East", "40 (to August 2020)"]]


def test_several_columns_come_from_one_with_a_second_value_in_the_cell_of_one_row():
    quarters = [date(2020, 3, 31), date(2020, 6, 30), date(2020, 9, 30)]
    values = {
        Series("m1"): {Slot(Window.QUARTER, end): value(at, end, Window.QUARTER) for at, end in enumerate(quarters)},
        Series("m2"): {Slot(Window.QUARTER, end): value(9, end, Window.QUARTER) for end in quarters},
    }
    for end in quarters:
        rolling = replace(period_ending(Window.ROLLING_12, end), window=Window.ROLLING_YEAR_TO_DATE)
        held = Value(Decimal(70), rolling, Status.FINAL, Basis.AS_SUPPLIED, Qualifier.EXACT, "cases", 1)
        values[Series("m1")][Slot(Window.ROLLING_YEAR_TO_DATE, end)] = held
    bracket = {"window": "rytd", "aspect": "value", "rows": ["m1"]}
    columns = [{"window": "quarter", "aspect": "value", "last": 3, "bracket": bracket}]
    shown = table({"rows": [{"series": "m1"}, {"series": "m2"}], "columns": columns}, book(values))
    assert [cell.text for cell in shown.header][1:] == [
        "January to March 2020", "April to June 2020", "July to September 2020",
    ]  # fmt: skip
    assert texts(shown) == [["M1", "0 (70)", "1 (70)", "2 (70)"], ["M2", "9", "9", "9"]]


def test_the_matrix_leaves_months_ahead_blank_and_a_year_without_a_month_has_no_total():
    held = months([*range(1, 13), *range(1, 7)])
    del held[Slot(Window.MONTH, date(2019, 6, 30))]
    figures = book({Series("da"): held}, da=measure("da", **ADDS))
    shown = compute("m", "M", {"kind": "matrix", "series": "da", "years": 2, "totals": True}, figures).exhibit
    rows = texts(shown)
    assert rows[0] == [
        "2019/20", "1", "2", "", "4", "5", "6", "7", "8", "9", "10", "11", "12",
        "not available: 1 of 12 months missing (June 2019)",
    ]  # fmt: skip
    # 1 + 2 + 3 + 4 + 5 + 6
    assert rows[1] == ["2020/21", "1", "2", "3", "4", "5", "6", "", "", "", "", "", "", "21 (to September 2020)"]
    assert [row[-1].figure for row in shown.rows] == ["", ""]
    # A year's total that is stored as well has its key; one that is stored with another number has none.
    for stored, key in ((21, "da.fytd"), (22, "")):
        held[Slot(Window.YEAR_TO_DATE, Q2.end)] = value(stored, Q2.end, Window.YEAR_TO_DATE)
        again = compute("m", "M", {"kind": "matrix", "series": "da", "years": 2, "totals": True}, figures)
        assert (again.exhibit.rows[1][-1].figure, "da.fytd" in again.figures) == (key, bool(key))
    with pytest.raises(ExhibitRefused, match="not added up"):
        compute("m", "M", {"kind": "matrix", "series": "da", "years": 2, "totals": True}, book({Series("da"): held}))


def satisfaction_book():
    """The published satisfaction: 68.03 % after 67, and a group without an earlier value."""
    slot = Slot(Window.NOT_STATED, None, Q2.key)
    parts = {"burglary": "Burglary", "violent_crime": "Violent crime", "none": "No previous", "same": "Same"}
    amounts = {"burglary": "68.03", "violent_crime": "66.76", "none": "61.6", "same": "66.07"}
    values = {
        Series("satisfaction", part): {slot: replace(value(amount, YEAR), basis=Basis.COUNTED)}
        for part, amount in amounts.items()
    }
    own = measure("satisfaction", kind=Kind.SURVEY, unit=Unit.PERCENT, decimals=2, parts=parts)
    found = book(values, satisfaction=own)
    for series in values:
        period = replace(values[series][slot].period, window=Window.NOT_STATED, start=None, end=None)
        values[series][slot] = replace(values[series][slot], period=period)
    before = {"burglary": "67", "violent_crime": "70", "same": "66.07"}
    found.supplied = {
        (Series("satisfaction", part), slot): {Statistic.PREVIOUS: Decimal(amount)} for part, amount in before.items()
    }
    return found


def test_a_list_says_each_value_and_the_one_before_with_the_decimals_it_was_printed_with():
    rows = [{"series": "satisfaction", "each": "part"}]
    made = compute("l", "Satisfied", {"kind": "list", "window": "not-stated", "rows": rows}, satisfaction_book())
    sentences = ["".join(piece.text for piece in entry) for entry in made.exhibit.entries]
    assert sentences == [
        "Burglary 68.03%, previously 67%",
        "Violent crime 66.76%, previously 70%",
        "No previous 61.60%",
        "Same 66.07%, as before",
    ]
    bound = "satisfaction.burglary.not-stated"
    assert [piece.figure for piece in made.exhibit.entries[0]] == ["", bound, "", bound]
    assert made.figures[0] == bound


def test_a_list_says_the_change_and_a_note_of_its_own_where_it_is_asked_to():
    rows = [{"series": "satisfaction.burglary", "label": "Burglary", "note": "Few answered."}]
    definition = {"kind": "list", "window": "not-stated", "rows": rows, "form": "change"}
    entry = compute("l", "Satisfied", definition, satisfaction_book()).exhibit.entries[0]
    assert "".join(piece.text for piece in entry) == "Burglary 68.03% (+1.03 pp). Few answered."


def test_decimals_can_be_set_by_measure():
    definition = {
        "rows": [{"series": "budget.visible", "label": "Visible"}],
        "columns": [{"window": "snapshot", "aspect": "value"}],
        "decimals": {"budget": 0},
    }
    assert texts(table(definition, budget_book())) == [["Visible", "£55m"]]


def test_everything_that_is_wrong_with_a_definition_is_named_at_once_with_its_place():
    definition = {
        "kind": "table",
        "rows": [{"serie": "budget"}, {"series": "budget", "each": "town"}, {"sum": "below"}],
        "columns": [
            {"window": "r13", "aspect": "value", "heading": 3},
            {"window": "r12", "aspect": "worth"},
            {"window": "r12", "aspect": "ratio"},
            {"window": "r12-2020-08", "aspect": "value", "last": 2},
            {"window": "snapshot", "aspect": "value", "last": 99, "bracket": {"aspect": "value"}},
        ],
        "note": "x",
    }
    found = form_faults(definition)
    expected = [
        "Row 1: “series” is missing",
        "Row 1: “serie” is not known here",
        "Row 2: “each” is “town”. Use one of: part, district, division, comparator.",
        "Row 3: “below” is nothing that can be added up",
        "Column 1: “r13” is not a window. Use one of: month",
        "Column 1: “heading” is not a text",
        "Column 2: “worth” is not something a figure says",
        "Column 3: “of” says in per cent of which indicator",
        "Column 4: the window names its month already",
        "Column 5: “last” is 99. Give a whole number from 1 to 40.",
        "Column 5, “bracket”: “window” is missing",
        "The table: “note” is not known here",
    ]
    for words in expected:
        assert sum(one.startswith(words) for one in found) == 1, (words, found)
    assert len(found) == len(expected)
    assert "“pie” is not a kind of exhibit" in form_faults({"kind": "pie"})[0]
    assert "“None” is not a kind of exhibit" in form_faults([])[0]


def test_every_name_that_the_figures_do_not_know_is_named_at_once():
    definition = {
        "kind": "table",
        "rows": [{"series": "budget.visible"}, {"series": "murder"}, {"series": "budget.blue"}],
        "columns": [
            {"window": "snapshot", "aspect": "value", "area": "mars", "only": ["budget.other"]},
            {"window": "snapshot", "aspect": "ratio", "indicator": "gold", "of": "silver"},
        ],
        "decimals": {"bronze": 1},
    }
    found = faults(definition, budget_book())
    for words in (
        "Row 2: there is no indicator “murder”",
        "Row 3: “blue” is neither a part of Budget nor an area",
        "Column 1: there is no area “mars”",
        "Column 1: “only” names “budget.other”, and no row shows it",
        "Column 2: there is no indicator “gold”",
        "Column 2: there is no indicator “silver”",
        "Decimals: there is no indicator “bronze”",
    ):
        assert sum(one.startswith(words) for one in found) == 1, (words, found)
    assert len(found) == 7
    assert {"murder", "blue", "mars", "gold", "silver"} <= set(words_named(definition))


def test_what_is_left_out_is_told_in_words_and_named_rows_are_added_up():
    rows = [
        {"series": "budget", "each": "part", "except": ["other"], "why": "Other is not spent on policing."},
        {"sum": ["budget.visible", "budget.non_visible"], "label": "Policing"},
    ]
    shown = table({"rows": rows, "columns": [{"window": "snapshot", "aspect": "value"}]}, budget_book())
    # 54.8 + 47.7
    assert texts(shown)[-1] == ["Policing", "£102.5m"] and len(shown.rows) == 5
    assert shown.notes == ("Other is not spent on policing.",)
    columns = [{"window": "r12", "aspect": "value"}]
    wrong = {"kind": "table", "rows": [{**rows[0], "except": ["blue"]}], "columns": columns}
    (fault,) = faults(wrong, budget_book())
    assert fault.startswith("Row 1: budget: “blue” is to be left out, and is none of visible, non_visible")


def test_a_target_is_printed_with_all_its_steps_in_their_order():
    def step(printed: str, value: int, starts_on: date) -> TargetRule:
        return TargetRule(TargetKind.LEVEL, printed, value=Decimal(value), unit=Unit.PERCENT, starts_on=starts_on)

    steps = (
        step("5% from Q3", 5, date(2020, 10, 1)), step("15%", 15, date(2020, 4, 1)),
        step("10% from Q2", 10, date(2020, 7, 1)),
    )  # fmt: skip
    figures = book({Series("m3"): year(56), Series("m4"): year(1)}, m3=measure("m3", targets=steps))
    rows = [{"series": "m3"}, {"series": "m4"}]
    shown = table({"rows": rows, "columns": [{"window": "r12", "aspect": "target_steps"}]}, figures)
    assert texts(shown) == [["M3", "15%; 10% from Q2; 5% from Q3"], ["M4", "no target"]]


def test_a_share_from_a_base_under_the_threshold_is_not_given():
    values = {Series("part"): year(4), Series("whole"): year(40)}
    columns = [{"window": "r12", "aspect": "ratio", "indicator": "part", "of": "whole"}]
    shown = table({"rows": [{"series": "whole"}], "columns": columns}, book(values))
    assert texts(shown) == [["Whole", "n/a (low base)"]]
    assert shown.header[1].text == "Part in per cent of Whole, 12 months to 30 September 2020"
    share = {Series("part"): year(4), Series("whole"): year(50)}
    assert texts(table({"rows": [{"series": "whole"}], "columns": columns}, book(share))) == [["Whole", "8%"]]
