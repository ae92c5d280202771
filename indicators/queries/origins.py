"""Where the figures shown come from: imports, other acts, sources and control totals."""

from collections.abc import Iterable
from typing import Any

from indicators.choices import VersionKind
from indicators.figures import Figure, FigureBook
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.source import DataSource
from indicators.queries.control_totals import control_totals


def origin_of(force: Force, indicator: Indicator, book: FigureBook, figure: Figure) -> dict[str, Any]:
    """Return where one figure comes from; the control totals are those of its periods alone."""
    found, periods = origin(force, indicator, book, [figure]), (figure.period, figure.previous_period)
    own = [one for one in found["control_totals"] if one.series == figure.series.key and one.period in periods]
    return {**found, "control_totals": own}


def origin(force: Force, indicator: Indicator, book: FigureBook, figures: Iterable[Figure]) -> dict[str, Any]:
    """Return where the figures shown come from: imports, other acts that changed them, sources, control totals."""
    shown = [value for one in figures for value in (one.current, one.previous) if value is not None]
    versions = {value.version for value in shown}
    slugs = {value.source for value in shown}
    own = list(control_totals(force, book.version or None, indicator.key))
    return {
        "imports": DataImport.objects.filter(version__force=force, version__number__in=versions).select_related(
            "version", "confirmed_by", "submission__submitted_by", "correction__proposed_by"
        ),
        # A correction is an import of its own, and stands among those.
        "acts": DataVersion.objects.filter(force=force, number__in=versions)
        .exclude(kind__in=[VersionKind.IMPORT, VersionKind.CORRECTION])
        .select_related("by"),
        "sources": DataSource.objects.filter(slug__in=slugs),
        "control_totals": own,
    }
