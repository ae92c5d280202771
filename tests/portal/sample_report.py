"""A report with everything in it that can go wrong: for the tests of its HTML, PDF and Word."""

import json
from functools import cache

import vl_convert

from indicators.tables import Cell, Chart, Table
from narratives.documents import (
    Bullets,
    ChartBlock,
    Document,
    Paragraph,
    Part,
    Quote,
    Run,
    SectionPart,
    Subheading,
    TableBlock,
)

HOSTILE = '<script>alert(1)</script> #eval("1") $x$ @notes \\ {{ key }} _a_ *b* <notes> [c] & "d" `e` // f'
EVERY_SCRIPT = "Heddlu: cŵn, tŷ. Emoji 🚔 and 👍. Greek Ωμέγα, Chinese 警察, ≥ 5, −18%, “smart”, £54.8m"


@cache
def drawing() -> str:
    values = [{"month": f"{month:02d}/2020", "count": 100 + month * 7} for month in range(1, 13)]
    return vl_convert.vegalite_to_svg(
        json.dumps(
            {
                "data": {"values": values},
                "width": 480,
                "height": 220,
                "mark": {"type": "line", "color": "#1d3557"},
                "encoding": {
                    "x": {"field": "month", "type": "nominal", "title": "Month"},
                    "y": {"field": "count", "type": "quantitative", "title": "Offences"},
                },
            }
        )
    )


def head(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text, is_header=True, is_numeric=index > 0) for index, text in enumerate(texts))


def line(name: str, *numbers: str, key: str = "") -> tuple[Cell, ...]:
    figures = tuple(
        Cell(number, is_numeric=True, figure=f"{key}.{index}" if key else "") for index, number in enumerate(numbers)
    )
    return (Cell(name, is_header=True), *figures)


def crime_table() -> Table:
    return Table(
        "recorded-crime",
        "Recorded crime, 12 months to 30 September 2020",
        head("Offence", "12 months to September 2019", "12 months to September 2020", "Change"),
        (
            line("All crime", "152,467", "130,207", "−15% (−22,260)", key="crime.r12"),
            line("Public order", "12,649", "9,770", "−22.8% (−2,879)"),
            line("Cŵn peryglus 🚔 (dangerous dogs)", "0", "3", "n/a (from 0)"),
            line(HOSTILE[:60], "not available: 1 of 12 months missing (June 2020)", "<1%", "no change"),
        ),
        ("Provisional after 31 August 2020.", "Knife crime: recording changed in April 2020."),
        "Police recorded crime, extract of 5 October 2020",
    )


def long_table() -> Table:
    rows = tuple(line(f"Measure {number}", f"{number * 1371:,}", f"+{number}.5 pp") for number in range(1, 91))
    return Table("measures", "Measures of the plan", head("Measure", "Value", "Change"), rows)


def wide_table() -> Table:
    months = tuple(f"{month:02d}/2020" for month in range(1, 13))
    rows = tuple(line(f"District {name}", *(f"{ord(name) * 37 + m:,}" for m in range(12))) for name in "ABCD")
    return Table("districts", "Recorded crime by district and month", head("District", *months), rows)


def chart() -> Chart:
    table = Table(
        "asb-months",
        "Anti-social behaviour by month",
        head("Month", "Incidents"),
        tuple(line(f"{month:02d}/2020", str(100 + month * 7)) for month in range(1, 13)),
    )
    return Chart(
        "asb-trend",
        "Is anti-social behaviour rising?",
        drawing(),
        "It rose in every month of 2020, from 107 to 184.",
        table,
        ("COVID-19 restrictions began on 23 March 2020.",),
        "Incident system, 5 October 2020",
    )


def report() -> Document:
    """A report with everything in it that can go wrong."""
    domestic = SectionPart(
        "3.a",
        "Domestic abuse",
        "domestic-abuse",
        "Detective Superintendent Ŵyn Price",
        (
            Paragraph(
                (
                    Run("Recorded domestic abuse changed by "),
                    Run("−18%", is_strong=True, figure="da.r12.change"),
                    Run(", the second fall in a row.", note=1),
                    Run(" See the "),
                    Run("official release", href="https://www.example.org/release?a=1&b=2"),
                    Run("."),
                )
            ),
            Subheading("What was done"),
            Bullets(((Run("Operation Encompass"),), (Run("Over "), Run("5,200", figure="own.volunteers"))), False),
            Bullets(((Run("was the first year."),), (Run("was the second."),)), True, 2019),
            Bullets(((Run("a list of its own"),),), True),
            Quote((Run("We were listened to.", is_emphasis=True, note=2),)),
            ChartBlock(chart(), 1),
            Paragraph((Run(HOSTILE),)),
            Paragraph((Run(EVERY_SCRIPT), Run("\nSecond line", note=1))),
        ),
    )
    return Document(
        title="Performance report: Quarter 2, 2020/21",
        organisation="Lancashire Constabulary",
        addressed_to="Police and Crime Commissioner for Lancashire",
        meeting="Strategic Scrutiny Meeting",
        meeting_date="8 December 2020",
        period="Quarter to 30 September 2020",
        marking="OFFICIAL",
        status="DRAFT 3, 14:02 on 23 November 2020",
        labels=("Demonstration: synthetic data",),
        sources=("Police recorded crime, extract of 5 October 2020", "Incident system, 5 October 2020"),
        parts=(
            Part("1", "Issue", "issue", (Paragraph((Run("To note the performance of the quarter."),)),)),
            Part(
                "2",
                "Tackling crime and reoffending",
                "notes",  # an anchor that the article needs itself
                (TableBlock(crime_table(), 1), TableBlock(crime_table(), 2)),
            ),
            Part("3", "Supporting vulnerable people", "vulnerable", (), (domestic,)),
        ),
        appendix=(TableBlock(long_table(), 3), TableBlock(wide_table(), 4)),
        notes=("Change on the previous 12 months.", "From the victims' survey, wave 3."),
    )
