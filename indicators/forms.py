"""Outside text into clean values."""

from django import forms

from indicators.choices import ImportKind
from indicators.models.area import Force
from indicators.periods import Quarter


class UploadForm(forms.Form):
    """A file, the force it is for, and what it holds."""

    force = forms.ModelChoiceField(Force.objects.order_by("name"), empty_label=None, label="Force")
    kind = forms.ChoiceField(
        label="What does the file hold?",
        choices=[
            (ImportKind.CASES.value, "Cases: one row for each crime or incident (CSV, or a zip of month files)"),
            (ImportKind.OBSERVATIONS.value, "Observations: one row for each figure (CSV or Excel workbook)"),
        ],
        widget=forms.RadioSelect,
        initial=ImportKind.CASES.value,
    )
    file = forms.FileField(label="File", help_text="Nothing changes until you have seen the preview and confirmed it.")


class ConfirmForm(forms.Form):
    """Agreement to a preview."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Needed when the preview shows warnings.",
    )


def quarter_of(text: str | None, fallback: Quarter | None) -> Quarter | None:
    """Read a quarter from an address; the fallback when there is none or it makes no sense."""
    try:
        return Quarter.parse(text) if text else fallback
    except ValueError:
        return fallback
