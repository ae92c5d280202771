"""What several forms ask for alike: a day, a reason, and a force or a quarter out of an address."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from indicators.choices import WINDOW_NAMES, Window, pairs
from indicators.people import ALLOWED, Verdict
from indicators.periods import STEPPING_WINDOWS, Quarter
from indicators.series import on
from indicators.targets.vocabulary import COMPARED_WITH_NAMES

WINDOW_CHOICES = [
    *pairs(Window, WINDOW_NAMES),
    *(
        (on(window, step), f"{WINDOW_NAMES[window]}, compared with {COMPARED_WITH_NAMES[step]}")
        for step, windows in STEPPING_WINDOWS.items()
        for window in windows
    ),
]
"""Periods that a table may show, by the names that texts have for them."""


def quarter_of(text: str | None, fallback: Quarter | None) -> Quarter | None:
    """Read a quarter from an address; the fallback when there is none or it makes no sense."""
    try:
        quarter = Quarter.parse(text) if text else fallback
    except ValueError:
        return fallback
    # The pages lead to the quarters beside it, which the calendar has to know as well.
    return quarter if quarter and 1 < quarter.year < 9998 else fallback


class BySlugField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of some rows by its slug. A text that no database takes is none of them."""

    def __init__(self, queryset: Any, **given: Any) -> None:
        super().__init__(queryset, to_field_name="slug", **given)

    def to_python(self, value: Any) -> Any:
        """Find the row; a ValidationError when there is none."""
        if isinstance(value, str) and not value.isprintable():
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "?"})
        return super().to_python(value)


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "This is not a date. Write it like 1/4/2020."},
    )


def reason_for(reason: str, may: Callable[[str], Verdict] | None) -> str:
    """Return a reason; an error of its field where nothing but the reason keeps the act back, as `may` says."""
    verdict = may(reason) if may else ALLOWED
    if may and not verdict and may("given"):
        raise ValidationError(verdict.reason)
    return reason
