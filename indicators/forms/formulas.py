"""The forms of a formula: its terms, what they are divided by, and how the indicator is defined from then on."""

from decimal import Decimal
from typing import Any

from django import forms

from indicators.choices import pairs
from indicators.forms.feeds import BETWEEN, fed, series_choices
from indicators.forms.fields import day_field
from indicators.forms.lines import LinesPage
from indicators.kinds import PopulationKind, Side
from indicators.models.formula import Formula
from indicators.models.indicator import Indicator

SPARE_LINES = 4
MOST_TERMS = 30
SIDES = {Side.NUMERATOR: "Above the line", Side.DENOMINATOR: "Below the line"}


class FormulaForm(forms.Form):
    """What the terms are multiplied and divided by, and what the indicator means from a day on.

    The reason is called text so that a refused page gives it back.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    multiplier = forms.DecimalField(
        label="Multiplied by",
        min_value=Decimal("0.000001"),
        max_digits=16,
        decimal_places=6,
        initial=1,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"}),
        help_text="100 for a percentage, 1,000 for a rate, 1 otherwise.",
    )
    population = forms.ChoiceField(
        label="Divided by a population", required=False, choices=[("", "No population"), *pairs(PopulationKind)]
    )
    is_per_month = forms.BooleanField(label="Divided by the months of the period", required=False)
    is_annualised = forms.BooleanField(label="Shown for a whole year", required=False)
    definition = forms.CharField(
        label="Definition from then on",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="In full. It has to say what is now different.",
    )
    starts_on = day_field("Defined so from", help_text="Figures of periods that end on or after this day name it.")
    text = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What changed, and who decided it? It is shown with the definition.",
        error_messages={"required": "Give a reason: what changed, and who decided it?"},
    )


class TermForm(forms.Form):
    """One term. A line without a measure is not kept."""

    side = forms.ChoiceField(choices=pairs(Side, SIDES), initial=Side.NUMERATOR)
    series = forms.ChoiceField(required=False)
    is_subtracted = forms.ChoiceField(choices=[("", "Added"), ("yes", "Taken away")], required=False)
    is_as_at = forms.ChoiceField(choices=[("", "For the period"), ("yes", "As at its end")], required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].choices = choices  # type: ignore[attr-defined]
        words = {"side": "Side", "series": "Measure", "is_subtracted": "Sign", "is_as_at": "Read"}
        for name, label in words.items():
            self.fields[name].label = self.fields[name].widget.attrs["aria-label"] = label


class FormulaPage(LinesPage):
    """All forms of the page of a formula: as it is kept, or as they were sent."""

    key = "terms"

    def __init__(self, indicator: Indicator, seen: str, wording: str, data: Any = None) -> None:
        """Show the formula of an indicator, in words `seen`, with the definition in force; or take `data`."""
        formula: Formula | None = getattr(indicator, "formula", None)
        opened: dict[str, Any] = {"seen": seen, "definition": wording}
        lines = []
        if formula is not None:
            names = ("multiplier", "population", "is_per_month", "is_annualised")
            opened |= {name: getattr(formula, name) for name in names}
            opened["multiplier"] = f"{formula.multiplier.normalize():f}"
            lines = [
                {
                    "side": one.side,
                    "series": fed(one.indicator.key, one.part.slug if one.part else ""),
                    "is_subtracted": "yes" if one.is_subtracted else "",
                    "is_as_at": "yes" if one.is_as_at else "",
                }
                for one in formula.terms.select_related("indicator", "part").order_by("-side", "position")
            ]
        self.general = FormulaForm(data, initial=opened)
        choices = [("", "Choose a measure"), *series_choices()]
        self.lines = self._make_lines(TermForm, data, lines, most=MOST_TERMS, spare=SPARE_LINES, choices=choices)

    @property
    def entry(self) -> dict[str, Any]:
        """The formula that was sent, as a document writes it. Call it when all is valid."""
        given = self.general.cleaned_data
        sides: dict[str, list[dict[str, Any]]] = {side.value: [] for side in Side}
        for one in self.lines.cleaned_data:
            if one.get("series"):
                key, _, part = one["series"].partition(BETWEEN)
                how = {name: bool(one[name]) for name in ("is_subtracted", "is_as_at")}
                sides[one["side"]].append({"indicator": key, "part": part, **how})
        names = ("population", "is_per_month", "is_annualised")
        return {"multiplier": given["multiplier"], **{name: given[name] for name in names}, **sides}
