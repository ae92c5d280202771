"""Suggestions for the columns and values of an extract."""

import pytest
from reader_files import CASE_HEADER

from indicators.choices import AreaKind
from indicators.readers.suggestions import is_marker, needs_a_line, suggest, suggest_area, suggest_flag, suggest_offence

DISTRICTS = {"Blackpool": "blackpool", "Blackburn with Darwen": "blackburn-with-darwen"}
LINES = {AreaKind.UNLOCATED: "no-location", AreaKind.OUTSIDE: "outside-force"}
CATEGORIES = [("Burglary", ""), ("Burglary", "Domestic burglary"), ("Anti-social behaviour", "")]


def test_suggest_for_the_street_level_header_is_that_header() -> None:
    assert suggest(CASE_HEADER) == {name: name for name in CASE_HEADER}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ["CrimeRef_No", "Date Recorded", "HO Class Description", "LPA", "Covid marker", "Officer"],
            {"Crime ID": "CrimeRef_No", "Date": "Date Recorded", "Crime type": "HO Class Description",
             "LSOA code": "LPA"},
        ),
        (
            ["URN", "REPORTED_DATE", "Offence", "District Name", "Lat", "Long"],
            {"Crime ID": "URN", "Date": "REPORTED_DATE", "Crime type": "Offence", "LSOA code": "District Name",
             "Latitude": "Lat", "Longitude": "Long"},
        ),
        (
            ["crime no.", "recorded date", "crime type", "offence", "beat", "Outcome"],
            {"Crime ID": "crime no.", "Date": "recorded date", "Crime type": "crime type", "Offence": "offence",
             "LSOA code": "beat", "Last outcome category": "Outcome"},
        ),
        (["Officer", "Weather", ""], {}),
    ],
)  # fmt: skip
def test_suggest_knows_the_names_that_systems_use(header: list[str], expected: dict[str, str]) -> None:
    assert suggest(header) == expected


def test_marker_columns_are_told_by_their_names() -> None:
    assert [name for name in ("DA flag", "CovidMarker", "Area", "Flagship") if is_marker(name)] == [
        "DA flag",
        "CovidMarker",
    ]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("BLACKPOOL", "blackpool"),
        ("Blackburn & Darwen", "blackburn-with-darwen"),
        ("Not known", "no-location"),
        ("OUT OF FORCE", "outside-force"),
        ("Zanzibar", ""),
    ],
)
def test_suggest_area(text: str, slug: str) -> None:
    assert suggest_area(text, DISTRICTS, LINES) == slug


def test_suggest_offence() -> None:
    assert suggest_offence("Burglary - business", CATEGORIES) == ("Burglary", "")
    assert suggest_offence("Burglary, domestic (30A)", CATEGORIES) == ("Burglary", "Domestic burglary")
    assert suggest_offence("ANTI SOCIAL BEHAVIOUR", CATEGORIES) == ("Anti-social behaviour", "")
    assert suggest_offence("Zzz", CATEGORIES) is None


@pytest.mark.parametrize(
    ("column", "text", "flag"),
    [
        ("Covid marker", "Y", "COVID-19"),
        ("Covid marker", "No", ""),
        ("Domestic abuse flag", "1", "Domestic abuse"),
        ("Markers", "domestic abuse", "Domestic abuse"),
        ("Markers", "Q", None),
        ("Knife flag", "Y", None),
    ],
)
def test_suggest_flag(column: str, text: str, flag: str | None) -> None:
    assert suggest_flag(column, text, ["COVID-19", "Domestic abuse"]) == flag


def test_needs_a_line_only_what_does_not_say_itself_where_it_is() -> None:
    texts = ["", "E01012607", "E01999999", "Blackpool", "Beat 7"]
    assert [text for text in texts if needs_a_line(text, {"E01012607"}, DISTRICTS)] == ["Beat 7"]
