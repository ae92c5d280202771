"""The appendix and the numbers that assembly gives: from figures as values, without a database."""

import csv
import re
from datetime import date
from decimal import Decimal

import pytest

from indicators.choices import Basis, Kind, NoteKind, Polarity, Qualifier, Statistic, Status, Unit, Window
from indicators.dated_notes import DatedNote
from indicators.figures import FigureBook
from indicators.periods import Period, Quarter, period_ending
from indicators.series import Series, Slot, Value
from indicators.sheets import Measure
from indicators.tables import Cell, Table
from narratives.documents import Paragraph, Run, TableBlock
from portal.appendix import Numbers, appendix_lines, appendix_tables, grouped_notes, letters, sentence_note

END, BEFORE = date(2020, 9, 30), date(2019, 9, 30)


def measure(key: str, name: str, kind=Kind.COUNT, unit=Unit.COUNT, decimals=0, footnote="", **more) -> Measure:
    return Measure(key, name, "Crime", kind, unit, decimals, 1, Polarity.LOWER, 50, footnote, **more)


def value(amount: str, end: date, window=Window.ROLLING_12, source="dashboard", status=Status.FINAL) -> Value:
    period = period_ending(window, end)
    return Value(Decimal(amount), period, status, Basis.COUNTED, Qualifier.EXACT, source, 1)


@pytest.fixture
def book() -> FigureBook:
    rape, answer = Series("rape"), Series("answer")
    visible = Series("budget", "visible")
    return FigureBook(
        quarter=Quarter(2020, 2),
        version=1,
        measures={
            "rape": measure("rape", "Rape", footnote="Counted by date recorded."),
            "answer": measure("answer", "Time to answer", Kind.MEAN, Unit.SECONDS, 2),
            "budget": measure(
                "budget", "Budget", Kind.MONEY, Unit.MILLION_POUNDS, 1, is_exclusive=True, parts={"visible": "visible"}
            ),
        },
        areas={},
        sources={"dashboard": "Recorded crime dashboard", "finance": "Finance"},
        values={
            rape: {
                Slot(Window.ROLLING_12, END): value("1205", END),
                Slot(Window.ROLLING_12, BEFORE): value("1474", BEFORE),
            },
            answer: {
                Slot(Window.ROLLING_12, END): value("153.15", END, status=Status.PROVISIONAL),
                Slot(Window.ROLLING_12, BEFORE): value("203.58", BEFORE),
            },
            visible: {
                Slot(Window.SNAPSHOT, END): Value(
                    Decimal("54.8"), Period(Window.SNAPSHOT, None, END), Status.FINAL, Basis.COUNTED, Qualifier.EXACT,
                    "finance", 1,
                )
            },
        },
        supplied={
            (visible, Slot(Window.SNAPSHOT, END)): {
                Statistic.PREVIOUS: Decimal("52.0"), Statistic.PREVIOUS_SHARE: Decimal("37.6"),
            }
        },
    )  # fmt: skip


def test_a_sentence_is_footnoted_for_a_break_but_not_for_an_annotation(book):
    broken = DatedNote(NoteKind.BREAK, "new system", "Counted anew.", date(2020, 4, 1))
    lockdown = DatedNote(NoteKind.ANNOTATION, "Lockdown", "People stayed at home.", date(2020, 3, 23), date(2020, 7, 4))
    book.dated_notes = (broken, lockdown)
    figure = book.figure("rape.r12")
    told = "Series break on 1 April 2020, new system (Counted anew)"
    assert sentence_note(figure) == f"Rape: Counted by date recorded. {told}."
    assert grouped_notes([figure])[1:] == (
        f"{told}: Rape.",
        "Lockdown, 23 March 2020 to 4 July 2020 (People stayed at home): Rape.",
    )


def entry(part: str, position: int, name: str, window: str = "r12", value_of: str = "") -> dict[str, object]:
    return {"part of the report": part, "position": position, "measure": name, "window": window, "part": value_of}


def words(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_make_appendix_of_two_parts_puts_them_in_the_order_of_the_report(book):
    lines = [
        *appendix_lines("rape", [entry("supporting vulnerable people", 1, "Rape")]),
        *appendix_lines("rape", [entry("zebra crossings", 1, "Rape")]),
        *appendix_lines("answer", [entry("response and contact", 1, "101")]),
        *appendix_lines("budget", [entry("protecting local policing", 1, "Visible", "snapshot", "visible")]),
    ]
    titles = [table.caption.split(":")[0] for table in appendix_tables(lines, book)]
    expected = [
        "Protecting local policing", "Response and contact", "Supporting vulnerable people", "Zebra crossings"
    ]  # fmt: skip
    assert titles == expected


def test_make_appendix_row_prints_previous_change_with_its_word_and_in_year(book):
    lines = appendix_lines("rape", [entry("supporting vulnerable people", 1, "Rape")])
    (table,) = appendix_tables(lines, book)
    assert [cell.text for cell in table.header] == ["Measure", "Previous", "Change", "In year"]
    # 1,205 − 1,474 = −269; −269 / 1,474 = −18.2 %
    assert words(table) == [["Rape", "1,474", "Decrease (−18%, −269)", "1,205"]]
    assert {cell.figure for cell in table.rows[0][1:]} == {"rape.r12"}
    assert table.caption == "Supporting vulnerable people: 12 months to 30 September 2020"
    assert table.source == "Recorded crime dashboard"


def test_make_appendix_row_of_money_prints_its_share_in_brackets(book):
    lines = appendix_lines("budget", [entry("protecting local policing", 1, "Visible", "snapshot", "visible")])
    (table,) = appendix_tables(lines, book)
    assert words(table)[0][1] == "£52.0m (37.6%)"
    assert words(table)[0][3] == "£54.8m (100.0%)"


def test_make_appendix_of_a_measure_without_figures_says_not_available(book):
    (table,) = appendix_tables(appendix_lines("rape", [entry("others", 1, "Rape in the quarter", "quarter")]), book)
    assert words(table) == [["Rape in the quarter", "not available", "not available", "not available"]]
    assert not any(cell.figure for cell in table.rows[0])


def test_make_appendix_with_footnote_and_provisional_value_notes_both_beneath_the_table(book):
    lines = [
        *appendix_lines("rape", [entry("others", 2, "Rape")]),
        *appendix_lines("answer", [entry("others", 1, "101 calls")]),
    ]
    (table,) = appendix_tables(lines, book)
    assert [row[0] for row in words(table)] == ["101 calls", "Rape"]
    assert "Rape: Counted by date recorded." in table.notes
    assert "Provisional: Time to answer." in table.notes


def test_number_sections_beyond_z_goes_on_with_two_letters():
    assert [letters(count) for count in (1, 2, 26, 27, 52, 53)] == ["a", "b", "z", "aa", "az", "ba"]


def test_number_tables_across_sections_counts_on(book):
    numbers = Numbers()
    table = TableBlock(Table("t", "T", (Cell("x"),), ()))
    first = numbers.blocks((table, table), book)
    second = numbers.blocks((table,), book)
    assert [block.number for block in (*first, *second)] == [1, 2, 3]


def test_mark_a_quoted_figure_with_footnote_marks_it_once_in_each_section(book):
    numbers = Numbers()
    quoting = Paragraph((Run("1,205", figure="rape.r12.value"), Run(" and "), Run("−18%", figure="rape.r12.percent")))
    for _ in range(2):
        (block,) = numbers.blocks((quoting,), book)
        assert [run.note for run in block.runs] == [1, 0, 0]
    assert numbers.notes == ["Rape: Counted by date recorded."]


def test_mark_two_figures_with_the_same_remark_marks_each_with_the_one_note(book):
    slot = Slot(Window.ROLLING_12, END)
    book.values[Series("rape")][slot] = value("1205", END, status=Status.PROVISIONAL)
    book.measures["rape"] = measure("rape", "Rape")
    numbers = Numbers()
    quoting = Paragraph((Run("1,205", figure="rape.r12.value"), Run("153.15 s", figure="answer.r12.value")))
    (block,) = numbers.blocks((quoting,), book)
    assert [run.note for run in block.runs] == [1, 1]
    assert numbers.notes == ["Provisional."]


def test_give_anchors_for_awkward_names_keeps_them_well_formed_and_apart():
    numbers = Numbers()
    given = [numbers.anchor(wish) for wish in ("hate_crime", "hate-crime", "999-calls", "…")]
    assert len(set(given)) == 4
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", anchor) for anchor in given)


def test_print_appendix_reads_as_the_published_one(force):
    """The cells of the appendix as the published report printed them, for the figures that need no cases."""
    from indicators.queries.books import figure_book
    from portal import queries
    from tests.portal.small_quarter import account, import_observations

    import_observations(force, account("Ada Analyst", "analyst").person)
    book = figure_book(force, Quarter(2020, 2))
    tables = appendix_tables(queries.appendix(), book)
    printed = {row[0].text: [cell.text for cell in row[1:]] for table in tables for row in table.rows}
    assert [len(table.rows) for table in tables] == [2, 7, 7, 7]
    cells = list(csv.DictReader(PUBLISHED.strip().splitlines()))
    for row in cells:
        previous, change, in_year = (plain(text) for text in printed[row["measure"]])
        assert (previous, in_year) == (plain(row["previous"]), plain(row["in_year"])), row["measure"]
        assert plain(row["change"]) in change, row["measure"]


# As printed in the published report for the quarter to 30 September 2020, its one miscalculation put right:
# 153.15 − 203.58 = −50.43. A change of a percentage is in points; "s" is printed for seconds.
PUBLISHED = """measure,previous,change,in_year
Proportion of force budget spent on front-line policing: visible,£52.0m (37.6%),,£54.8m (37.2%)
Proportion of force budget spent on front-line policing: non visible,£45.3m (32.8%),,£47.7m (32.4%)
Grade 2 - Priority Response Median Time to Arrive (target <1 hour),33.2 min,+0.7 min,33.9 min
999 Calls - Service Level < 10 secs,75.4%,+5.9pp,81.3%
999 Calls - Time To Answer (Average),8.74 s,-0.87 s,7.87 s
101 Calls - Service Level,38.3%,+6.4pp,44.7%
101 Calls - Time To Answer (Average),203.58 s,-50.43 s,153.15 s
Missing Person Incidents,"10,236","Decrease (-14%, -1,453)","8,783"
"""


def plain(text: str) -> str:
    return text.replace("−", "-").replace(" ", "")
