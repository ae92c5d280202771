"""Outside text into clean values."""

from django import forms

from indicators.choices import CountingPolicy, ImportKind
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


class CountingForm(forms.Form):
    """What one case is, from a day on, and why."""

    policy = forms.ChoiceField(
        label="What is one case?",
        choices=[
            (CountingPolicy.ROWS.value, "Each row"),
            (CountingPolicy.DISTINCT.value, "Each identifier, once in its month"),
        ],
        widget=forms.RadioSelect,
    )
    starts_on = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class RetentionForm(forms.Form):
    """For how long cases are kept row by row, from a day on, and why."""

    months_kept = forms.IntegerField(label="Months kept", min_value=12, max_value=1200)
    starts_on = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


def quarter_of(text: str | None, fallback: Quarter | None) -> Quarter | None:
    """Read a quarter from an address; the fallback when there is none or it makes no sense."""
    try:
        return Quarter.parse(text) if text else fallback
    except ValueError:
        return fallback
