"""C31, C39, C57, C58, C62: what a tidy row may say, alone and beside other rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reader_files import LOOKUPS, TIDY_HEADER, TODAY, csv_bytes, read_bytes, read_tidy, tidy_cells, tidy_file, words

from indicators.choices import Basis, Qualifier, Statistic, Status, Window
from indicators.readers.observations import ObservationRow, read_observations


def test_read_full_row_becomes_an_observation(tmp_path: Path) -> None:
    rows, problems = read_tidy(
        tmp_path, row_id="7", part="nuisance", end="30/09/2020", start="01/09/2020", value="1,234.50", numerator="5",
        denominator="8", status="provisional", basis="derived", qualifier="over", period_printed="Sept", note="why",
    )  # fmt: skip
    assert not problems
    assert rows == [
        ObservationRow(
            2, "7", "asb", "nuisance", "lancashire", Window.MONTH, date(2020, 9, 1), date(2020, 9, 30), "",
            Statistic.LEVEL, Decimal("1234.50"), Decimal(5), Decimal(8), Status.PROVISIONAL, Basis.DERIVED,
            Qualifier.OVER, "Sept", "ons", "why",
        )
    ]  # fmt: skip


def test_read_blank_choices_take_their_defaults(tmp_path: Path) -> None:
    (row,), _ = read_tidy(tmp_path)
    assert (row.statistic, row.status, row.basis, row.qualifier) == (
        Statistic.LEVEL, Status.FINAL, Basis.COUNTED, Qualifier.EXACT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "column", "named"),
    [
        ({"area": "Lancashire"}, "area", '"lancashire"'),
        ({"area": "еast"}, "area", "CYRILLIC SMALL LETTER IE"),
        ({"area": "lancashire\u00a0"}, "area", "NO-BREAK SPACE"),
        ({"area": "lancahsire"}, "area", 'Did you mean "lancashire"'),
        ({"area": "zzz"}, "area", "administrator"),
        ({"area": ""}, "area", "missing"),
        ({"indicator": "burglery"}, "indicator", 'Did you mean "burglary"'),
        ({"part": "nuisanse"}, "part", 'Did you mean "nuisance"'),
        ({"indicator": "burglary", "part": "nuisance"}, "part", "not known"),
        ({"source": "ONS"}, "source", 'Did you mean "ons"'),
        ({"window": "Month"}, "window", 'Did you mean "month"'),
        ({"window": ""}, "window", "missing"),
        ({"statistic": "levle"}, "statistic", 'Did you mean "level"'),
        ({"status": "r"}, "status", "Allowed are"),
        ({"value": "r"}, "value", "column status"),
        ({"value": ""}, "value", "does not mean 0"),
        ({"value": "", "status": "suppressed"}, "note", "reason"),
        ({"value": "3", "status": "suppressed", "note": "low"}, "value", "must be blank"),
        ({"value": "", "numerator": "3", "status": "suppressed", "note": "low"}, "value", "must be blank"),
        ({"value": "-5"}, "value", "negative"),
        ({"denominator": "0"}, "denominator", "greater than 0"),
        ({"end": ""}, "end", "missing"),
        ({"end": "2020-09-29"}, "end", "whole calendar month"),
        ({"start": "2021-01-01", "end": "2021-01-31"}, "end", "future"),
        ({"window": "not-stated", "start": "", "end": ""}, "reported_for", "quarter of the report"),
        ({"window": "not-stated", "start": "", "end": "", "reported_for": "2020-22-Q2"}, "reported_for", "2020-21-Q2"),
        ({"row_id": "1.23E+15"}, "row_id", "rounded"),
        ({"row_id": "01-Feb"}, "row_id", "turned this into a date"),
        ({"note": "x" * 2_001}, "note", "2,001 characters"),
    ],
)
def test_read_faulty_cell_is_named_with_its_column(
    tmp_path: Path, changes: dict[str, str], column: str, named: str
) -> None:
    rows, problems = read_tidy(tmp_path, **changes)
    assert not rows
    assert [problem.column for problem in problems.listed] == [column]
    assert named in problems.listed[0].message
    assert problems.listed[0].row == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "-5", "statistic": "change"},
        {"value": "-5.5", "statistic": "percent-change"},
        {"value": "0"},
        {"value": "", "status": "not-available", "note": "The system was down."},
        {"value": "", "status": "suppressed", "note": "Fewer than five."},
        {"window": "not-stated", "start": "", "end": "", "reported_for": "2020-21-Q2", "period_printed": "2020"},
        {"window": "snapshot", "start": ""},
        {"statistic": "plan-low", "start": "2021-03-01", "end": "2021-03-31"},
    ],
)
def test_read_unusual_but_right_row_is_taken(tmp_path: Path, changes: dict[str, str]) -> None:
    rows, problems = read_tidy(tmp_path, **changes)
    assert not problems, words(problems)
    assert len(rows) == 1


def test_read_row_with_several_faults_names_them_all(tmp_path: Path) -> None:
    _, problems = read_tidy(tmp_path, area="nowhere", value="12 %", end="30/02/2020", window="fortnight")
    assert {problem.column for problem in problems.listed} == {"area", "value", "end", "window"}


@pytest.mark.parametrize(
    "second", [tidy_cells(), tidy_cells(value="6"), tidy_cells(statistic="level", start="01/09/2020")]
)
def test_read_same_key_twice_is_refused_with_both_rows(tmp_path: Path, second: list[str]) -> None:
    _, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [tidy_cells(), tidy_cells(area="east"), second]))
    assert problems.count == 1
    assert "Rows 2 and 4" in words(problems)


def test_read_permuted_rows_give_the_same_observations(tmp_path: Path) -> None:
    cells = [tidy_cells(area=area, value=str(number)) for number, area in enumerate(("east", "west", "south"))]

    def meant(ordered: list[list[str]]) -> set[tuple[str, Decimal | None]]:
        rows, _ = read_observations(tidy_file(tmp_path, *ordered), LOOKUPS, TODAY)
        return {(row.area, row.value) for row in rows}

    assert meant(cells) == meant(cells[::-1]) == {("east", Decimal(0)), ("west", Decimal(1)), ("south", Decimal(2))}
