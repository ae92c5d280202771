"""Reads of targets: how the figures of a quarter stand to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from indicators.figures import Figure, FigureBook
from indicators.models.target import Target
from indicators.pages import headline
from indicators.periods import label
from indicators.queries.windows import BY_WINDOW
from indicators.targets.asked import TargetRule
from indicators.targets.judging import Judged
from indicators.targets.vocabulary import TargetResult


@dataclass(frozen=True, slots=True)
class Standing:
    """A target beside the figure it is judged by; neither figure nor period where the quarter has none."""

    target: Target
    rule: TargetRule
    judged: Judged
    figure: Figure | None

    @property
    def period(self) -> str:
        """The period of the figure in words."""
        return label(self.figure.period) if self.figure else ""


def targets() -> QuerySet[Target]:
    """Return every target with what a list shows of it: by measure, its steps in the order of their days."""
    oldest = F("starts_on").asc(nulls_first=True)
    rows = Target.objects.select_related("indicator__portfolio", "part", "by")
    return rows.order_by("indicator__portfolio__name", "indicator__position", "part__position", BY_WINDOW, oldest, "pk")


def standings(rows: Iterable[Target], book: FigureBook | None) -> list[Standing]:
    """Judge targets by the figures of a book's quarter; the book has to hold their indicators. No query."""
    figures: dict[tuple[str, str], list[Figure]] = {}
    for figure in book.of_quarter() if book else ():
        if not figure.series.area:
            figures.setdefault((figure.series.indicator, figure.series.part), []).append(figure)
    return [
        _standing(row, figures.get((row.indicator.key, row.part.slug if row.part else ""), []), book) for row in rows
    ]


def _standing(target: Target, figures: list[Figure], book: FigureBook | None) -> Standing:
    """Choose the figure of the target's window, without one the figure that stands for the measure."""
    rule = target.rule
    fitting = [figure for figure in figures if rule.window in (None, figure.period.window)]
    chosen = headline(book, fitting) if book else None
    if book is None or chosen is None:
        reason = "the quarter has no value of this measure" if book else "there are no figures yet"
        return Standing(target, rule, Judged(rule, TargetResult.NOT_ASSESSABLE, reason), None)
    # Of several periods of one window in a quarter, its months, the last one counts.
    same = [figure for figure in fitting if figure.period.window is chosen.period.window]
    figure = max(same, key=lambda one: one.period.end or date.min)
    return Standing(target, rule, book.judged_by(rule, figure), figure)
