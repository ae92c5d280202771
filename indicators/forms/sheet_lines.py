"""One line of the page of a profile of sheets: a text of the sheet, and what it means."""

from typing import Any

from django import forms

from indicators.choices import Status
from indicators.readers.sheet_layouts import FACTORS, LONGEST_TEXT, MARKS_MEAN, Holds, WordMeaning

HOLDS_NAMES = {
    Holds.LEVEL: "The value",
    Holds.NUMERATOR: "Numerator",
    Holds.DENOMINATOR: "Denominator",
    Holds.TOTAL: "Total of the rows since the last total",
    Holds.GRAND_TOTAL: "Total of all rows",
    Holds.IGNORED: "Not read",
}
HEADING_NAMES = {
    Holds.TOTAL: "Total of what stands since the last total",
    Holds.GRAND_TOTAL: "Total of everything",
    Holds.IGNORED: "Not read",
}
WORD_NAMES = {
    WordMeaning.BLANK: "Blank: no value",
    WordMeaning.ZERO: "Zero",
    WordMeaning.NOT_AVAILABLE: "Not available",
    WordMeaning.SUPPRESSED: "Suppressed",
}
FACTOR_NAMES = dict(zip(FACTORS, ("As written", "Thousands", "Millions"), strict=True))
MARK_NAMES = {
    Status.PROVISIONAL: "Provisional",
    Status.ESTIMATED: "Estimated",
    Status.REVISED: "Revised",
}


class Line(forms.Form):
    """One text of the sheet. A line without a text at first is for one that is typed in."""

    text = forms.CharField(required=False, max_length=LONGEST_TEXT, strip=False)

    def __init__(self, *args: Any, noun: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self["text"].value() or ""
        self.is_spare = not text
        if text:
            self.fields["text"].widget = forms.HiddenInput()
        self.fields["text"].widget.attrs["aria-label"] = f"Another {noun}"
        for name, field in self.fields.items():
            if name != "text":
                shown = f"“{text}”" if text else f"this {noun}"
                field.widget.attrs["aria-label"] = f"{field.label} of {shown}"


class LabelForm(Line):
    """A label, and of which series its values are what."""

    holds = forms.ChoiceField(
        label="Meaning",
        required=False,
        choices=[("", "Choose what it holds"), *((one.value, words) for one, words in HOLDS_NAMES.items())],
    )
    series = forms.ChoiceField(label="Indicator", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    factor = forms.ChoiceField(label="Unit", required=False, choices=list(FACTOR_NAMES.items()))

    def __init__(self, *args: Any, series: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].choices = series  # type: ignore[attr-defined]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]


class HeadingForm(Line):
    """A heading, or in a matrix the label of a row, that is no period."""

    holds = forms.ChoiceField(
        label="Meaning",
        required=False,
        choices=[("", "Choose what it is"), *((one.value, words) for one, words in HEADING_NAMES.items())],
    )


class WordForm(Line):
    """A word in place of a number."""

    meaning = forms.ChoiceField(
        label="Meaning",
        required=False,
        choices=[("", "Choose what it means"), *((one.value, words) for one, words in WORD_NAMES.items())],
    )
    reason = forms.CharField(label="Reason, as it prints", required=False, max_length=LONGEST_TEXT)


class MarkForm(Line):
    """A mark beside a number or a period."""

    meaning = forms.ChoiceField(
        label="Meaning",
        required=False,
        choices=[("", "Choose what it means"), *((one.value, MARK_NAMES[one]) for one in MARKS_MEAN)],
    )
