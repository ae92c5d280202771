"""How many cases of each offence each month has: whole numbers that meet every published total."""

from dataclasses import dataclass
from datetime import date

from indicators.choices import Window
from portal.demonstration.allocation import Blocks, share_out, spread
from portal.demonstration.constraints import SEPTEMBER_2019, SEPTEMBER_2020, published, published_change
from portal.demonstration.months import (
    ACQUISITIVE,
    BURGLARY,
    DISORDER,
    DUMPING,
    MONTHS,
    NEIGHBOURS,
    NUISANCE,
    PUBLISHED,
    SEXUAL,
    STEADY,
    VIOLENCE,
    Shape,
    weights,
)

INCIDENTS = "Anti-social behaviour"
VIOLENT = "Violence and sexual offences"
YEAR = Window.ROLLING_12


@dataclass(frozen=True)
class Offence:
    """An offence of one of the official crime types; `name` is unique over all types."""

    crime_type: str
    name: str
    shape: Shape


@dataclass(frozen=True)
class QuarterPlan:
    """A series with a published change of the second quarter: where its free numbers are set."""

    indicator: str
    shape: Shape
    september_2018: int
    quarter_2019: int  # July to September 2019: never published; chosen so that the months run smoothly
    following: int  # October to December 2020, invented

    def blocks(self) -> Blocks:
        """Return (months, total) from September 2018 on, meeting both years and the quarter's change."""
        earlier = published(self.indicator, YEAR, SEPTEMBER_2019)
        later = published(self.indicator, YEAR, SEPTEMBER_2020)
        quarter_2020 = self.quarter_2019 + published_change(self.indicator)
        return (
            (1, self.september_2018),
            (9, earlier - self.quarter_2019),
            (3, self.quarter_2019),
            (9, later - quarter_2020),
            (3, quarter_2020),
            (3, self.following),
        )


ALL_CRIME = QuarterPlan("all_crime", VIOLENCE, 12880, 37300, 31950)

WITH_QUARTER: tuple[tuple[Offence, QuarterPlan], ...] = tuple(
    (Offence(crime_type, name, plan.shape), plan)
    for crime_type, name, plan in (
        (VIOLENT, "Violence with injury", QuarterPlan("violence_with_injury", VIOLENCE, 1583, 3990, 3870)),
        (
            VIOLENT,
            "Violence without injury",
            QuarterPlan("violence_without_injury", VIOLENCE, 1874, 5930, 5190),
        ),
        ("Burglary", "Residential burglary", QuarterPlan("burglary_residential", BURGLARY, 742, 1985, 1510)),
        ("Robbery", "Personal robbery", QuarterPlan("robbery_personal", ACQUISITIVE, 91, 283, 214)),
        ("Public order", "Public order offences", QuarterPlan("public_order", DISORDER, 1071, 2810, 2460)),
    )
)

RAPE = Offence(VIOLENT, "Rape", SEXUAL)
OTHER_SEXUAL = Offence(VIOLENT, "Other sexual offences", SEXUAL)
MODERN_SLAVERY = Offence(VIOLENT, "Modern slavery", STEADY)
BUSINESS_ROBBERY = Offence("Robbery", "Robbery of business property", ACQUISITIVE)
STALKING = Offence(VIOLENT, "Stalking and harassment", STEADY)
CRIMINAL_DAMAGE = Offence("Criminal damage and arson", "Criminal damage", VIOLENCE)
OTHER_CRIME = Offence("Other crime", "Other crime", STEADY)

# What is left of all crime, with the usual size of a year: only their sum is bound.
REMAINDER: tuple[tuple[Offence, int], ...] = (
    (STALKING, 17500),
    (Offence("Burglary", "Burglary of business and community premises", BURGLARY), 3500),
    (Offence("Vehicle crime", "Theft from a vehicle", ACQUISITIVE), 7200),
    (Offence("Vehicle crime", "Theft of a vehicle", ACQUISITIVE), 3300),
    (Offence("Vehicle crime", "Interference with a vehicle", ACQUISITIVE), 1200),
    (CRIMINAL_DAMAGE, 16000),
    (Offence("Criminal damage and arson", "Arson", VIOLENCE), 1000),
    (Offence("Other theft", "Other theft", ACQUISITIVE), 11500),
    (Offence("Shoplifting", "Shoplifting", ACQUISITIVE), 11000),
    (Offence("Bicycle theft", "Bicycle theft", NEIGHBOURS), 1800),
    (Offence("Theft from the person", "Theft from the person", ACQUISITIVE), 1300),
    (Offence("Drugs", "Possession of drugs", STEADY), 2800),
    (Offence("Drugs", "Trafficking of drugs", STEADY), 900),
    (Offence("Possession of weapons", "Possession of weapons", VIOLENCE), 1300),
    (OTHER_CRIME, 3500),
)

INCIDENT_PLANS: tuple[tuple[str, Offence, int, int], ...] = (
    ("nuisance", Offence(INCIDENTS, "Nuisance", NUISANCE), 3190, 13320),
    ("personal", Offence(INCIDENTS, "Personal", NEIGHBOURS), 1402, 4610),
    ("environment", Offence(INCIDENTS, "Environment", DUMPING), 124, 425),
)

Counts = dict[Offence, list[int]]


def year_blocks(indicator: str, part: str, september_2018: int, following: int) -> Blocks:
    """Return the blocks of a series of which only the two years are published."""
    return (
        (1, september_2018),
        (12, published(indicator, YEAR, SEPTEMBER_2019, part)),
        (12, published(indicator, YEAR, SEPTEMBER_2020, part)),
        (3, following),
    )


def sexual_counts() -> Counts:
    """Return rape and other sexual offences by month.

    The years to August bind the Septembers: 2018 = 2019 + 137 and 2019 = 2020 + 46, over both offences.
    """
    august_2019, august_2020 = date(2019, 8, 31), date(2020, 8, 31)
    both = "sexual_offences"
    in_2020 = 338
    in_2019 = in_2020 + published(both, YEAR, august_2020) - published(both, YEAR, SEPTEMBER_2020)
    in_2018 = in_2019 + published(both, YEAR, august_2019) - published(both, YEAR, SEPTEMBER_2019)
    septembers = [share_out(total, (31, 69)) for total in (in_2018, in_2019, in_2020)]
    found: Counts = {}
    for place, (offence, indicator, following) in enumerate(
        ((RAPE, "rape", 296), (OTHER_SEXUAL, "other_sexual_offences", 690))
    ):
        first, second, third = (september[place] for september in septembers)
        blocks = (
            (1, first),
            (11, published(indicator, YEAR, SEPTEMBER_2019) - second),
            (1, second),
            (11, published(indicator, YEAR, SEPTEMBER_2020) - third),
            (1, third),
            (3, following),
        )
        found[offence] = spread(blocks, weights(offence.name, offence.shape))
    return found


def crime_counts() -> Counts:
    """Return the crimes of each offence by month; those of a month add up to all crime's own number."""
    found: Counts = {
        offence: spread(plan.blocks(), weights(offence.name, plan.shape)) for offence, plan in WITH_QUARTER
    }
    found |= sexual_counts()
    for offence, blocks in (
        (MODERN_SLAVERY, year_blocks("modern_slavery_crime", "", 8, 34)),
        # Published only as a change of -24.5 %; 200 and 151 give it.
        (BUSINESS_ROBBERY, ((1, 17), (12, 200), (12, 151), (3, 36))),
    ):
        found[offence] = spread(blocks, weights(offence.name, offence.shape))
    totals = spread(ALL_CRIME.blocks(), weights(ALL_CRIME.indicator, ALL_CRIME.shape))
    usual = [[size * weight for weight in weights(offence.name, offence.shape)] for offence, size in REMAINDER]
    rest: Counts = {offence: [] for offence, _ in REMAINDER}
    for place, total in enumerate(totals):
        left = total - sum(series[place] for series in found.values())
        parts = share_out(left, [series[place] for series in usual])
        for (offence, _), part in zip(REMAINDER, parts, strict=True):
            rest[offence].append(part)
    return found | rest


def incident_counts() -> Counts:
    """Return the incidents of anti-social behaviour of each type by month."""
    return {
        offence: spread(year_blocks("asb", part, first, following), weights(offence.name, offence.shape))
        for part, offence, first, following in INCIDENT_PLANS
    }


def all_counts() -> Counts:
    """Return every offence's cases by month, in the order of `MONTHS` (28 numbers each)."""
    counts = crime_counts() | incident_counts()
    short = [offence.name for offence, series in counts.items() if len(series) != len(MONTHS)]
    if short or len(PUBLISHED) != 25:
        raise ValueError(f"months are missing in {short}")
    return counts
