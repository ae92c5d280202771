"""The form of a chart: what each kind asks for, its definition in these fields, and the definition that they say."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from indicators.choices import WINDOW_NAMES
from indicators.days import DAY, WEEK
from indicators.exhibits.chart_kinds import CHARTS
from indicators.forms.exhibits import Document, GeneralForm, Known, LineForm, choice_field, number_field, offer

BY_NAMES = {"areas": "One area", "parts": "One part of the measure", "series": "One measure"}
BEGINS_NAMES = {"april": "April: financial years", "january": "January: calendar years"}
COMPARED_NAMES = {"value": "The values", "percent": "Their changes on the year before, in per cent"}
BAR_NAMES = {
    "previous,value": "The value before, and the value",
    "value,previous": "The value, and the value before",
    "value": "The value alone",
    "previous": "The value before alone",
    "share": "Its share of the whole",
}
PERIOD_NAMES = {**{str(one): words for one, words in WINDOW_NAMES.items()}, DAY: "Day", WEEK: "Week, Monday to Sunday"}
NUMBERS = ("every", "years", "months_back")
CHOICES = ("window", "begins", "aspect", "aspects", "by")
WORDS_OF = ("series", "labels", "areas", "notes", *CHOICES)
# What is drawn without being asked for stands here too: nobody has to look for a field for it.
WORDS = {
    "line": "Up to six measures in one unit. Where it shows one measure, or parts of it, the target is a stepped line. "
    "Breaks, annotations and provisional values are marked by themselves.",
    "bar": "Bars side by side for up to 30 measures in one unit.",
    "control": "Single months of one measure. The limits of natural variation are drawn from 12 months on, and anew "
    "after a break; annotations and provisional months are marked by themselves.",
    "years": "Each year is a line from its first month to its last. Months after the quarter are drawn hollow.",
    "shares": "All parts of a measure whose parts add up: a bar for each period, or for the force and each area.",
    "multiples": "Two to twelve small charts on one scale: one measure by its parts or by areas, or several measures. "
    "Breaks, annotations and provisional values are marked by themselves.",
    "comparators": "Each area is shown to its own newest period, with the force to the same. In lines the target of "
    "the force is drawn by itself.",
    "days": "Up to three measures that are counted from cases with a day. Breaks, annotations and provisional values "
    "are marked by themselves.",
}
POINTS = {
    "line": ("Points in each line", "The last one ends with the quarter. Left empty: 25."),
    "control": ("Months", "The last one ends with the quarter. Left empty: 25."),
    "shares": ("Bars", "One for each period, the last one to the end of the quarter. Left empty: 3; with areas 1."),
    "multiples": ("Points in each chart", "The last one ends with the quarter. Left empty: 25."),
    "comparators": (
        "Points in each line",
        "1: the newest values beside each other, as bars. From 2 on, lines up to the end of the quarter. "
        "Left empty: 1.",
    ),
    "days": ("Days or weeks", "The last one ends with the quarter. Left empty: 92 days, or 26 weeks."),
}
EVERY = {
    "line": "Left empty: 1 for months and 12 months, 3 for other periods.",
    "shares": "Left empty: 12.",
    "multiples": "Left empty: 1 for months and 12 months, 3 for other periods.",
    "comparators": "Left empty: 1.",
}


def _radios(label: str, names: Mapping[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(names.items()), widget=forms.RadioSelect)


class ChartForm(GeneralForm):
    """What a chart is called, and what holds for all of it; a kind has only the fields that it uses."""

    by = _radios("What does each small chart show?", BY_NAMES)
    series = choice_field("Measure", (), "Choose a measure", error_messages={"required": "Choose a measure."})
    area = choice_field("Area of the measure", (), "The force itself")
    window = forms.ChoiceField(
        label="Period of each value", choices=[("", "Choose a period")], error_messages={"required": "Choose a period."}
    )
    points = forms.IntegerField()
    every = forms.IntegerField()
    months_back = number_field("Months before the end of the quarter", CHARTS["bar"].numbers["months_back"])
    years = number_field("Years", CHARTS["years"].numbers["years"], help_text="Left empty: 3.")
    begins = _radios("When does a year begin?", BEGINS_NAMES)
    aspect = _radios("What is compared?", COMPARED_NAMES)
    aspects = _radios("What do the bars show?", BAR_NAMES)

    LAST = ("window", "points", "every", "months_back", "years", "begins", "aspect", "aspects", "notes")
    OWN: ClassVar[dict[str, tuple[str, ...]]] = {
        "line": ("window", "points", "every", "notes"),
        "bar": ("window", "months_back", "aspects", "notes"),
        "control": ("series", "area", "points", "notes"),
        "years": ("series", "area", "years", "begins", "notes"),
        "shares": ("series", "area", "window", "points", "every", "notes"),
        "multiples": ("by", "window", "points", "every", "notes"),
        "comparators": ("series", "area", "window", "points", "every", "aspect", "notes"),
        "days": ("window", "points", "notes"),
    }

    def __init__(self, *args: Any, kind: str, offered: Known, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, offered=offered, is_new=is_new, **kwargs)
        numbers = CHARTS[kind].numbers
        self.fields["title"].help_text = "The question that the chart answers."
        if kind in POINTS:
            label, words = POINTS[kind]
            self.fields["points"] = number_field(label, numbers.get("points") or numbers["months"], help_text=words)
        if kind in EVERY:
            label = "Months from one bar to the next" if kind == "shares" else "Months from one point to the next"
            self.fields["every"] = number_field(label, numbers["every"], help_text=EVERY[kind])
        if "series" in self.fields:
            self.fields["series"].required = True
            offer(self.fields["area"], offered.areas, self["area"].value())
        if "window" in self.fields:
            offer(
                self.fields["window"],
                [(one, PERIOD_NAMES[one]) for one in CHARTS[kind].windows],
                self["window"].value(),
            )


class MeasureForm(LineForm):
    """One measure of a chart. A line without one is not kept."""

    main: ClassVar[tuple[str, ...]] = ("series", "area", "position")
    series = choice_field("Measure", (), "None: leave this line out")
    area = choice_field("Area", (), "The force itself")


class BarForm(MeasureForm):
    """One measure with the words of its bars."""

    main = ("series", "area", "label", "position")
    label = forms.CharField(label="Words of the bars", required=False, max_length=200)


class AreaForm(LineForm):
    """One area of a chart."""

    main = ("area", "position")
    area = choice_field("Area", (), "None: leave this line out")


def shown(document: Document, offered: Known) -> Document:
    """Return what the fields of a chart show for its definition, its measures and areas included."""
    document, kind = _plain(document), CHARTS[document["kind"]]
    measures = []
    labels = [*_listed(document.get("labels")), *[""] * len(_listed(document.get("series")))]
    for stem, label in zip(_listed(document.get("series")), labels, strict=False):
        series, area = offered.split(stem)
        measures.append({"series": series, "area": area, "label": label})
    usual = {**kind.usual, **({"by": "areas"} if "areas" in document else {})}
    single = measures[0] if measures and not kind.has_lines else {}
    return {
        **{name: document.get(name) for name in (*NUMBERS, "notes")},
        **{name: document.get(name, usual.get(name)) for name in CHOICES if name != "aspects"},
        "aspects": ",".join(_listed(document.get("aspects"))) or usual.get("aspects"),
        "points": document.get("points", document.get("months")),
        "series": single.get("series"),
        "area": single.get("area"),
        "measures": measures,
        "areas": [{"area": slug} for slug in _listed(document.get("areas"))],
    }


def said(kind: str, given: Document, measures: list[Document], areas: list[Document], before: Document) -> Document:
    """Return the definition that the fields of a chart say; `before` is the one that they were opened with.

    What holds without saying so is written only where it stood there before.
    """
    own = measures if CHARTS[kind].has_lines else [given]
    stems = [".".join(word for word in (one["series"], one["area"]) if word) for one in own if one["series"]]
    slugs = [one["area"] for one in areas if one["area"]]
    usual = {**CHARTS[kind].usual, **({"by": "areas"} if slugs else {})}
    document: Document = {"kind": kind}
    if stems:
        document["series"] = stems if len(stems) > 1 or _is_list(kind, given.get("by")) else stems[0]
    if any(one.get("label") for one in own):
        document["labels"] = [one["label"] for one in own if one["series"]]
    for name in CHOICES:
        value = given.get(name)
        if value and name in CHARTS[kind].names and (value != usual.get(name) or name in before):
            document[name] = value.split(",") if name == "aspects" else value
    points = "months" if kind == "control" or (kind == "line" and "points" not in before) else "points"
    numbers = {points: given.get("points"), **{name: given.get(name) for name in NUMBERS}}
    document |= {name: number for name, number in numbers.items() if number is not None and name in CHARTS[kind].names}
    document |= {"areas": slugs} if slugs else {}
    return document | ({"notes": given["notes"]} if given.get("notes") else {})


def check(general: forms.Form, measures: list[LineForm], areas: list[LineForm]) -> None:
    """Say at its field what the fields of a chart say against each other."""
    named = [form for form in measures if form.cleaned_data.get("series")] if _sound(measures) else []
    if any(form.cleaned_data.get("label") for form in named):
        for form in named:
            if not form.cleaned_data["label"]:
                form.add_error("label", "Give words for each measure, or for none.")
    by = general.cleaned_data.get("by", "areas")
    if by != "areas" and _sound(areas) and any(form.cleaned_data.get("area") for form in areas):
        general.add_error("by", "Areas are named below. Choose “One area”, or take them out.")


def _sound(lines: list[LineForm]) -> bool:
    return all(form.is_valid() for form in lines)


def has_fields(document: Document, offered: Known) -> bool:
    """Tell whether the fields of a chart say all that its definition says."""
    if not all(isinstance(one, str) for name in WORDS_OF for one in _several(document.get(name))):
        return False
    fields = shown(document, offered)
    return _plain(document) == said(document["kind"], fields, fields["measures"], fields["areas"], document)


def _plain(document: Document) -> Document:
    """Return the definition of a chart as its fields write it: quarters as months, lists where several may stand."""
    found, stems = dict(document), _listed(document.get("series"))
    if isinstance(document.get("quarters_back"), int):
        found["months_back"] = 3 * found.pop("quarters_back") + found.get("months_back", 0)
    by = document.get("by", "areas" if "areas" in document else "series")
    if stems:
        found["series"] = stems if len(stems) > 1 or _is_list(document["kind"], by) else stems[0]
    return found


def _is_list(kind: str, by: Any) -> bool:
    """Tell whether a definition lists its series, be it only one."""
    return CHARTS[kind].has_lines and (kind != "multiples" or by == "series")


def _several(given: Any) -> list[Any]:
    """Return one thing or a list of things as a list."""
    return given if isinstance(given, list) else [given] if given else []


def _listed(given: Any) -> list[str]:
    """Return one text or a list of them as a list of texts."""
    return [str(one) for one in _several(given)]
