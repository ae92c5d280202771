"""What an address asks for: its parameters, read and checked. Everything that cannot be answered is a 400 in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Max, Q
from django.utils import timezone
from rest_framework import exceptions

from indicators.choices import Window
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.indicator import Indicator
from indicators.models.observation import Observation
from indicators.periods import Quarter
from indicators.queries import versions

MOST_RECORDS = 5_000  # of one page
USUAL_RECORDS = 500
MOST_LINES = 200_000  # of a CSV file that is not paged


class Scope(StrEnum):
    """What a list depends on, each with all before it: a force, a state of its data, a quarter."""

    EVERYTHING = "everything"
    FORCE = "force"
    VERSION = "version"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an address. With `choices` nothing else may be written; `most` makes it a whole number from 1.

    `form` is a regular expression that describes how it is written.
    """

    name: str
    words: str
    choices: tuple[str, ...] = ()
    most: int = 0
    form: str = ""
    example: str = ""


FORCE = Parameter("force", "Short name of the force; not needed where there is one.", example="lancashire")
AT = Parameter("at", "Data version: figures as known then. The newest without.", most=999_999_999)
QUARTER = Parameter(
    "quarter", "The quarter; the newest one held without.", form="^[0-9]{4}-[0-9]{2}-Q[1-4]$", example="2020-21-Q2"
)
LIMIT = Parameter(
    "limit",
    f"Records in one page: {USUAL_RECORDS} without, at most {MOST_RECORDS}. CSV without it holds the whole list.",
    most=MOST_RECORDS,
)
CURSOR = Parameter("cursor", "Where a page begins; only ever taken from the address under “next”.")
INDICATOR = Parameter("indicator", "Key of one indicator; all without.", example="rape")
DISTRICTS = Parameter("with_districts", "1 adds divisions, districts and the lines outside them.", ("0", "1"))
OF_SCOPE = {
    Scope.EVERYTHING: (),
    Scope.FORCE: (FORCE,),
    Scope.VERSION: (FORCE, AT),
    Scope.QUARTER: (FORCE, QUARTER, AT),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. Without a force there is none at all; version 0 and no quarter mean that nothing is held."""

    given: Mapping[str, str]
    force: Force | None = None
    version: int = 0
    quarter: Quarter | None = None

    @property
    def own(self) -> Force:
        """The force; a 400 where none is set up yet."""
        if self.force is None:
            raise refuse("force: there is none yet.")
        return self.force

    @property
    def pins(self) -> dict[str, str]:
        """The parameters that hold the next page to the force, state and quarter of this one."""
        found = {"force": self.force.slug} if self.force else {}
        if self.quarter is not None:
            found["quarter"] = self.quarter.key
        return found | ({"at": str(self.version)} if self.version else {})

    @property
    def about(self) -> dict[str, object]:
        """What an answer says of itself: the force, the quarter and the data version it speaks of."""
        return {
            "force": self.force.slug if self.force else None,
            "quarter": self.quarter.key if self.quarter else None,
            "version": self.version,
        }

    @property
    def wide(self) -> bool:
        """Whether divisions and districts are wanted."""
        return self.given.get(DISTRICTS.name) == "1"


def refuse(words: str) -> exceptions.ValidationError:
    """Return the error for a question that cannot be answered, in words: status 400."""
    return exceptions.ValidationError({"detail": words})


def whole_number(name: str, text: str, least: int, most: int) -> int:
    """Read a parameter. Raises a 400 when it is not a whole number between the two bounds."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise refuse(f"{name}: “{text[:40]}” is not a whole number from {least} to {most}.")
    return int(text)


def day(name: str, text: str | None) -> date | None:
    """Read a day such as 2020-09-30; None where nothing is written. A 400 for anything else."""
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or text != found.isoformat():
        raise refuse(f"{name}: “{text[:40]}” is not a day. Write a day like 2020-09-30.")
    return found


def read(scope: Scope, parameters: Mapping[str, Parameter], query: Mapping[str, list[str]]) -> Asked:
    """Read the parameters of an address. A 400 for one that is unknown, given twice, or not among its choices."""
    given: dict[str, str] = {}
    for name, values in query.items():
        if name not in parameters:
            raise refuse(f"There is no parameter “{name[:40]}”. The parameters are: {', '.join(parameters)}.")
        if len(values) > 1:
            raise refuse(f"{name} is given more than once.")
        if not values[0].isprintable():
            raise refuse(f"{name}: it holds a character that cannot be printed. Take it out.")
        choices = parameters[name].choices
        if choices and values[0] not in choices:
            raise refuse(f"{name}: write {' or '.join(choices)}.")
        given[name] = values[0]
    return placed(scope, given)


def placed(scope: Scope, given: Mapping[str, str]) -> Asked:
    """Find the force, the data version and the quarter that are meant."""
    if scope is Scope.EVERYTHING:
        return Asked(given)
    force = _force(given.get("force"))
    if scope is Scope.FORCE:
        return Asked(given, force)
    version = _version(force, given.get("at"))
    quarter = _quarter(given.get("quarter"), force, version) if scope is Scope.QUARTER else None
    return Asked(given, force, version, quarter)


def _version(force: Force, text: str | None) -> int:
    """Return the data version to read, always by its number: no import can slip in between two reads."""
    newest = versions.newest_version(force)
    if text is None:
        return newest
    if not newest:
        raise refuse("at: nothing was loaded yet.")
    return whole_number("at", text, 1, newest)


def _force(slug: str | None) -> Force:
    """Return the force that is meant; a 400 names those there are."""
    forces = list(Force.objects.order_by("slug"))
    found = [force for force in forces if slug in (None, force.slug)]
    if len(found) != 1:
        known = ", ".join(force.slug for force in forces) or "none yet"
        words = f"there is no force “{slug[:60]}”" if slug is not None else "name one force"
        raise refuse(f"force: {words}. The forces are: {known}.")
    return found[0]


def quarter_named(text: str) -> Quarter:
    """Read a quarter, whether anything is held for it or not."""
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        raise refuse(f"quarter: {error}") from error
    if not 1950 <= quarter.year <= timezone.localdate().year + 50:
        raise refuse(f"quarter: {quarter.key} lies too far away.")
    return quarter


def _quarter(text: str | None, force: Force, version: int) -> Quarter | None:
    """Return the quarter that is meant, by default the newest known then; a 400 when nothing is held for it."""
    held = versions.held_at(version)
    if text is None:
        monthly = Aggregate.objects.filter(held, force=force, window=Window.MONTH)
        end = monthly.aggregate(newest=Max("end"))["newest"]
        return Quarter.containing(end) if end else None
    quarter = quarter_named(text)
    within = Q(end__range=(quarter.start, quarter.end)) | Q(reported_for=quarter.key)
    if not any(model._default_manager.filter(held, within, force=force).exists() for model in (Aggregate, Observation)):
        raise refuse(f"quarter: nothing is held for {quarter.key} at data version {version}.")
    return quarter


def indicator_named(asked: Asked) -> str | None:
    """Return the key of the indicator that is asked for, None for all. A 400 when there is none of that key."""
    key = asked.given.get(INDICATOR.name)
    if key is not None and not Indicator.objects.filter(key=key).exists():
        raise refuse(f"indicator: there is no indicator “{key[:60]}”. /api/indicators/ lists them.")
    return key


def area_named(asked: Asked, slug: str | None) -> Area | None:
    """Return the area of the force, or the shared one, that is asked for. A 400 when there is none of that name."""
    if slug is None:
        return None
    found = (
        Area.objects.filter(Q(force=asked.own) | Q(force__isnull=True), slug=slug).order_by("force_id", "pk").first()
    )
    if found is None:
        raise refuse(f"area: there is no area “{slug[:60]}”. /api/areas/ lists them.")
    return found
