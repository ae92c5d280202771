"""Outside text into clean values. Every decision about a report carries the version it was made for."""

from typing import Any

from django import forms
from django.utils import timezone

from indicators.models.area import Force
from indicators.periods import Quarter
from indicators.queries.versions import newest_quarter
from narratives.models.outline import Outline
from portal.rules import LONGEST_REASON

LARGEST = 2**31 - 2
QUARTERS_BACK, QUARTERS_ON = 4, 2


def _version() -> forms.IntegerField:
    return forms.IntegerField(
        min_value=0,
        max_value=LARGEST,
        widget=forms.HiddenInput,
        error_messages={"required": "The form came without the version of the report it was made for."},
    )


class DecisionForm(forms.Form):
    """A decision about the version of a report that was on the page."""

    version = _version()


class SendBackForm(forms.Form):
    """Why a report goes back. The field is called text so that a refused page gives it back."""

    version = _version()
    text = forms.CharField(
        label="What has to change?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Whoever put the report together reads this. It stands in the history of the report.",
        error_messages={"required": "Say what has to change, so that others know what to do."},
    )


class CutForm(forms.Form):
    """The data version at which a report reads its figures."""

    data_version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "This is not a date. Write it like 8/12/2020."},
    )


class OpenForm(forms.Form):
    """The next report: its force, outline and quarter, and the dates people work towards."""

    force = forms.ModelChoiceField(Force.objects.order_by("name"), empty_label=None, label="Force")
    outline = forms.ModelChoiceField(Outline.objects.order_by("name"), empty_label=None, label="Kind of report")
    quarter = forms.ChoiceField(label="Quarter")
    write_by = _day("Texts are written by")
    review_by = _day("Texts are reviewed by")
    meeting_on = _day("Day of the meeting")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        force = Force.objects.order_by("id").first()
        newest = (newest_quarter(force) if force else None) or Quarter.containing(timezone.localdate()).previous()
        quarter = newest
        for _ in range(QUARTERS_ON):
            quarter = quarter.next()
        offered = [quarter]
        while len(offered) <= QUARTERS_BACK + QUARTERS_ON:
            offered.append(offered[-1].previous())
        choices = [(each.key, f"{each.label}, {each.name}") for each in offered]
        quarters: Any = self.fields["quarter"]
        quarters.choices = choices
        quarters.initial = newest.key

    def clean_quarter(self) -> Quarter:
        """Return the chosen quarter as a value."""
        return Quarter.parse(self.cleaned_data["quarter"])

    def clean(self) -> dict[str, Any]:
        """Refuse dates that stand in the wrong order."""
        cleaned = super().clean() or {}
        write_by, review_by, meeting_on = (cleaned.get(name) for name in ("write_by", "review_by", "meeting_on"))
        if write_by and review_by and review_by < write_by:
            self.add_error("review_by", "The review ends before the texts are written. Choose a later day.")
        if review_by and meeting_on and meeting_on < review_by:
            self.add_error("meeting_on", "The meeting is before the end of the review. Choose a later day.")
        return cleaned
