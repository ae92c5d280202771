"""One line of the page of a profile of sheets: a text of the sheet, and what it means."""

from typing import Any

from django import forms

from indicators.choices import Status
from indicators.readers.sheet_layouts import (
    FACTORS,
    HEADINGS_MEAN,
    LONGEST_TEXT,
    MARKS_MEAN,
    Holds,
    SheetLookups,
    WordMeaning,
)

HOLDS_NAMES = {
    Holds.LEVEL: "The value",
    Holds.NUMERATOR: "Numerator",
    Holds.DENOMINATOR: "Denominator",
    Holds.TOTAL: "Total of the rows since the last total",
    Holds.GRAND_TOTAL: "Total of all rows",
    Holds.IGNORED: "Not read",
}
HEADING_NAMES = {
    Holds.TOTAL: "Total of what stands since the last total: compared only",
    Holds.TAKEN_TOTAL: "Total of a year: compared, and taken as the value of 12 months or the year to date",
    Holds.GRAND_TOTAL: "Total of everything: compared only",
    Holds.IGNORED: "Not read",
}
WORD_NAMES = {
    WordMeaning.BLANK: "Blank: no value",
    WordMeaning.ZERO: "Zero",
    WordMeaning.NOT_AVAILABLE: "Not available",
    WordMeaning.SUPPRESSED: "Suppressed",
}
FACTOR_NAMES = dict(zip(FACTORS, ("As written", "Fractions: 0.754 is 75.4 %", "Thousands", "Millions"), strict=True))
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
    source = forms.ChoiceField(label="Source", required=False)

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, given in choices.items():
            self.fields[name].choices = given  # type: ignore[attr-defined]


class HeadingForm(Line):
    """A heading, or in a matrix the label of a row, that is no period."""

    holds = forms.ChoiceField(
        label="Meaning",
        required=False,
        choices=[("", "Choose what it is"), *((one.value, HEADING_NAMES[one]) for one in HEADINGS_MEAN)],
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


def choices_of(known: SheetLookups) -> dict[str, Any]:
    """Return the series, areas and sources that a label may name, as choices of the fields of its line."""
    series = [("", "Choose the indicator")]
    for key, name in sorted(known.names.items(), key=lambda one: one[1]):
        why = known.compared.get(key, "")
        series.append((key, f"{name} ({why}: supplied values are compared only)" if why else name))
        series += [(f"{key}|{part}", f"{name}: {words}") for part, words in known.parts.get(key, {}).items()]
    return {
        "series": series,
        "area": [("", "Choose the area"), *known.areas.items()],
        "source": [("", "That of the profile"), *known.sources.items()],
    }
