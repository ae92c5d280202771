"""The form of a correction: the fields of one value, checked as a cell of a partner's return is."""

from collections.abc import Callable
from typing import Any

from django import forms

from indicators.forms.fields import reason_for
from indicators.models.observation import Observation
from indicators.people import Verdict
from indicators.queries.partner_returns import as_entered
from indicators.queries.supplied_values import as_row
from indicators.readers.return_cells import Entered, Typed, check_cell, typed_of


class CorrectionForm(forms.Form):
    """Another value for one observation, or why there is none, and the reason for the correction.

    The reason is called text so that a refused page gives it back.
    """

    numerator = forms.CharField(required=False, max_length=40)
    denominator = forms.CharField(required=False, max_length=40)
    value = forms.CharField(required=False, max_length=40)
    why = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    text = forms.CharField(
        label="Why is it corrected?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What was wrong, and who says so. It is shown beside the figure's history.",
        error_messages={"required": "Give a reason: what was wrong, and who says so?"},
    )

    def __init__(self, observation: Observation, data: Any = None) -> None:
        """Ask what the kind of the measure asks; begin with what is held."""
        self.row, self.held = as_row(observation), as_entered(observation)
        held = typed_of(self.held, self.row)
        super().__init__(data, initial={name: getattr(held, name) for name in self.row.asks})
        self.entered: Entered | None = None
        for name in ("numerator", "denominator", "value", "why"):
            if name in self.row.asks:
                self.fields[name].label = self.row.name_of(name)
                self.fields[name].widget.attrs.update({} if name == "why" else {"class": "govuk-input--width-10"})
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Say beside each field what is wrong with the value."""
        cleaned = super().clean() or {}
        typed = Typed(**{name: cleaned.get(name, "") for name in self.row.asks})
        checked = check_cell(self.row, typed, None)
        for name, words in checked.problems.items():
            if name not in self.errors:
                self.add_error(name, words)
        self.entered = checked.entered
        if typed.is_blank:
            self.add_error(self.row.asks[0], "Fill in the right value, or say why it is not available.")
        elif self.entered is not None and self.entered.says_the_same_as(self.held):
            self.add_error(self.row.asks[0], "This is the value that is held. Correct it, or leave the page.")
        return cleaned


class DecisionForm(forms.Form):
    """What a second person says to a correction, and the data version that they were shown.

    `may` says what a reason allows.
    """

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Reason",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed when you refuse. When you confirm: what you compared it with.",
        error_messages={"max_length": "The reason is too long. Shorten it and decide again."},
    )

    def __init__(self, data: Any = None, *, may: Callable[[str], Verdict] | None = None) -> None:
        super().__init__(data)
        self._may = may

    def clean_text(self) -> str:
        """Ask for a reason where one is needed."""
        return reason_for(self.cleaned_data["text"], self._may)
