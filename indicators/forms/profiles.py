"""The forms of a profile: beginning one with a sample, and editing what its columns hold and its words mean."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django import forms
from django.forms import formset_factory

from indicators.choices import AreaKind, Coverage, DateOrder, ImportKind, SourceKind, pairs
from indicators.drafts import MARKER, UNREAD, Draft, draft_of
from indicators.forms.lines import told
from indicators.models.area import Area, Force
from indicators.models.data_import import DataImport
from indicators.models.profile import CaseProfile
from indicators.models.source import DataSource
from indicators.readers.case_values import CaseLookups
from indicators.readers.layouts import MOST_VALUES, parse_layout
from indicators.readers.texts import BLANKS
from indicators.readers.written_dates import ORDER_WORDS

Choice = tuple[str, str]

LARGEST_SAMPLE = 20 * 1024**2
SPARE_LINES = 3
MOST_LINES = MOST_VALUES + SPARE_LINES

HOLDS_NAMES = {
    "Crime ID": "Reference (identifies the case)",
    "Month": "Month",
    "Date": "Date recorded",
    "Crime type": "Offence or crime type",
    "Offence": "Exact offence, beside the crime type",
    "LSOA code": "Area: small area, district or beat",
    "LSOA name": "Name of the small area",
    "Longitude": "Longitude",
    "Latitude": "Latitude",
    "Location": "Street or place",
    "Last outcome category": "Outcome",
    "Context": "Note",
    "Reported by": "Force that reported it",
    "Falls within": "Force in which it lies",
}
HOLDS = [
    ("", "Choose what it holds"), *HOLDS_NAMES.items(), (MARKER, "Marker (flag)"), (UNREAD, "Not read"),
]  # fmt: skip
DATE_NAMES = {order: words.capitalize() for order, words in ORDER_WORDS.items()}
COVERAGE_NAMES = {
    Coverage.WHOLE_MONTHS: "All cases of its months: it replaces them",
    Coverage.PARTIAL: "Only new and changed cases: it removes none",
}
SAMPLE_HELP = "The first 5,000 rows are looked at, of a zip those of its first file. Nothing is loaded. At most 20 MB."


class SampleForm(forms.Form):
    """A file to look at: sent now, or received before."""

    file = forms.FileField(label="A sample of the extract", required=False, help_text=SAMPLE_HELP)
    received = forms.ModelChoiceField(
        DataImport.objects.filter(kind=ImportKind.CASES, file_removed_at__isnull=True),
        required=False,
        empty_label="None",
        label="Or a case file that was received",
    )
    is_needed = True

    def clean(self) -> dict[str, Any]:
        """Ask for one file, not larger than a sample should be."""
        cleaned = super().clean() or {}
        file, received = cleaned.get("file"), cleaned.get("received")
        if self.is_needed and not self.errors and bool(file) == bool(received):
            self.add_error("file", "Choose one file: send a sample, or take one that was received.")
        if file and file.size > LARGEST_SAMPLE:
            self.add_error("file", "This sample is larger than 20 MB. Send the header and the first thousand rows.")
        return cleaned


class NewProfileForm(SampleForm):
    """What a profile is for, and the sample it begins with."""

    field_order = ("force", "source", "name", "file", "received")
    force = forms.ModelChoiceField(Force.objects.order_by("name"), empty_label=None, label="Force")
    source = forms.ModelChoiceField(
        DataSource.objects.filter(kind=SourceKind.CASES).order_by("name"), empty_label=None, label="Source of the cases"
    )
    name = forms.CharField(max_length=80, label="Name of the profile", help_text="For example: Crime system, monthly.")


class ProfileForm(forms.Form):
    """What a profile says as a whole. The version is the one that was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=80, label="Name of the profile")
    dates = forms.ChoiceField(
        choices=pairs(DateOrder, DATE_NAMES), widget=forms.RadioSelect, label="How are numeric dates written?"
    )
    coverage = forms.ChoiceField(
        choices=pairs(Coverage, COVERAGE_NAMES), widget=forms.RadioSelect, label="What does a file hold?"
    )


class ColumnForm(forms.Form):
    """One column of the extract and what it holds."""

    name = forms.CharField(widget=forms.HiddenInput, strip=False)
    holds = forms.ChoiceField(choices=HOLDS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holds"].widget.attrs["aria-label"] = f"What “{self['name'].value() or ''}” holds"


class LineForm(forms.Form):
    """One word of the extract and what it means. A line without a word at first is for one that is typed in."""

    column = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    text = forms.CharField(required=False, max_length=120, strip=False)
    meaning = forms.ChoiceField(required=False)

    def __init__(
        self, *args: Any, choices: Iterable[Choice], others: Collection[str] = (), noun: str, **kwargs: Any
    ) -> None:
        """`choices` are offered; a meaning among `others` is kept where it stands already."""
        super().__init__(*args, **kwargs)
        text, meant = self["text"].value() or "", self["meaning"].value()
        kept = [(meant, meant.upper())] if meant in others and meant not in dict(choices) else []
        self.fields["meaning"].choices = [("", "Choose what it means"), *choices, *kept]  # type: ignore[attr-defined]
        words = f"What “{text}” means" if text else f"What this {noun} means"
        self.fields["meaning"].widget.attrs["aria-label"] = words
        self.is_spare = not text
        if not self.is_spare:
            self.fields["text"].widget = forms.HiddenInput()
        self.fields["text"].widget.attrs["aria-label"] = f"Another {noun}"


class ProfilePage:
    """All forms of the page of a profile: as a draft says, or as they were sent."""

    def __init__(
        self, profile: CaseProfile, known: CaseLookups, draft: Draft | None = None, data: Any = None, files: Any = None
    ) -> None:
        """Show `draft` (the saved profile when there is none), or take `data`; `known` is what words may mean."""
        shown = draft or draft_of(profile.definition, profile.found)
        self._profile = profile
        self._known = known
        self.general = ProfileForm(data, initial=self._general(shown, data))
        self.sample = SampleForm(data, files)
        self.sample.is_needed = data is not None and data.get("intent") == "try"
        columns = formset_factory(ColumnForm, extra=0, max_num=200, absolute_max=200)
        self.columns = columns(
            data, prefix="columns", initial=[{"name": name, "holds": held} for name, held in shown.holds.items()]
        )
        offences = [(text, meaning, "") for text, meaning in shown.offences.items()]
        areas = [(text, meaning, "") for text, meaning in shown.areas.items()]
        flags = [(text, meaning, column) for (column, text), meaning in shown.flags.items()]
        line_sets = {
            "offences": (offences, _offences(known), (), "offence"),
            "areas": (areas, _areas(profile), known.places, "area"),
            "flags": (flags, [("-", "No flag"), *((name, name) for name in sorted(known.flags))], (), "marker"),
        }
        self.lines: dict[str, Any] = {
            name: _lines(name, data, lines, shown, {"choices": choices, "others": others, "noun": noun})
            for name, (lines, choices, others, noun) in line_sets.items()
        }

    def _general(self, shown: Draft, data: Any) -> dict[str, Any]:
        # What a shown page goes on from is the version that was opened, not one that was saved meanwhile.
        opened = {"version": self._profile.version, "name": self._profile.name}
        return {**opened, "dates": shown.dates, "coverage": shown.coverage}

    def is_valid(self) -> bool:
        """Tell whether everything that was sent has the right form; all forms are checked."""
        forms = (self.general, self.sample, self.columns, *self.lines.values())
        return not [form for form in forms if not form.is_valid()]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The id of every field that cannot be taken, with its name and why."""
        many = [one for lines in (self.columns, *self.lines.values()) for one in lines.forms]
        return told((self.general, self.sample, *many))

    def draft(self) -> Draft:
        """Return what was sent. Call it when all is valid."""
        general = self.general.cleaned_data
        draft = Draft(dates=general["dates"], coverage=general["coverage"])
        draft.holds = {one["name"]: one["holds"] for one in self.columns.cleaned_data if one}
        for name, words in (("offences", draft.offences), ("areas", draft.areas)):
            words.update({text: one["meaning"] for text, one in self._sent(name)})
        draft.flags = {(one["column"], text): one["meaning"] for text, one in self._sent("flags")}
        return draft

    def _sent(self, name: str) -> Iterator[tuple[str, dict[str, str]]]:
        for one in self.lines[name].cleaned_data:
            text = one.get("text", "").strip(BLANKS)
            if text:
                yield text, one

    def faults(self, draft: Draft) -> list[str]:
        """Return in words all that is missing or wrong before the profile can be saved."""
        return [*draft.open_columns(), *parse_layout(draft.document(), self._known)[1]]

    def with_draft(self, draft: Draft) -> "ProfilePage":
        """Return the same page, not saved, with a draft that has changed."""
        page = ProfilePage(self._profile, self._known, draft)
        page.general.initial = {**page.general.initial, **self.general.cleaned_data}
        return page


def _lines(name: str, data: Any, lines: list[tuple[str, str, str]], shown: Draft, words: dict[str, Any]) -> Any:
    """Return the forms of one value map, with a few spare ones where any word may be added."""
    spare = 0 if name == "flags" else SPARE_LINES
    many = formset_factory(LineForm, extra=spare, max_num=MOST_LINES, absolute_max=MOST_LINES)
    initial = [
        {"text": text, "meaning": meaning, "column": column, "is_suggested": (column or name, text) in shown.suggested}
        for text, meaning, column in _shown_first(lines)
    ]
    return many(data, prefix=name, initial=initial, form_kwargs=words)


def _shown_first(lines: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return the lines that fit on a page in their order; where they are too many, words without a meaning go."""
    kept = sorted(lines, key=lambda line: not line[1])[:MOST_VALUES]
    return sorted(kept, key=lambda line: (line[2], line[0]))


def _offences(known: CaseLookups) -> list[Choice]:
    return [
        (f"{crime_type}|{offence}", f"{crime_type}: {offence}" if offence else crime_type)
        for crime_type, offence in sorted(known.categories)
    ]


def _areas(profile: CaseProfile) -> list[Choice]:
    kinds = (AreaKind.DISTRICT, AreaKind.UNLOCATED, AreaKind.OUTSIDE)
    return list(Area.objects.filter(force=profile.force, kind__in=kinds).values_list("slug", "name"))
