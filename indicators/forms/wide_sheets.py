"""The forms of a profile of wide sheets: beginning one with a sample, and editing what its texts mean."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from django import forms
from django.forms import formset_factory

from indicators.choices import ImportKind, SourceKind
from indicators.formatting import counted
from indicators.forms.lines import told
from indicators.forms.profiles import SampleForm
from indicators.forms.sheet_lines import HeadingForm, LabelForm, Line, MarkForm, WordForm, choices_of
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.profile import SheetProfile
from indicators.models.source import DataSource
from indicators.readers import sheet_suggestions as suggestions
from indicators.readers.headings import plain
from indicators.readers.sheet_doubles import doubled
from indicators.readers.sheet_layouts import (
    LONGEST_TEXT,
    MONTHS_MEAN,
    MOST_TEXTS,
    Holds,
    NamedBy,
    Shape,
    SheetLookups,
    parse_sheet_layout,
)
from indicators.readers.sheet_percents import format_words
from indicators.readers.wide_sheets import WideRead

Document = dict[str, Any]
Meant = TypeVar("Meant")

SPARE_LINES = 2
MOST_LINES = MOST_TEXTS + SPARE_LINES
TEXTS = ("labels", "headings", "words", "marks")  # what a sheet says that needs a meaning
SHOWN_UNDECIDED = 5
UNDECIDED = {
    "labels": ("label has", "labels have", "a row with such a label"),
    "headings": ("heading has", "headings have", "a column or row with such a heading"),
    "words": ("word has", "words have", "a cell with such a word"),
    "marks": ("mark has", "marks have", "a value with such a mark"),
}
BLANK = "(blank)"  # how an empty cell is written on the page
SHAPE_NAMES = {
    Shape.PERIODS_ACROSS: "Labels down the side, months or other periods across the top",
    Shape.YEAR_MATRIX: "Years down the side, the months April to March across the top",
    Shape.PERIODS_DOWN: "Months or other periods down the side, labels across the top",
}
NAMED_BY_NAMES = {
    NamedBy.SHEET: "The name of the sheet",
    NamedBy.TITLE: "The title above the table or the group of rows",
    NamedBy.LABEL: "The label of the row",
}
TOTALS = [("warn", "Warn, and ask for a reason"), ("refuse", "Refuse the file")]


class SheetSampleForm(SampleForm):
    """A file to look at: sent now, or received before."""

    file = forms.FileField(
        label="A sample file", required=False, help_text="An Excel workbook or CSV, at most 20 MB. Nothing is loaded."
    )
    received = forms.ModelChoiceField(
        DataImport.objects.filter(kind=ImportKind.OBSERVATIONS, file_removed_at__isnull=True),
        required=False,
        empty_label="None",
        label="Or a file that was received",
    )


class NewSheetProfileForm(SheetSampleForm):
    """What a profile is for, and the sample it begins with."""

    field_order = ("force", "source", "name", "file", "received")
    force = forms.ModelChoiceField(Force.objects.order_by("name"), empty_label=None, label="Force")
    source = forms.ModelChoiceField(
        DataSource.objects.filter(kind=SourceKind.OBSERVATIONS).order_by("name"),
        empty_label="Choose the source",
        label="Source of the figures",
        help_text="That of most of them: a single label can have another one later.",
        error_messages={"required": "Choose the source of the figures."},
    )
    name = forms.CharField(
        max_length=80, label="Name of the profile", help_text="For example: Domestic abuse by month."
    )


class _Lines(forms.CharField):
    """One text to a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines that are not blank."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class SheetProfileForm(forms.Form):
    """What a profile says as a whole. The version is the one that was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=80, label="Name of the profile")
    shape = forms.ChoiceField(
        choices=[(one.value, words) for one, words in SHAPE_NAMES.items()],
        widget=forms.RadioSelect,
        label="How do the tables run?",
    )
    sheets = _Lines(
        label="Sheets that are read", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One name to a line. Leave it empty to read every sheet.",
    )  # fmt: skip
    label_columns = _Lines(
        label="Headings over the labels", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One to a line, for example Measure. The header is the row in which they stand. Leave it empty where "
        "nothing stands over the labels: then the header is the row with the periods.",
    )  # fmt: skip
    named_by = forms.MultipleChoiceField(
        choices=[(one.value, words) for one, words in NAMED_BY_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
        label="What tells one series from another?",
    )
    months_mean = forms.ChoiceField(
        choices=[(one.value, suggestions.months_words(one)) for one in MONTHS_MEAN],
        widget=forms.RadioSelect,
        label="What does a heading such as April 2017 stand for?",
    )
    takes_percent = forms.BooleanField(
        required=False,
        label="Percentages have a percent sign, or their cells are formatted as per cent",
        help_text="75.4% is then taken as 75.4 per cent, and so is 0.754 in a cell that is formatted as per cent. "
        "Fractions without a sign, such as 0.754, are a unit of their own: choose it at the label.",
    )
    totals = forms.ChoiceField(
        choices=TOTALS, widget=forms.RadioSelect, label="What if a total differs from the sum of its parts?"
    )
    tolerance = forms.CharField(
        label="How far may a total lie from its parts?", max_length=20, initial="0",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
        help_text="0 for counts. Rounded numbers may need a little, for example 0.5.",
    )  # fmt: skip


class SheetProfilePage:
    """All forms of the page of a profile of sheets: as a document says, or as they were sent.

    `found` holds the texts of samples that have no meaning yet: {"sheets", "labels", "headings", "words", "marks"}.
    """

    def __init__(
        self, profile: SheetProfile, known: SheetLookups, shown: tuple[Document, Document] | None = None,
        data: Any = None, files: Any = None,
    ) -> None:  # fmt: skip
        """Show (document, found), the saved profile when they are None, or take `data`."""
        self._profile = profile
        self._known = known
        document, found = shown or (profile.definition, profile.found)
        self.found = found
        self.suggested: set[str] = set(found.get("suggested", []))
        self.general = SheetProfileForm(data, initial=self._general(document))
        self.sample = SheetSampleForm(data, files)
        self.sample.is_needed = data is not None and data.get("intent") == "try"
        self.labels = self._formset(
            LabelForm, "labels", "label", data, self._labels(document, found), choices=choices_of(known)
        )
        self.headings = self._formset(HeadingForm, "headings", "heading", data, self._headings(document, found))
        self.words = self._formset(WordForm, "words", "word", data, self._words(document, found))
        self.marks = self._formset(MarkForm, "marks", "mark", data, self._marks(document, found))

    def _general(self, document: Document) -> Document:
        # What a shown page goes on from is the version that was opened, not one that was saved meanwhile.
        opened = {"version": self._profile.version, "name": self._profile.name}
        given = parse_sheet_layout(document)[0].as_document()
        totals = "refuse" if given["refuses_totals"] else "warn"
        names = ("shape", "sheets", "label_columns", "named_by", "months_mean", "takes_percent", "tolerance")
        return {**opened, "totals": totals, **{name: given[name] for name in names}}

    def _formset(self, form: type[Line], key: str, noun: str, data: Any, initial: list[Document], **more: Any) -> Any:
        many = formset_factory(form, extra=SPARE_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES)
        return many(data, prefix=key, initial=initial, form_kwargs={"noun": noun, **more})

    def _labels(self, document: Document, found: Document) -> list[Document]:
        lines = [
            {**one, "text": text, "series": "|".join(word for word in (one.get("indicator"), one.get("part")) if word),
             "is_suggested": text in self.suggested}
            for text, one in document.get("labels", {}).items()
        ]  # fmt: skip
        lines += [{"text": text, "area": self._known.own_area} for text in found.get("labels", [])]
        return in_order(lines, found, "labels")

    def _headings(self, document: Document, found: Document) -> list[Document]:
        given = document.get("headings", {}).items()
        lines = [{"text": text, "holds": holds, "is_suggested": text in self.suggested} for text, holds in given]
        return in_order(lines + [{"text": text} for text in found.get("headings", [])], found, "headings")

    def _words(self, document: Document, found: Document) -> list[Document]:
        lines = [
            {"text": text or BLANK, "meaning": meant, "reason": why, "is_suggested": text in self.suggested}
            for text, (meant, why) in document.get("words", {}).items()
        ]
        return in_order(lines + [{"text": text} for text in found.get("words", [])], found, "words")

    def _marks(self, document: Document, found: Document) -> list[Document]:
        given = document.get("marks", {}).items()
        lines = [{"text": text, "meaning": status, "is_suggested": text in self.suggested} for text, status in given]
        return in_order(lines + [{"text": text} for text in found.get("marks", [])], found, "marks")

    @property
    def _all(self) -> list[Any]:
        return [self.general, self.sample, self.labels, self.headings, self.words, self.marks]

    def is_valid(self) -> bool:
        """Tell whether everything that was sent has the right form; all forms are checked."""
        return not [form for form in self._all if not form.is_valid()]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The id of every field that cannot be taken, with its name and why."""
        many = [one for lines in (self.labels, self.headings, self.words, self.marks) for one in lines.forms]
        return told((self.general, self.sample, *many))

    def sent(self) -> tuple[Document, Document]:
        """Return what was sent as (document, found). Call it when all is valid."""
        given = self.general.cleaned_data
        names = ("shape", "sheets", "label_columns", "named_by", "months_mean", "takes_percent", "tolerance")
        document: Document = {name: given[name] for name in names}
        document |= {"refuses_totals": given["totals"] == "refuse", **{name: {} for name in TEXTS}}
        found: Document = {"sheets": self.found.get("sheets", []), **{name: [] for name in TEXTS}}
        found |= {"percents": self.found.get("percents", ""), "order": {}}
        for name in TEXTS:
            found["order"][name] = ["" if text == BLANK else text for text, _ in _texts(getattr(self, name))]
        for text, one in _texts(self.labels):
            if one["holds"]:
                indicator, _, part = one["series"].partition("|")
                series = {"indicator": indicator, "part": part, "area": one["area"], "factor": int(one["factor"] or 1)}
                series |= {"source": one["source"]} if one["source"] else {}
                document["labels"][text] = {"holds": one["holds"], **(series if Holds(one["holds"]).is_read else {})}
            else:
                found["labels"].append(text)
        for text, one in _texts(self.headings):
            (document["headings"].__setitem__(text, one["holds"]) if one["holds"] else found["headings"].append(text))
        for text, one in _texts(self.words):
            own = "" if text == BLANK else text
            if one["meaning"]:
                document["words"][own] = [one["meaning"], one["reason"].strip()]
            else:
                found["words"].append(text)
        for text, one in _texts(self.marks):
            (document["marks"].__setitem__(text, one["meaning"]) if one["meaning"] else found["marks"].append(text))
        return document, found

    def with_shown(self, document: Document, found: Document) -> "SheetProfilePage":
        """Return the same page, not saved, with what it shows now."""
        page = SheetProfilePage(self._profile, self._known, (document, found))
        opened = {name: self.general.cleaned_data[name] for name in ("version", "name")}
        page.general.initial = {**page.general.initial, **opened}
        return page

    def faults(self, document: Document) -> list[str]:
        """Return in words all that is missing or wrong before the profile can be saved."""
        layout, faults = parse_sheet_layout(document, self._known)
        return [*faults, *doubled(layout.labels, self._known)]


def taken(document: Document, found: Document, read: WideRead, known: SheetLookups) -> tuple[Document, Document]:
    """Return a document and what has no meaning after a sample was looked at, with a suggestion where there is one."""
    document = {**document, **{name: dict(document.get(name, {})) for name in TEXTS}}
    rest: Document = {"sheets": list(read.sheets), "suggested": [], **{name: [] for name in TEXTS}}
    guesses = suggestions.LabelGuesses(known)
    decided = parse_sheet_layout(document)[0].labels.values()
    labels = guesses.of_all(read.looks, read.unknown.labels, decided)
    looked_at: dict[str, tuple[Collection[str], Any]] = {
        "labels": (read.unknown.labels, lambda text: (one := labels.get(text)) and one.as_document()),
        "headings": (read.unknown.headings, lambda text: (one := suggestions.suggest_heading(text)) and one.value),
        "words": (read.unknown.words, lambda text: (one := suggestions.suggest_word(text)) and [one[0].value, one[1]]),
        "marks": (read.unknown.marks, lambda text: (one := suggestions.suggest_mark(text)) and one.value),
    }
    for name, (texts, suggest) in looked_at.items():
        open_before = found.get(name, [])
        for text in dict.fromkeys([*open_before, *texts]):
            if not text.strip() or len(text) > LONGEST_TEXT or text in document[name]:
                continue
            if len(document[name]) + len(rest[name]) >= MOST_TEXTS:
                break
            # What a person has left open is not suggested again.
            meant = None if text in open_before else suggest(text)
            if meant:
                document[name][text] = meant
                rest["suggested"].append(text)
            else:
                rest[name].append(text)
    rest["is_cut"] = guesses.is_exhausted
    rest["percents"] = format_words(read.looks)
    before = found.get("order", {})
    rest["order"] = {name: [*before.get(name, []), *texts] for name, (texts, _) in looked_at.items()}
    rest["order"]["labels"] = [*read.looks, *rest["order"]["labels"]]
    return document, rest


def in_order(lines: list[Document], found: Document, name: str) -> list[Document]:
    """Return lines of texts in the order of the sheet: a stored document does not keep it."""
    place = _places(found, name)
    return sorted(lines, key=lambda line: place(line["text"]))


def in_sheet_order(meanings: Mapping[str, Meant], found: Document, name: str) -> list[tuple[str, Meant]]:
    """Return texts with their meanings in the order of the sheet."""
    place = _places(found, name)
    return sorted(meanings.items(), key=lambda one: place(one[0]))


def _places(found: Document, name: str) -> Callable[[str], int]:
    order: dict[str, int] = {}
    for text in found.get("order", {}).get(name, []):
        order.setdefault(plain(text), len(order))
    return lambda text: order.get(plain("" if text == BLANK else text), len(order))


def undecided(found: Document) -> list[str]:
    """Say which texts of a profile have no meaning yet, and what becomes of a file in which one stands."""
    said = []
    for name, (one, many, what) in UNDECIDED.items():
        texts = found.get(name, [])
        if texts:
            listed = ", ".join(f"“{text}”" for text in texts[:SHOWN_UNDECIDED])
            more = f" and {len(texts) - SHOWN_UNDECIDED:,} more" if len(texts) > SHOWN_UNDECIDED else ""
            said.append(
                f"{counted(len(texts), one, many)} no meaning yet: {listed}{more}. A file with {what} is refused as a "
                "whole, and its page names the place: nothing of it is loaded until you choose a meaning."
            )
    return said


def _texts(lines: Any) -> list[tuple[str, Document]]:
    found = [(one.get("text", "").strip(), one) for one in lines.cleaned_data if one]
    return [(text, one) for text, one in found if text]
