"""The forms of a source: what a case is, how long cases are kept, and which deliveries are expected."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q

from indicators import rules
from indicators.choices import (
    CADENCE_NAMES,
    Cadence,
    CountingPolicy,
    ImportKind,
    Role,
    pairs,
)
from indicators.forms.fields import day_field
from indicators.models.delivery import ExpectedDelivery
from indicators.models.feed import OfficialFeed
from indicators.models.profile import CaseProfile, SheetProfile


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


class UnavailableForm(forms.Form):
    """Why a file will not come. The field is called text so that a refused page gives it back."""

    text = forms.CharField(
        label="Why is it not available?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who sees the board reads this.",
        error_messages={"required": "Give the reason, so that readers of the board know."},
    )


HOLDS = {
    ImportKind.CASES: "Cases: one row for each crime or incident",
    ImportKind.OBSERVATIONS: "Observations: figures, in a tidy file or in wide sheets",
    ImportKind.OFFICIAL: "Official tables: a release as it was published",
}


class DeliveryForm(forms.ModelForm):  # type: ignore[type-arg]
    """An expected delivery; once files or notes belong to it, what it is stays as it is."""

    fixed = ("kind", "cadence")
    # What reads the files of each kind, and what reads them where nothing is chosen.
    readers: ClassVar[dict[str, tuple[Any, str]]] = {
        "profile": (CaseProfile, "Public street-level format"),
        "sheet_profile": (SheetProfile, "Tidy file: one row for each figure"),
        "feed": (OfficialFeed, "No official tables"),
    }
    kind = forms.ChoiceField(
        label="What does the file hold?",
        choices=[(kind.value, words) for kind, words in HOLDS.items()],
        widget=forms.RadioSelect,
    )
    cadence = forms.ChoiceField(
        label="How often does it come?", choices=pairs(Cadence, CADENCE_NAMES), widget=forms.RadioSelect
    )
    starts_on = day_field(
        "First day it covers", help_text="The month or quarter of this day is the first one expected."
    )
    ends_on = day_field("Last day it covers", required=False, help_text="Leave this empty while the deliveries go on.")

    class Meta:
        model = ExpectedDelivery
        fields: ClassVar = [
            "name", "source", "kind", "profile", "sheet_profile", "feed", "cadence", "due_days", "sender", "loader",
            "instructions", "checks", "starts_on", "ends_on", "position",
        ]  # fmt: skip
        labels: ClassVar = {
            "name": "Name of the delivery",
            "profile": "Cases: how are they written?",
            "sheet_profile": "Observations: how are they written?",
            "feed": "Official tables: by which mapping are they read?",
            "due_days": "Days until it is due",
            "sender": "Who sends it",
            "loader": "Who loads it here",
            "instructions": "How to get it",
            "checks": "What to check before confirming",
            "position": "Place on the board",
        }
        help_texts: ClassVar = {
            "name": "For example: Recorded crime extract.",
            "profile": "Only for a delivery of cases.",
            "sheet_profile": "Only for a delivery of figures: choose a profile for wide sheets.",
            "feed": "Only for official tables: which columns feed which indicators.",
            "due_days": "Counted from the last day of the month or quarter. On the due day itself it is not late.",
            "sender": "A name or post, with a telephone number or an e-mail address.",
            "instructions": "Write it for a colleague who has never done this before.",
            "checks": "One check to a line.",
            "position": "Lower numbers come first.",
        }
        widgets: ClassVar = {
            "due_days": forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
            "position": forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
            "instructions": forms.Textarea(attrs={"rows": 4}),
            "checks": forms.Textarea(attrs={"rows": 4}),
        }
        error_messages: ClassVar = {
            "due_days": {"max_value": "Give a number of days up to %(limit_value)s."},
        }

    def __init__(self, *args: Any, is_used: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fixed:
            self.fields[name].disabled = is_used
        for name, (table, words) in self.readers.items():
            field: Any = self.fields[name]
            usable = Q(force_id=self.instance.force_id, is_retired=False, version__gt=0)
            field.queryset = table.objects.filter(usable | Q(pk=getattr(self.instance, f"{name}_id")))
            field.empty_label = words
        loader: Any = self.fields["loader"]
        loads_files = Q(is_active=True, holdings__role=Role.ANALYST) | Q(pk=self.instance.loader_id)
        loader.queryset = get_user_model().objects.filter(loads_files).distinct().order_by("name")
        loader.empty_label = "Any analyst"

    def clean(self) -> dict[str, Any]:
        """Refuse a name that the force has already, and dates that stand in the wrong order."""
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last day is before the first. Choose a later day, or leave it empty.")
        if cleaned.get("kind"):
            self._judge_readers(ImportKind(cleaned["kind"]), cleaned)
        same = ExpectedDelivery.objects.filter(force_id=self.instance.force_id, name=cleaned.get("name", ""))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "This force has a delivery of this name. Choose another name, or change that one.")
        return cleaned

    def _judge_readers(self, kind: ImportKind, cleaned: dict[str, Any]) -> None:
        """Say at each field what does not read files of this kind; what reads them already may be retired."""
        force_id = self.instance.force_id
        judged: dict[str, Any] = {name: cleaned.get(name) for name in self.readers}
        if self.instance.pk and kind == self.initial["kind"]:
            judged = {name: one for name, one in judged.items() if one is None or one.pk != self.initial[name]}
        verdicts = {}
        if "feed" in judged:
            verdicts["feed"] = rules.can_read_by_feed(judged["feed"], force_id, kind)
        if judged.get("profile"):
            verdicts["profile"] = rules.can_read_by_profile(judged["profile"], force_id, kind)
        if judged.get("sheet_profile"):
            verdicts["sheet_profile"] = rules.can_read_wide_sheets(judged["sheet_profile"], force_id, kind)
        for name, verdict in verdicts.items():
            if not verdict:
                self.add_error(name, verdict.reason)
