"""Cells of partner returns and blocks pasted into them: what is taken, what is refused, and in which words."""

from decimal import Decimal

import pytest

from indicators.choices import Basis, Kind, Status, Unit, Window
from indicators.periods import Quarter
from indicators.readers.return_blocks import read_block
from indicators.readers.return_cells import Entered, GridRow, Typed, check_cell, jumps, quarters_up_to, typed_of

QUARTERS = quarters_up_to(Quarter(2020, 2), 5)
NOW = QUARTERS[-1]


def row(label: str, key: str = "rate", **more) -> GridRow:
    """Return the row of a percentage of the force."""
    fields = {
        "label": label, "indicator": key, "part": "", "area": "", "area_name": "", "window": Window.QUARTER,
        "kind": Kind.PERCENTAGE, "unit": Unit.PERCENT, "decimals": 1,
    }  # fmt: skip
    return GridRow(**{**fields, **more})


RATE = row("Conviction rate")
ROLLING = row("Conviction rate, rolling", window=Window.ROLLING_YEAR_TO_DATE)
NATIONAL = row("Conviction rate, national", area="national", area_name="National")
DAYS = row("Days to charge", "days", kind=Kind.MEAN, unit=Unit.DAYS)
COUNT = row("Referrals", "referrals", kind=Kind.COUNT, unit=Unit.COUNT, decimals=0)
ANSWERED = row("Calls answered in 10 seconds", "answered", kind=Kind.SERVICE_LEVEL)
PER_1000 = row("Offences per 1,000", "offence_rate", kind=Kind.RATE, unit=Unit.PER_1000)
SURVEY = row("Satisfied", "satisfied", kind=Kind.SURVEY)
GRID = [RATE, ROLLING, NATIONAL, DAYS, COUNT]


def test_work_a_percentage_out_of_its_counts():
    found = check_cell(RATE, Typed(numerator="40", denominator="60"), None)
    assert not found.problems
    assert found.entered.value.quantize(Decimal("0.0001")) == Decimal("66.6667")
    assert (found.entered.numerator, found.entered.denominator, found.entered.basis) == (40, 60, Basis.COUNTED)


@pytest.mark.parametrize("typed", ["66.7", "67", "66.67", "66.7%"])
def test_take_a_percentage_beside_its_counts_that_agrees_as_far_as_it_was_written(typed):
    assert not check_cell(RATE, Typed(numerator="40", denominator="60", value=typed), None).problems


def test_refuse_a_percentage_that_contradicts_its_counts_with_both_numbers():
    found = check_cell(RATE, Typed(numerator="40", denominator="61", value="66.7"), None)
    assert found.entered is None
    assert found.problems["value"].startswith("66.7% was typed, but 40 of 61 is 65.6%.")


def test_take_a_bare_percentage_as_supplied():
    found = check_cell(RATE, Typed(value="66.7%"), None)
    assert (found.entered.value, found.entered.basis) == (Decimal("66.7"), Basis.AS_SUPPLIED)
    assert found.entered.in_words(RATE) == "66.7%, as supplied, counts not given"


def test_take_not_available_with_its_reason():
    found = check_cell(RATE, Typed(why=" the table came without it "), None)
    assert (found.entered.value, found.entered.status) == (None, Status.NOT_AVAILABLE)
    assert found.entered.in_words(RATE) == "not available: the table came without it"


def test_take_the_base_of_a_survey_percentage():
    found = check_cell(SURVEY, Typed(value="68.03", denominator="412"), None)
    assert (found.entered.value, found.entered.denominator, found.entered.basis) == (
        Decimal("68.03"), 412, Basis.COUNTED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "typed", "where", "words"),
    [
        (RATE, Typed(numerator="40"), "denominator", "The denominator is missing"),
        (RATE, Typed(denominator="60"), "numerator", "The numerator is missing"),
        (RATE, Typed(numerator="4", denominator="0"), "denominator", "greater than 0"),
        (RATE, Typed(value="66.7", why="late"), "why", "either a number or the reason"),
        (RATE, Typed(value="sixty"), "value", "is not a number"),
        (RATE, Typed(value="-5"), "value", "cannot be negative"),
        (RATE, Typed(value="1e3"), "value", "scientific notation"),
        (COUNT, Typed(value="12%"), "value", "percent sign"),
        (COUNT, Typed(value="1,23"), "value", "comma"),
        (PER_1000, Typed(numerator="9" * 15, denominator="1"), "numerator", "more than 15 digits"),
        (RATE, Typed(numerator="9" * 15, denominator="0.00000001"), "numerator", "more than 15 digits"),
        (ANSWERED, Typed(numerator="7", denominator="3"), "numerator", "7 of 3 is more than the whole"),
        (ANSWERED, Typed(value="100.1"), "value", "100.1% is more than the whole"),
        (SURVEY, Typed(value="101"), "value", "101.0% is more than the whole"),
        (SURVEY, Typed(denominator="400"), "value", "The percentage is missing"),
    ],
)
def test_refuse_what_cannot_be_taken_beside_its_field(asked, typed, where, words):
    found = check_cell(asked, typed, None)
    assert found.entered is None
    assert words in found.problems[where]


def test_name_every_wrong_field_of_a_cell_at_once():
    found = check_cell(RATE, Typed(numerator="x", denominator="y", value="z"), None)
    assert set(found.problems) == {"numerator", "denominator", "value"}


def test_leave_a_blank_cell_unsaid_and_never_zero():
    found = check_cell(RATE, Typed(), None)
    assert found.entered is None and not found.problems
    assert check_cell(COUNT, Typed(value="0"), None).entered.value == 0


def test_refuse_to_empty_a_cell_that_is_held():
    held = Entered(Decimal("66.7"), basis=Basis.AS_SUPPLIED)
    found = check_cell(RATE, Typed(), held)
    assert "This is held as 66.7%" in found.problems["numerator"]


@pytest.mark.parametrize(
    "held",
    [
        Entered(Decimal("66.7"), basis=Basis.AS_SUPPLIED, note="printed without %"),
        Entered(Decimal("66.66666667"), Decimal(40), Decimal(60), note="from the annual table"),
        Entered(None, status=Status.NOT_AVAILABLE, note="the table came without it"),
        Entered(None, status=Status.SUPPRESSED, note="fewer than five"),
    ],
)
def test_keep_what_is_held_with_its_note_where_the_page_is_sent_as_it_was_shown(held):
    assert check_cell(RATE, typed_of(held, RATE), held).entered == held


def test_warn_of_more_than_the_whole_and_of_a_slipped_decimal_point():
    assert check_cell(RATE, Typed(value="667"), None).warnings == ["667.0% is more than the whole"]
    values = {QUARTERS[-2]: Decimal("66.7"), NOW: Decimal("667")}
    assert jumps(RATE, values, [NOW]) == ["Conviction rate, 2020/21 Q2: from 66.7% to 667.0%"]
    assert jumps(RATE, {**values, NOW: Decimal("60")}, [NOW]) == []


def cells(block) -> dict[tuple[str, str], Typed]:
    """Return what a block gives by label and quarter."""
    return {(GRID[at].label, quarter.key): typed for (at, quarter), typed in block.cells.items()}


def test_fill_the_grid_from_a_block_with_labels_quarters_and_areas():
    text = (
        "Measure\tQ1 20/21\tQ2 20/21\tNational\n"
        "conviction  RATE\t66.7 (73.7)\t40/60\t72.9%\n"
        "Days to charge\t1,044.9\tn/a, because the table came without it\t\n"
    )
    block = read_block(text, GRID, QUARTERS)
    assert block.problems == []
    assert cells(block) == {
        ("Conviction rate", "2020-21-Q1"): Typed(value="66.7"),
        ("Conviction rate, rolling", "2020-21-Q1"): Typed(value="73.7"),
        ("Conviction rate", "2020-21-Q2"): Typed(numerator="40", denominator="60"),
        ("Conviction rate, national", "2020-21-Q2"): Typed(value="72.9"),
        ("Days to charge", "2020-21-Q1"): Typed(value="1,044.9"),
        ("Days to charge", "2020-21-Q2"): Typed(why="the table came without it"),
    }


def test_say_cell_by_cell_what_a_block_holds_that_cannot_be_read():
    text = (
        "Measure\tQ1 20/21\tQ2 20/21\tTarget\tQ2 17/18\n"
        "Conviction rate\tabout 60\tn/a\t60%\t50\n"
        "Days to charge\t12 of 30\t101.3\t\t\n"
        "Referals\t5\t6\t\t\n"
    )
    block = read_block(text, GRID, QUARTERS)
    assert cells(block) == {("Days to charge", "2020-21-Q2"): Typed(value="101.3")}
    said = "\n".join(block.problems)
    assert len(block.problems) == 6
    for words in (
        "Column “Target” was not read", "does not show 2017/18 Q2", "Conviction rate, Q1 20/21", "does not say why",
        "Days to charge, Q1 20/21: “12 of 30” gives counts", "Line 4, “Referals”", 'Did you mean "Referrals"?',
    ):  # fmt: skip
        assert words in said, words


def test_take_a_percentage_with_its_counts_in_brackets():
    block = read_block("Measure\tQ2 20/21\nConviction rate\t66.7% (40 of 60)", GRID, QUARTERS)
    assert cells(block) == {("Conviction rate", "2020-21-Q2"): Typed("40", "60", "66.7")}


def test_take_a_block_of_numbers_alone_only_where_it_has_the_size_of_the_grid():
    lines = ["\t".join(str(at * 5 + one) for one in range(5)) for at in range(5)]
    whole = read_block("\n".join(lines), GRID, QUARTERS)
    assert not whole.problems and len(whole.cells) == 25
    assert whole.cells[3, QUARTERS[1]] == Typed(value="16")
    short = read_block("\n".join(lines[:4]), GRID, QUARTERS)
    assert not short.cells and "4 lines without labels, and the grid has 5 rows" in short.problems[0]
    narrow = read_block("Days to charge\t1\t2", GRID, QUARTERS)
    assert not narrow.cells and "2 columns of values without headings" in narrow.problems[0]


@pytest.mark.parametrize("text", ["", "\t\n\t", "x" * 60_000, "\t".join("1" * 3_000), "\n" * 40_000 + "1\t2"])
def test_refuse_a_hostile_block_in_words(text):
    block = read_block(text, GRID, QUARTERS)
    assert not block.cells and block.problems


def test_refuse_two_values_for_one_cell():
    block = read_block("Measure\tQ2 20/21\nDays to charge\t5\nDays to charge\t6", GRID, QUARTERS)
    assert cells(block) == {("Days to charge", "2020-21-Q2"): Typed(value="5")}
    assert "gives this cell twice" in block.problems[0]
