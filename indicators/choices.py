"""The vocabulary of the figures: windows, kinds, states. Enums only; every layer may import this."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Window(StrEnum):
    """The span of time a value speaks of. Days and weeks are none: they stand in charts alone (`indicators.days`)."""

    MONTH = "month"
    QUARTER = "quarter"
    ROLLING_12 = "r12"
    YEAR_TO_DATE = "fytd"
    CALENDAR_TO_DATE = "cytd"
    SPAN = "span"
    SNAPSHOT = "snapshot"
    ANNUAL = "annual"
    ROLLING_YEAR_TO_DATE = "rytd"
    NOT_STATED = "not-stated"


WINDOW_PLACES = {window: at for at, window in enumerate(Window)}  # in lists: never in the order of the stored words
COMPUTED_WINDOWS = (
    Window.MONTH, Window.QUARTER, Window.ROLLING_12, Window.YEAR_TO_DATE, Window.CALENDAR_TO_DATE,
)  # fmt: skip

WINDOW_NAMES = {
    Window.MONTH: "Month",
    Window.QUARTER: "Quarter",
    Window.ROLLING_12: "12 months",
    Window.YEAR_TO_DATE: "Financial year to date",
    Window.CALENDAR_TO_DATE: "Calendar year to date",
    Window.SPAN: "From and to",
    Window.SNAPSHOT: "As at",
    Window.ANNUAL: "Year",
    Window.ROLLING_YEAR_TO_DATE: "Rolling year to date",
    Window.NOT_STATED: "Period not stated",
}


class Statistic(StrEnum):
    """What a supplied number is: the value itself, or something said about it."""

    LEVEL = "level"
    CHANGE = "change"
    PERCENT_CHANGE = "percent-change"
    PREVIOUS = "previous"
    PREVIOUS_SHARE = "previous-share"
    SHARE = "share"
    PLAN_LOW = "plan-low"
    PLAN_HIGH = "plan-high"
    FIRST_PUBLISHED = "first-published"  # what the report of `reported_for` printed; never the current value


class Status(StrEnum):
    """How far a value can be relied on. Not available, suppressed and blank are not zero."""

    FINAL = "final"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"
    REVISED = "revised"
    NOT_AVAILABLE = "not-available"
    SUPPRESSED = "suppressed"
    CARRIED_FORWARD = "carried-forward"


class Qualifier(StrEnum):
    """Whether the number is exact or a bound ("over 5,200 volunteers")."""

    EXACT = "exact"
    OVER = "over"
    UP_TO = "up-to"
    LESS_THAN = "less-than"
    ABOUT = "about"


class Basis(StrEnum):
    """Where a number comes from: counted, a percentage whose counts were never given, or worked out."""

    COUNTED = "counted"
    AS_SUPPLIED = "as-supplied"
    DERIVED = "derived"


class Kind(StrEnum):
    """The kind of a measure; it decides how values add up and how change is shown."""

    COUNT = "count"
    PERCENTAGE = "percentage"
    MEAN = "mean"
    MEDIAN = "median"
    MONEY = "money"
    PROPORTION = "proportion"
    SHARE = "share"
    SERVICE_LEVEL = "service-level"
    SURVEY = "survey"
    RATE = "rate"
    PER_HEAD = "per-head"


class Unit(StrEnum):
    """The unit in which a value is stored and shown."""

    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MILLION_POUNDS = "million-pounds"
    POUNDS = "pounds"
    PER_1000 = "per-1000"


class Polarity(StrEnum):
    """Which way is better. Neutral always has a reason."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


UNIT_NAMES = {
    Unit.COUNT: "number",
    Unit.PERCENT: "per cent",
    Unit.SECONDS: "seconds",
    Unit.MINUTES: "minutes",
    Unit.HOURS: "hours",
    Unit.DAYS: "days",
    Unit.MILLION_POUNDS: "£ million",
    Unit.POUNDS: "£",
    Unit.PER_1000: "per 1,000",
}

POLARITY_NAMES = {
    Polarity.HIGHER: "Higher is better",
    Polarity.LOWER: "Lower is better",
    Polarity.NEUTRAL: "Neither",
}


class AreaKind(StrEnum):
    """Levels of the map. OUTSIDE and UNLOCATED are lines of their own, so that districts + those = force."""

    FORCE = "force"
    DIVISION = "division"
    DISTRICT = "district"
    SMALL_AREA = "small-area"
    OUTSIDE = "outside"
    UNLOCATED = "unlocated"
    COMPARATOR = "comparator"
    POLICE_AREA = "police-area"


# Areas of official publications belong to no force: what a force is compared with, and the forces it is made of.
PLACES = (AreaKind.DIVISION, AreaKind.DISTRICT, AreaKind.OUTSIDE, AreaKind.UNLOCATED)  # within a force, or beside it
SHARED_AREAS = frozenset({AreaKind.COMPARATOR, AreaKind.POLICE_AREA})


class SourceKind(StrEnum):
    """Record-level cases, or observations supplied by others."""

    CASES = "cases"
    OBSERVATIONS = "observations"


class DateOrder(StrEnum):
    """How the dates of an extract are written; year first is understood in any case."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    YEAR_FIRST = "year-first"


class Coverage(StrEnum):
    """Whether a file holds all cases of its months and replaces them, or only those that are new or changed."""

    WHOLE_MONTHS = "whole-months"
    PARTIAL = "partial"


class ImportKind(StrEnum):
    """What a received file holds."""

    CASES = "cases"
    OBSERVATIONS = "observations"
    OFFICIAL = "official"


class OfficialLayout(StrEnum):
    """The forms in which official figures are published: tables of police force areas, or open data by offence."""

    FORCE_AREAS = "force-areas"
    RECORDED_CRIME = "recorded-crime"


class ImportState(StrEnum):
    """Where a received file stands on its way to the figures."""

    RECEIVED = "received"
    REFUSED = "refused"
    STAGED = "staged"  # people know it as checked
    CONFIRMED = "confirmed"
    APPLIED = "applied"
    ABANDONED = "abandoned"
    FAILED = "failed"
    REVERTED = "reverted"

    @property
    def words(self) -> str:
        """What people read."""
        return "checked" if self is ImportState.STAGED else self.value


class JobState(StrEnum):
    """Where a piece of background work stands. The row is the truth, a message only a wake-up."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"


class VersionKind(StrEnum):
    """The act that made a data version."""

    IMPORT = "import"
    DEFINITIONS = "definitions"
    REVERT = "revert"
    SET_ASIDE = "set-aside"
    COUNTING = "counting"
    CORRECTION = "correction"


class CaseChangeKind(StrEnum):
    """What a data version did to one case."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


class SetAsideState(StrEnum):
    """Where the setting aside of a case stands."""

    ASKED = "asked"
    IN_FORCE = "in-force"
    WITHDRAWN = "withdrawn"
    LIFTED = "lifted"


class CorrectionState(StrEnum):
    """Where the correction of one supplied value stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PartState(StrEnum):
    """Where the reading of a part of a file stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class CountingPolicy(StrEnum):
    """What one case is: a row of the file, or an identifier, once in its month."""

    ROWS = "rows"
    DISTINCT = "distinct"


class Cadence(StrEnum):
    """How often a delivery is expected: once for each month, or once for each quarter."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


CADENCE_NAMES = {Cadence.MONTHLY: "Every month", Cadence.QUARTERLY: "Every quarter"}


class DeliveryState(StrEnum):
    """Where an expected delivery stands for one of its periods."""

    ARRIVED = "arrived"
    IN_PROGRESS = "in-progress"
    NOT_AVAILABLE = "not-available"
    REFUSED = "refused"
    LATE = "late"
    NOT_DUE = "not-due"


DELIVERY_NAMES = {
    DeliveryState.ARRIVED: "Received",
    DeliveryState.IN_PROGRESS: "In progress",
    DeliveryState.NOT_AVAILABLE: "Not available",
    DeliveryState.REFUSED: "Refused",
    DeliveryState.LATE: "Late",
    DeliveryState.NOT_DUE: "Not due yet",
}


class NoteKind(StrEnum):
    """What a dated note tells of figures: made otherwise from a day on, something happened, or to be read with care."""

    BREAK = "break"
    ANNOTATION = "annotation"
    FOOTNOTE = "footnote"


NOTE_NAMES = {
    NoteKind.BREAK: "Series break",
    NoteKind.ANNOTATION: "Annotation",
    NoteKind.FOOTNOTE: "Footnote",
}


class Direction(StrEnum):
    """The word for a change; always derived, never typed."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NO_CHANGE = "no change"


class Agreement(StrEnum):
    """Why two numbers must agree. Of WITHIN the second may be no more than the first."""

    PARTS = "parts"
    AREAS = "areas"
    MONTHS = "months"
    COUNTS = "counts"
    STATED = "stated"
    WITHIN = "within"
    SUM = "sum"
    SAME = "same"
    CONTROL = "control"


AGREEMENT_NAMES = {
    Agreement.PARTS: "A total and its parts",
    Agreement.AREAS: "An area and the areas in it",
    Agreement.MONTHS: "A longer period and its months",
    Agreement.COUNTS: "A value as supplied, and its own numerator and denominator",
    Agreement.STATED: "A change or share as supplied, and the values it is of",
    Agreement.WITHIN: "A measure and one that is part of it",
    Agreement.SUM: "A measure and those that add up to it",
    Agreement.SAME: "One quantity from two sources",
    Agreement.CONTROL: "A published number and the one counted from cases",
}
DECLARED_AGREEMENTS = (Agreement.SUM, Agreement.WITHIN, Agreement.SAME)


class Role(StrEnum):
    """The roles a person may hold."""

    ANALYST = "analyst"
    LEAD = "lead"
    DEPUTY = "deputy"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    REPORT_MANAGER = "report-manager"
    APPROVER = "approver"
    COMMISSIONER = "commissioner"
    SCRUTINY_OFFICER = "scrutiny-officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.ANALYST: "Analyst",
    Role.LEAD: "Portfolio lead",
    Role.DEPUTY: "Deputy lead",
    Role.CONTRIBUTOR: "Partner contributor",
    Role.REVIEWER: "Reviewer",
    Role.REPORT_MANAGER: "Report manager",
    Role.APPROVER: "Approver (chief officer)",
    Role.COMMISSIONER: "Commissioner",
    Role.SCRUTINY_OFFICER: "Scrutiny officer",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator (accounts only)",
}


def pairs(vocabulary: Iterable[StrEnum], names: Mapping[Any, str] | None = None) -> list[tuple[str, str]]:
    """Return (stored value, words) for each member, for a model field or a form."""
    words = names or {}
    return [(member.value, words.get(member, member.value.replace("-", " "))) for member in vocabulary]
