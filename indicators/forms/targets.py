"""The forms of targets: outside text into clean values."""

from typing import Any, ClassVar

from django import forms
from django.forms.models import construct_instance

from indicators.actions import targets
from indicators.forms.fields import day_field
from indicators.models.breakdown import BreakdownValue
from indicators.models.target import Target
from indicators.targets.vocabulary import OPERATOR_NAMES, TargetOperator


def _why(label: str = "Reason") -> forms.CharField:
    # The fields of reasons are called text so that a refused page gives them back.
    return forms.CharField(
        label=label,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is shown beside the target, with your name.",
        error_messages={"required": "Give a reason: it is shown beside the target."},
    )


class TargetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A target: the printed words, the rule where one can be computed, its days, and why it is set or changed so."""

    operator = forms.ChoiceField(
        label="For a level: where is it met?",
        required=False,
        choices=[("", "Not stated"), *((one.value, OPERATOR_NAMES[one].capitalize()) for one in TargetOperator)],
        help_text="Where the direction is not stated, no result can be given.",
    )
    starts_on = day_field("First day", required=False, help_text="Leave this empty if it has always held.")
    ends_on = day_field("Last day", required=False, help_text="Leave this empty while it goes on.")
    text = _why()
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    class Meta:
        model = Target
        fields: ClassVar = [
            "part", "printed", "kind", "operator", "value", "unit", "wanted", "compared_with", "window", "starts_on",
            "ends_on", "owner", "rationale", "note",
        ]  # fmt: skip
        labels: ClassVar = {
            "part": "Part of the measure",
            "printed": "Printed words",
            "kind": "What does it ask?",
            "value": "For a level: the value",
            "unit": "Unit of that value",
            "wanted": "For a change: what is wanted?",
            "compared_with": "For a change: compared with",
            "window": "For which period?",
            "owner": "Owner",
            "rationale": "Why is there this target?",
            "note": "Note",
        }
        help_texts: ClassVar = {
            "printed": "As the report prints them, for example “Target <15 Mins”. Texts and tables repeat them.",
            "unit": "It may be another than the measure's: hours are compared with minutes exactly.",
            "window": "A count needs a period. Otherwise leave this empty if it holds for every period.",
            "owner": "A name or post.",
            "note": "What is not clear about it, for example that the direction is not printed.",
        }
        widgets: ClassVar = {
            "kind": forms.RadioSelect,
            "value": forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "decimal"}),
            "rationale": forms.Textarea(attrs={"rows": 3}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        part, indicator = self.fields["part"], self.instance.indicator
        part.queryset = BreakdownValue.objects.filter(breakdown_id=indicator.breakdown_id)  # type: ignore[attr-defined]
        part.empty_label = "The whole measure"  # type: ignore[attr-defined]
        if indicator.breakdown_id is None:
            del self.fields["part"]

    def clean_version(self) -> int:
        """Keep the version at which the page was opened."""
        self.instance.version = self.cleaned_data["version"] or 1
        return int(self.instance.version)

    def clean(self) -> dict[str, Any]:
        """Say at each field what makes no sense, as the action would refuse it."""
        cleaned = super().clean() or {}
        if not self.errors:
            construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
            for name, words in targets.faults_of(self.instance):
                self.add_error(name if name in self.fields else None, words)
        return cleaned


class EndTargetForm(forms.Form):
    """The last day of a target, and why it ends."""

    ends_on = day_field("Last day", help_text="The target holds on this day for the last time.")
    text = _why("Why does it end?")
