"""The part of queries that finds the supplied value behind a figure, and says why there is none to be corrected."""

from dataclasses import dataclass, fields

from indicators.choices import AreaKind, Basis, Statistic, Status, Window
from indicators.figures import Figure
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.correction import Correction
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.observation import Observation
from indicators.periods import Period, label
from indicators.queries.books import clean
from indicators.queries.partner_returns import as_entered, series_row
from indicators.readers.observations import ObservationRow
from indicators.readers.return_cells import Entered, GridRow
from indicators.series import Slot

# What a figure has in common with the supplied value that it is.
SHOWN_AS = (
    "indicator", "part", "area", "window", "start", "end", "reported_for", "value", "numerator", "denominator", "basis",
    "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correctable:
    """The supplied value that a figure is, or why it is none; and the correction that waits for a second person."""

    observation: Observation | None = None
    why_not: str = ""
    proposed: Correction | None = None


def correctable(force: Force, indicator: Indicator, figure: Figure, slot: Slot) -> Correctable:
    """Return what there is to be corrected in a figure. Three queries at most."""
    series = figure.series
    rows = Observation.objects.filter(
        force=force, until_version__isnull=True, statistic=Statistic.LEVEL, indicator=indicator, window=slot.window,
        end=slot.end, reported_for=slot.reported_for,
    )  # fmt: skip
    rows = rows.filter(part__slug=series.part) if series.part else rows.filter(part__isnull=True)
    rows = rows.filter(area__slug=series.area) if series.area else rows.filter(area__kind=AreaKind.FORCE)
    observation = rows.select_related("area", "indicator__case_rule__source").first()
    why_not = why_computed(observation) if observation is not None else _where_else(indicator, figure)
    if why_not or observation is None:
        return Correctable(why_not=why_not)
    return Correctable(observation, proposed=Correction.objects.open().filter(observation=observation).first())


def _rule(indicator: Indicator) -> CaseRule | None:
    return getattr(indicator, "case_rule", None)


def why_computed(observation: Observation) -> str:
    """Say why a supplied number is not a figure's value: it is compared with the one computed. Empty when it is one."""
    indicator, rule = observation.indicator, _rule(observation.indicator)
    if observation.part is not None and observation.part.breakdown_id != indicator.breakdown_id:
        return f"“{observation.part.name}” is no part of this measure any more."
    if observation.area.force_id is None:
        return _why_elsewhere(observation)
    if rule is not None and observation.start is not None and observation.start >= rule.starts_on:
        return _in_cases(rule)
    return _in_inputs() if hasattr(indicator, "formula") else ""


def _why_elsewhere(observation: Observation) -> str:
    """Say the same for an area of others, where a composite is as published unless it can be worked out."""
    if hasattr(observation.area, "group"):
        return "This figure is made from those of the group's members. Correct the one of them that is wrong."
    if not hasattr(observation.indicator, "formula"):
        return ""
    said = {name: getattr(observation, name) for name in SHOWN_AS}
    is_shown = Aggregate.objects.filter(force=observation.force_id, until_version__isnull=True, **said).exists()
    return "" if is_shown else _in_inputs()


def _in_cases(rule: CaseRule) -> str:
    owner = f", kept by {rule.source.owner}," if rule.source.owner else ""
    return (
        "This figure is counted from cases. A case that is wrong is put right in the source system "
        f"({rule.source.name}){owner} and comes with the next file; one that must not count is set aside on its page."
    )


def _in_inputs() -> str:
    return "This figure is worked out from other measures. Correct the one of them that is wrong."


def _where_else(indicator: Indicator, figure: Figure) -> str:
    rule = _rule(indicator)
    start = figure.period.start
    if rule is not None and (start is None or start >= rule.starts_on):
        return _in_cases(rule)
    if hasattr(indicator, "formula"):
        return _in_inputs()
    if figure.current is not None and figure.current.amount is not None:
        return "This figure is worked out from its months or areas. Correct the one of them that is wrong."
    return "No value was supplied for this figure. Load one with a file, or enter it with a partner's return."


def as_row(observation: Observation) -> GridRow:
    """Return an observation as a row of fields, named in full."""
    area = observation.area
    place = "" if area.kind == AreaKind.FORCE else area.name
    return series_row(observation.indicator, observation.part, area.slug, place, Window(observation.window))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction in words: what it is of, what is held, and what should be."""

    correction: Correction
    name: str
    period: str
    old: str
    new: str

    @property
    def is_current(self) -> bool:
        """Whether the value to be corrected still holds."""
        return self.correction.observation.until_version is None


def proposal(correction: Correction) -> Proposal:
    """Put a correction into words."""
    observation = correction.observation
    row = as_row(observation)
    period = Period(Window(observation.window), observation.start, observation.end)
    return Proposal(
        correction, row.label, label(period, observation.period_printed), as_entered(observation).in_words(row),
        corrected(correction).in_words(row),
    )  # fmt: skip


def corrected(correction: Correction) -> Entered:
    """Return what the observation says once it is corrected; a value keeps the note that it has."""
    observation, is_value = correction.observation, correction.value is not None
    kept_note = observation.note if observation.value is not None else ""
    return Entered(
        clean(correction.value),
        clean(correction.numerator),
        clean(correction.denominator),
        status=Status(correction.status),
        basis=Basis(correction.basis),
        period_printed=observation.period_printed,
        note=kept_note if is_value else correction.note,
    )


def corrected_row(correction: Correction) -> ObservationRow:
    """Return the row of a tidy file that says the corrected value."""
    observation, said = correction.observation, corrected(correction)
    row = as_row(observation)
    return ObservationRow(
        row=2,
        row_id=f"correction-{correction.pk}",
        indicator=row.indicator,
        part=row.part,
        area=row.area,
        window=row.window,
        start=observation.start,
        end=observation.end,
        reported_for=observation.reported_for,
        statistic=Statistic(observation.statistic),
        source=observation.source.slug,
        **{one.name: getattr(said, one.name) for one in fields(said)},
    )


# What the words of a correction need.
RELATED = (
    "force", "proposed_by", "decided_by", "data_import__version", "observation__indicator", "observation__part",
    "observation__area", "observation__source",
)  # fmt: skip
