"""What the definition of each kind of chart may say, and within which bounds: for its making and its form alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from indicators.choices import Window
from indicators.days import DAY, WEEK

Bounds = tuple[int, int]

EVERYWHERE = frozenset({"kind", "notes"})
USUAL_POINTS = 25
BACK: Bounds = (0, 120)
DRAWN_WINDOWS = (
    Window.MONTH,
    Window.QUARTER,
    Window.ROLLING_12,
    Window.YEAR_TO_DATE,
    Window.ROLLING_YEAR_TO_DATE,
    Window.SNAPSHOT,
)


@dataclass(frozen=True, slots=True)
class ChartKind:
    """One kind of chart: its names, how many series and areas it takes, and what it is without saying so.

    `usual` holds the choices that hold where a definition says nothing.
    """

    names: tuple[str, ...]
    series: Bounds = (1, 1)
    areas: Bounds = (0, 0)
    numbers: Mapping[str, Bounds] = field(default_factory=dict)
    windows: tuple[str, ...] = DRAWN_WINDOWS
    usual: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_lines(self) -> bool:
        """Tell whether it may name several series."""
        return self.series[1] > 1


STEPS: Bounds = (1, 12)
POINTS: Bounds = (2, 60)
CHARTS: dict[str, ChartKind] = {
    "line": ChartKind(
        ("series", "window", "points", "months", "every"),
        series=(1, 6),
        numbers={"points": POINTS, "months": POINTS, "every": STEPS},
        usual={"window": Window.MONTH},
    ),
    "bar": ChartKind(
        ("series", "window", "aspects", "labels", "months_back", "quarters_back"),
        series=(1, 30),
        numbers={"months_back": BACK, "quarters_back": (0, BACK[1] // 3)},
        windows=tuple(Window),
        usual={"aspects": "previous,value"},
    ),
    "control": ChartKind(("series", "months"), numbers={"months": POINTS}),
    "years": ChartKind(("series", "years", "begins"), numbers={"years": (2, 5)}, usual={"begins": "april"}),
    "shares": ChartKind(
        ("series", "window", "points", "every", "areas"),
        areas=(1, 15),
        numbers={"points": (1, 16), "every": STEPS},
        usual={"window": Window.ROLLING_12},
    ),
    "multiples": ChartKind(
        ("series", "areas", "by", "window", "points", "every"),
        series=(2, 12),
        areas=(2, 12),
        numbers={"points": POINTS, "every": STEPS},
        usual={"window": Window.MONTH, "by": "series"},
    ),
    "comparators": ChartKind(
        ("series", "areas", "window", "points", "every", "aspect"),
        areas=(1, 8),
        numbers={"points": (1, 60), "every": STEPS},
        usual={"window": Window.ROLLING_12, "aspect": "value"},
    ),
    "days": ChartKind(
        ("series", "window", "points"),
        series=(1, 3),
        numbers={"points": (4, 92)},
        windows=(DAY, WEEK),
        usual={"window": WEEK},
    ),
}
