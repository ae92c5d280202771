"""The form of breaks, annotations and footnotes: outside text into clean values."""

from typing import Any

from django import forms

from indicators.choices import WINDOW_NAMES, AreaKind, NoteKind, Window, pairs
from indicators.dated_notes import faults
from indicators.forms.fields import day_field
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.dated_note import DatedNote
from indicators.models.indicator import Indicator

WHAT_IS_KEPT = {
    NoteKind.BREAK: "Series break: from a day on, figures are made in another way",
    NoteKind.ANNOTATION: "Annotation: something happened that readers should see beside the figures",
    NoteKind.FOOTNOTE: "Footnote: the figures have to be read with care",
}


class DatedNoteForm(forms.Form):
    """A series break, an annotation or a footnote, and what it is about.

    The words are called text so that a refused page gives them back.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    kind = forms.ChoiceField(label="What is it?", choices=pairs(NoteKind, WHAT_IS_KEPT), widget=forms.RadioSelect)
    label = forms.CharField(
        label="Name",
        max_length=120,
        help_text="Short: it is written into charts. For example: First national lockdown.",
    )
    text = forms.CharField(
        label="Words",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Printed under every table and chart, and read to people who cannot see a chart.",
    )
    starts_on = day_field("First day", required=False, help_text="Of a series break: the first day of the new way.")
    ends_on = day_field("Last day", required=False, help_text="Leave this empty for a break, or while it goes on.")
    force = forms.ModelChoiceField(
        Force.objects.order_by("name"), required=False, empty_label="Every force", label="Force"
    )
    indicators = forms.MultipleChoiceField(
        label="Indicators", required=False, widget=forms.CheckboxSelectMultiple, help_text="None chosen means all."
    )
    areas = forms.MultipleChoiceField(
        label="Areas", required=False, widget=forms.CheckboxSelectMultiple, help_text="None chosen means all."
    )
    part = forms.ModelChoiceField(
        BreakdownValue.objects.select_related("breakdown").order_by("breakdown__name", "position"),
        required=False,
        empty_label="All parts and the total",
        label="Part",
        help_text="Only for a note about one part of one indicator.",
    )
    window = forms.ChoiceField(
        label="One single value: kind of period",
        required=False,
        choices=[("", "Not about one single value"), *pairs(Window, WINDOW_NAMES)],
        help_text="Only for a footnote about one value of one indicator and one area.",
    )
    end = day_field("One single value: last day of its period", required=False)

    def __init__(self, note: DatedNote, data: Any = None) -> None:
        """Offer the indicators and areas there are, as the note has them now."""
        chosen = ("kind", "label", "starts_on", "ends_on", "force", "indicators", "areas", "part", "window", "end")
        initial = {name: getattr(note, name) for name in chosen}
        super().__init__(data, initial={**initial, "text": note.words, "version": note.version})
        indicators: Any = self.fields["indicators"]
        indicators.choices = Indicator.objects.order_by("name").values_list("key", "name")
        areas: Any = self.fields["areas"]
        # One word stands for one place, whichever forces have it.
        rows = Area.objects.exclude(kind=AreaKind.SMALL_AREA).order_by("kind", "name").values_list("slug", "name")
        areas.choices = list(dict(rows).items())
        part: Any = self.fields["part"]
        part.label_from_instance = lambda value: f"{value.breakdown.name}: {value.name}"

    def clean(self) -> dict[str, Any]:
        """Say beside each field what does not fit the others."""
        cleaned = super().clean() or {}
        found = faults(
            cleaned.get("kind", ""),
            starts_on=cleaned.get("starts_on"),
            ends_on=cleaned.get("ends_on"),
            indicators=cleaned.get("indicators", []),
            areas=cleaned.get("areas", []),
            has_part=cleaned.get("part") is not None,
            window=cleaned.get("window", ""),
            end=cleaned.get("end"),
        )
        for name, words in found.items():
            if name not in self.errors and "kind" in cleaned:
                self.add_error(name, words)
        part, own = cleaned.get("part"), Indicator.objects.filter(key__in=cleaned.get("indicators", []))
        if part and "part" not in self.errors and not own.filter(breakdown=part.breakdown_id).exists():
            self.add_error("part", "The indicator is not divided so. Choose one of its own parts, or leave it out.")
        return cleaned

    def fill(self, note: DatedNote) -> DatedNote:
        """Put what was sent into a note. Only after the form was found valid."""
        for name, value in self.cleaned_data.items():
            setattr(note, "words" if name == "text" else name, value)
        return note
