"""The form of spans: from which day to which figures are kept up, of which indicators, and why."""

from typing import Any

from django import forms

from indicators.actions.spans import faults
from indicators.forms.fields import BySlugField, day_field
from indicators.models.area import Force
from indicators.models.indicator import Indicator


class SpanForm(forms.Form):
    """Two days, both included, and what is counted between them.

    The reason is called text so that a refused page gives it back.
    """

    force = BySlugField(Force.objects.order_by("name"), label="Force", empty_label=None)
    first = day_field("First day", help_text="For example 1/1/2020.")
    last = day_field("Last day", help_text="For example 29/10/2020. Both days count.")
    indicators = forms.MultipleChoiceField(
        label="Indicators", required=False, widget=forms.CheckboxSelectMultiple, help_text="None chosen means all."
    )
    text = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the figures are needed for. It stays with the data version.",
        error_messages={"required": "Say why these days are needed."},
    )

    def __init__(self, data: Any = None) -> None:
        """Offer the indicators there are."""
        super().__init__(data)
        indicators: Any = self.fields["indicators"]
        indicators.choices = Indicator.objects.order_by("name").values_list("key", "name")
        force: Any = self.fields["force"]
        force.initial = Force.objects.order_by("name").values_list("slug", flat=True).first()

    def clean(self) -> dict[str, Any]:
        """Say which days make no span, beside the last of them."""
        cleaned = super().clean() or {}
        given = [cleaned.get(name) for name in ("force", "first", "last")]
        if all(given):
            for words in faults(*given):  # type: ignore[arg-type]
                self.add_error("last", words)
        return cleaned
