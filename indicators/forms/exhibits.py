"""The forms of an exhibit: its rows and columns as an analyst fills them in, and the definition they say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import formset_factory

from indicators.choices import AreaKind, pairs
from indicators.exhibits.definition import (
    KIND_NAMES,
    MOST_BACK,
    MOST_COLUMNS,
    MOST_DECIMALS,
    MOST_YEARS,
    RATIO,
    READERS,
    Form,
)
from indicators.forms.definitions import document_of
from indicators.forms.fields import WINDOW_CHOICES
from indicators.models.area import Area
from indicators.models.exhibit import Exhibit
from indicators.models.indicator import Indicator, key_form
from indicators.models.portfolio import Portfolio

Document = dict[str, Any]
Choices = list[tuple[str, Any]]

LINES, OBJECTS, TEXTS = ("rows", "columns"), ("override", "bracket", "decimals"), ("except", "only", "notes", "rows")
NUMBERS = ("months_back", "quarters_back", "last", "years")
SPARE = 2
STEP = 10
WHAT_NAMES = {
    "series": "One measure, or one part of it",
    "part": "Each part of the measure",
    "district": "Each district",
    "division": "Each division",
    "comparator": "Each area it is compared with",
    "sum-above": "Sub-total of the rows above",
    "sum-all": "Total of all rows",
    "sum-named": "Total of the rows named under “Other rows”",
}
ASPECT_NAMES = {
    "value": "The value",
    "previous": "The value before: one year, unless the period says otherwise",
    "change": "Change: per cent and number",
    "worded_change": "Change in words, as in the appendix",
    "percent": "Change in per cent only",
    "absolute": "Change as a number only",
    "direction": "Direction of the change",
    "share": "Share of the whole",
    "previous_share": "Share in the period before",
    "ratio": "Per cent of another measure",
    "in_year": "The value, as in the appendix",
    "before": "The value before, as in the appendix",
    "target": "Target in force",
    "target_steps": "Target with all its steps",
    "target_result": "Result against the target",
    "period": "Period in words",
    "previous_period": "Period before in words",
}
END_NAMES = {
    "quarter": "With the quarter, or so many months before",
    "shared": "The newest month that all rows have",
    "own": "Each row's newest month, told in the cell",
}
FORM_NAMES = {
    Form.PREVIOUSLY: "The value and the one before: “68.03%, previously 67%”",
    Form.CHANGE: "The value and the change: “68.03% (+1.03 pp)”",
    Form.VALUE: "The value alone",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the pages offer to choose from."""

    series: Choices
    indicators: Choices
    areas: Choices

    def split(self, stem: str) -> tuple[str, str]:
        """Return a stem as measure with its part, and area."""
        head, _, last = stem.rpartition(".")
        return (head, last) if head and last in dict(self.areas) else (stem, "")


def known() -> Known:
    """Return the measures with their parts by portfolio, and the areas. Three queries."""
    rows = Indicator.objects.select_related("portfolio", "breakdown").prefetch_related("breakdown__values")
    groups: dict[str, Choices] = {}
    names: Choices = []
    for row in rows.order_by("portfolio__name", "position", "name"):
        names.append((row.key, row.name))
        group = groups.setdefault(row.portfolio.name, [])
        group.append((row.key, row.name))
        parts = row.breakdown.values.all() if row.breakdown else ()
        group.extend((f"{row.key}.{part.slug}", f"{row.name}: {part.name}") for part in parts)
    places = Area.objects.exclude(kind__in=[AreaKind.FORCE, AreaKind.SMALL_AREA, AreaKind.POLICE_AREA])
    return Known(list(groups.items()), names, list(places.order_by("kind", "name").values_list("slug", "name")))


class Lines(forms.CharField):
    """Several texts, one to a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines that are not blank."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class DecimalsField(Lines):
    """Decimals by measure: “satisfaction: 0”, one to a line."""

    def prepare_value(self, value: Any) -> Any:
        """Show a mapping as lines."""
        return "\n".join(f"{key}: {places}" for key, places in value.items()) if isinstance(value, dict) else value

    def clean(self, value: Any) -> dict[str, int]:  # type: ignore[override]
        """Return decimals by indicator. ValidationError naming the line that is none."""
        found = {}
        for line in super().clean(value):
            key, _, places = (word.strip() for word in line.partition(":"))
            if not places.isascii() or not places.isdigit() or int(places) > MOST_DECIMALS:
                raise forms.ValidationError(f"“{line}”: write the measure's key, a colon and a number up to 6.")
            found[key] = int(places)
        return found


def number_field(label: str, bounds: tuple[int, int], **more: Any) -> forms.IntegerField:
    """Return a field for a whole number within bounds that may be left empty."""
    least, most = bounds
    words = f"Give a whole number from {least} to {most}."
    return forms.IntegerField(
        label=label,
        required=False,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "min": least, "max": most}),
        validators=[MinValueValidator(least, words), MaxValueValidator(most, words)],
        error_messages={"invalid": words},
        **more,
    )


def choice_field(label: str, choices: Iterable[Any], empty: str, **more: Any) -> forms.ChoiceField:
    """Return a field for one of some choices; `empty` says what none means."""
    return forms.ChoiceField(label=label, required=False, choices=[("", empty), *choices], **more)


def _windows(empty: str) -> forms.ChoiceField:
    return choice_field("Period", WINDOW_CHOICES, empty)


class GeneralForm(forms.Form):
    """What an exhibit is called, and what holds for all of it; fields of other kinds are taken out."""

    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    key = forms.CharField(
        label="Short name", max_length=60, validators=[key_form],
        help_text="Small letters, digits and underscores. Texts place the exhibit by it; it never changes.",
        error_messages={"required": "Give it a short name."},
    )  # fmt: skip
    title = forms.CharField(label="Title", max_length=200, error_messages={"required": "Give it a title."})
    portfolio = forms.ModelChoiceField(Portfolio.objects.all(), label="Portfolio", empty_label=None)
    row_heading = forms.CharField(
        label="Heading over the rows", max_length=100, required=False, help_text="For example Offence, Area or Type."
    )
    series = choice_field("Measure", (), "Choose a measure")
    years = number_field("How many financial years?", (1, MOST_YEARS))
    totals = forms.BooleanField(label="Add up each year in a last column", required=False)
    window = _windows("Choose a period")
    months_back = number_field("Months before the end of the quarter", (0, MOST_BACK))
    form = forms.ChoiceField(
        label="What does each sentence say?", choices=pairs(Form, FORM_NAMES), widget=forms.RadioSelect, required=False
    )
    decimals = DecimalsField(
        label="Other decimals than on the reference sheets", required=False,
        help_text="One measure to a line, by its key: “satisfaction: 0”.",
    )  # fmt: skip
    notes = Lines(
        label="Notes below it", required=False,
        help_text="One to a line. Footnotes, breaks, sources and what is left out of a total are added by themselves.",
    )  # fmt: skip

    LAST: ClassVar[tuple[str, ...]] = ("decimals", "notes")
    OWN: ClassVar[dict[str, tuple[str, ...]]] = {
        "table": ("row_heading", "decimals", "notes"),
        "matrix": ("series", "years", "totals", "notes"),
        "list": ("window", "months_back", "form", "decimals", "notes"),
    }

    def __init__(self, *args: Any, kind: str, offered: Known, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [*self.fields]:
            if name not in ("opened", "key", "title", "portfolio", *self.OWN.get(kind, ())):
                del self.fields[name]
        if not is_new:
            self.fields["key"].widget = forms.HiddenInput()
        if "series" in self.fields:
            offer(self.fields["series"], offered.series, self["series"].value())

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The fields that stand above the lines."""
        return [field for field in self.visible_fields() if field.name not in self.LAST]

    @property
    def last_fields(self) -> list[forms.BoundField]:
        """The fields that stand below the lines, in the order of `LAST`."""
        return [self[name] for name in self.LAST if name in self.fields]

    def clean_key(self) -> str:
        """Refuse the name of another exhibit."""
        key: str = self.cleaned_data["key"]
        is_new = not self.fields["key"].widget.is_hidden
        if is_new and key == "new":
            raise forms.ValidationError("“new” is the address of this page. Choose another short name.")
        if is_new and Exhibit.objects.filter(key=key).exists():
            raise forms.ValidationError(f"Another exhibit is called “{key}”. Choose another short name.")
        return key


def typed(form: forms.Form) -> Document:
    """Return what stands in the fields of a form as it was sent, right or wrong."""
    return {name: form[name].data for name in form.fields}


def offer(field: forms.Field, choices: Sequence[tuple[str, Any]], value: Any) -> None:
    """Offer choices, and what is there already though nobody would choose it now."""
    flat = {one for key, inner in choices for one, _ in (inner if isinstance(inner, list) else [(key, inner)])}
    chosen: Any = field
    other = [(value, str(value))] if value and value not in flat else []
    chosen.choices = [chosen.choices[0], *choices, *other]


class LineForm(forms.Form):
    """One row or column with its place among the others. The fields named in `main` stand open on the page."""

    main: ClassVar[tuple[str, ...]] = ()
    position = number_field("Place in the order", (0, 10_000))

    def __init__(self, *args: Any, offered: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: dict[str, Choices] = {
            "series": offered.series,
            "indicator": offered.indicators,
            "of": offered.indicators,
            "area": offered.areas,
            "bracket_aspect": [(name, words) for name, words in ASPECT_NAMES.items() if name != RATIO],
            "window": WINDOW_CHOICES,
            "bracket_window": WINDOW_CHOICES,
        }
        for name, choices in lists.items():
            if name in self.fields:
                offer(self.fields[name], choices, self[name].value())

    @property
    def open_fields(self) -> list[forms.BoundField]:
        """The fields that most lines need."""
        return [self[name] for name in self.main]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        """The fields that few lines need."""
        return [field for field in self.visible_fields() if field.name not in self.main]

    @property
    def is_new(self) -> bool:
        """Tell whether the line says nothing yet."""
        return not self[self.main[0]].value()

    @property
    def is_special(self) -> bool:
        """Tell whether one of the further fields says something, or is wrong."""
        usual = (None, "", False, "quarter")
        return any(field.errors or field.value() not in usual for field in self.further_fields)


class RowForm(LineForm):
    """One row: a measure, one row for each part or area, or a sum."""

    main = ("what", "series", "label", "position")
    what = choice_field("What stands here?", WHAT_NAMES.items(), "Nothing: leave this row out")
    series = choice_field("Measure", (), "Choose a measure")
    area = choice_field("Area", (), "The force itself")
    label = forms.CharField(label="Words of the row", required=False, max_length=200)
    left_out = forms.CharField(label="Left out", required=False, max_length=500, help_text="Short names, with commas.")
    why = forms.CharField(label="Why is it left out?", required=False, max_length=500)
    note = forms.CharField(label="Note of its own", required=False, max_length=500)
    window = _windows("As the column says")
    months_back = number_field("Months back, other than the column", (0, MOST_BACK))
    named = forms.CharField(label="Other rows", required=False, max_length=2000, help_text="Keys, with commas.")
    whole = forms.CharField(
        label="Stored total",
        required=False,
        max_length=200,
        help_text="The key of the measure that a sum must equal, and by which texts quote it. Where there is none, "
        "make a measure with a formula.",
    )


class ColumnForm(LineForm):
    """One column: what is shown of which period."""

    main = ("aspect", "window", "heading", "months_back", "last", "position")
    aspect = choice_field("What is shown?", ASPECT_NAMES.items(), "Nothing: leave this column out")
    window = _windows("Choose a period")
    heading = forms.CharField(label="Heading", required=False, max_length=200)
    last = number_field("How many of them, up to this one?", (1, MOST_COLUMNS))
    months_back = number_field("Months before the end of the quarter", (0, MOST_BACK))
    end = forms.ChoiceField(label="Where does it end?", choices=list(END_NAMES.items()), required=False)
    area = choice_field("Area", (), "As the row says")
    indicator = choice_field("Of another measure", (), "Of the row's own")
    of = choice_field("In per cent of", (), "Of nothing")
    bracket_aspect = choice_field("Second value in brackets", (), "None")
    bracket_window = _windows("Period of the second value")
    bracket_rows = forms.CharField(label="Second value only in the rows", required=False, max_length=2000)
    only = forms.CharField(label="Only in the rows", required=False, max_length=2000, help_text="Keys, with commas.")
    is_optional = forms.BooleanField(label="Say “not available” where nothing is stored", required=False)


class TextForm(forms.Form):
    """The definition as text."""

    text = forms.CharField(
        label="Definition", widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false"}),
        help_text="JSON: names and words in quotation marks, lists in brackets.",
    )  # fmt: skip

    def clean_text(self) -> Document:
        """Return what it says. ValidationError naming the line where it is no JSON."""
        return document_of(self.cleaned_data["text"])


def kind_of(document: Mapping[str, Any]) -> str:
    """Return the kind of a definition, one of those there are."""
    kind = str(document.get("kind"))
    return kind if kind in KIND_NAMES else "table"


def has_fields(document: Mapping[str, Any]) -> bool:
    """Tell whether a table, matrix or list has the form that the fields of its page need."""
    lists = [document.get(name, []) for name in LINES]
    whole = all(isinstance(one, list) and all(isinstance(node, dict) for node in one) for one in lists)
    if str(document.get("kind")) not in READERS or not whole:
        return False
    general = {name: inner for name, inner in document.items() if name not in LINES}
    return all(_fits(name, inner) for node in (general, *lists[0], *lists[1]) for name, inner in node.items())


def _fits(name: str, given: Any) -> bool:
    """Tell whether what stands under a name can stand in a field: lists of texts, objects of such, words, numbers."""
    if given is None:
        return True
    if name in OBJECTS:
        return isinstance(given, dict) and all(_fits(*inner) for inner in given.items())
    if name in TEXTS or isinstance(given, list):
        return name in (*TEXTS, "sum") and isinstance(given, list) and all(isinstance(one, str) for one in given)
    return isinstance(given, int if name in NUMBERS else str | int | float)


def lines_of(
    form: type[LineForm], key: str, most: int, offered: Known, initial: list[Document], data: Any, change: str = ""
) -> Any:
    """Return the lines of an exhibit with some to spare, or as they were sent.

    `change` adds one to those that were sent ("add") or takes one out ("drop-2"); nothing is judged then.
    """
    many = partial(formset_factory, form, max_num=most + SPARE, absolute_max=most + SPARE)
    # What was sent is taken as it stands: a line that is as before is not an empty one.
    lines: Any = many(extra=SPARE)(
        data, prefix=key, initial=initial if data is None else [], form_kwargs={"offered": offered}
    )
    if data is None or not change:
        return lines
    verb, _, number = change.partition("-")
    sent = [typed(one) for one in lines.forms]
    if verb == "add" and len(sent) < most + SPARE:
        sent.append({})
    elif verb == "drop" and number.isdigit():
        sent[int(number) : int(number) + 1] = []
    return many(extra=0)(prefix=key, initial=sent, form_kwargs={"offered": offered})
