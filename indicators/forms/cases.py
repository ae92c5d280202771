"""What is asked about cases, out of addresses and forms: a search, a figure, a reason."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from indicators.choices import COMPUTED_WINDOWS, WINDOW_NAMES, AreaKind, ImportKind, Window, pairs
from indicators.forms.fields import BySlugField
from indicators.models.area import Area, Force
from indicators.models.case import CaseMonth
from indicators.models.category import Category, Flag
from indicators.models.data_import import DataImport
from indicators.models.indicator import Indicator
from indicators.periods import month_end, month_text
from indicators.queries.cases import Wanted
from indicators.queries.figure_cases import FigureAddress

COUNTED_WINDOWS = (*COMPUTED_WINDOWS, Window.SPAN)
ANY = ("", "Any")
MARKED, SET_ASIDE, COUNTED = "marked", "set-aside", "counted"
AREA_GROUPS = (
    ("Divisions", AreaKind.DIVISION),
    ("Districts", AreaKind.DISTRICT),
    ("Other lines", AreaKind.OUTSIDE),
    ("Other lines", AreaKind.UNLOCATED),
)


class CaseSearchForm(forms.Form):
    """What cases are looked for. Every field may stay empty."""

    force = BySlugField(Force.objects.order_by("name"), required=False, empty_label=None, label="Force")
    reference = forms.CharField(label="Reference", required=False, max_length=500, help_text="The whole reference.")
    first = forms.ChoiceField(label="From month", required=False)
    last = forms.ChoiceField(label="To month", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    small_area = forms.CharField(
        label="Small area", required=False, max_length=20, help_text="Its code, for example E01025077."
    )
    category = forms.ModelChoiceField(
        Category.objects.order_by("crime_type", "offence"), label="Crime type", required=False, empty_label="Any"
    )
    flag = forms.ModelChoiceField(Flag.objects.order_by("name"), label="Flag", required=False, empty_label="Any")
    data_import = forms.IntegerField(
        label="Import", required=False, min_value=1, max_value=2**31, help_text="Its number: the import that wrote it."
    )
    state = forms.ChoiceField(
        label="Marked or set aside",
        required=False,
        choices=[ANY, (MARKED, "Marked"), (SET_ASIDE, "Set aside"), (COUNTED, "Not set aside")],
    )

    def __init__(self, force: Force, *args: Any, **kwargs: Any) -> None:
        """Offer the months and areas of one force."""
        super().__init__(*args, **kwargs)
        self._force = force
        months = CaseMonth.objects.filter(force=force, until_version__isnull=True).order_by("-month")
        offered = [(f"{month:%Y-%m}", month_text(month)) for month in months.values_list("month", flat=True)]
        for name in ("first", "last"):
            self.fields[name].choices = [ANY, *offered]  # type: ignore[attr-defined]
        self.fields["area"].choices = [ANY, *_areas(force)]  # type: ignore[attr-defined]
        if Force.objects.count() == 1:
            self.fields["force"].widget = forms.HiddenInput()

    def clean_small_area(self) -> Area | None:
        """Find the small area of a code."""
        code = self.cleaned_data["small_area"].upper()
        found = Area.objects.filter(force=self._force, kind=AreaKind.SMALL_AREA, code=code).select_related("parent")
        if code and not found:
            raise ValidationError(f"No small area of this force has the code {code}. Check the code.")
        return found.first() if code else None

    def clean_data_import(self) -> DataImport | None:
        """Find the import of a number."""
        number = self.cleaned_data["data_import"]
        found = DataImport.objects.filter(pk=number, force=self._force, kind=ImportKind.CASES).first()
        if number and found is None:
            raise ValidationError(f"Import {number} is no import of cases of this force. See the list of imports.")
        return found

    def clean(self) -> dict[str, Any]:
        """Months in the wrong order are a mistake."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and first > last:
            self.add_error("last", "This month lies before the first. Choose a later one.")
        return self.cleaned_data

    def wanted(self) -> Wanted:
        """Return what is looked for. Only after the form was found valid."""
        asked = self.cleaned_data
        category, flag, state = asked["category"], asked["flag"], asked["state"]
        area = asked["small_area"] or Area.objects.filter(force=self._force, slug=asked["area"] or None).first()
        return Wanted(
            reference=asked["reference"],
            months=self._months(asked["first"], asked["last"]),
            area=area,
            categories=_categories(category) if category else None,
            flags=(frozenset({flag.pk}),) if flag else (),
            data_import=asked["data_import"],
            is_marked=state == MARKED,
            is_set_aside={SET_ASIDE: True, COUNTED: False}.get(state),
        )

    def _months(self, first: str, last: str) -> frozenset[date] | None:
        if not (first or last):
            return None
        offered = [value for value, _ in self.fields["first"].choices if value]  # type: ignore[attr-defined]
        chosen = [value for value in offered if (first or value) <= value <= (last or value)]
        return frozenset(date.fromisoformat(f"{value}-01") for value in chosen)


def _areas(force: Force) -> list[tuple[str, list[tuple[str, str]]]]:
    rows = list(Area.objects.filter(force=force).exclude(kind=AreaKind.SMALL_AREA).order_by("name"))
    groups: dict[str, list[tuple[str, str]]] = {}
    for words, kind in AREA_GROUPS:
        groups.setdefault(words, []).extend((row.slug, row.name) for row in rows if row.kind == kind)
    return [(words, own) for words, own in groups.items() if own]


def _categories(chosen: Category) -> frozenset[int]:
    """Return what a category covers: a crime type alone stands for all its offences."""
    if chosen.offence:
        return frozenset({chosen.pk})
    return frozenset(Category.objects.filter(crime_type=chosen.crime_type).values_list("pk", flat=True))


class FigureAddressForm(forms.Form):
    """Which figure of an indicator is meant."""

    force = BySlugField(Force.objects.all())
    window = forms.ChoiceField(choices=[one for one in pairs(Window, WINDOW_NAMES) if one[0] in COUNTED_WINDOWS])
    start = forms.DateField(input_formats=["%Y-%m-%d"], required=False)
    end = forms.DateField(input_formats=["%Y-%m-%d", "%Y-%m"])
    part = forms.CharField(required=False)
    area = forms.CharField(required=False)
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def clean_end(self) -> date:
        """Take a month that is named without a day to its end."""
        end: date = self.cleaned_data["end"]
        return end if len(self.data["end"].strip()) > len("2020-09") else month_end(end)

    def clean(self) -> dict[str, Any]:
        """A span has a first day, in front of its last; every other window begins where its end says."""
        cleaned = super().clean() or {}
        start, end, is_span = cleaned.get("start"), cleaned.get("end"), cleaned.get("window") == Window.SPAN
        if is_span and end and not (start and start <= end):
            self.add_error("start", "A span needs its first day.")
        return {**cleaned, "start": start if is_span else None}

    def address(self, indicator: Indicator) -> FigureAddress:
        """Return the figure. Only after the form was found valid."""
        asked = self.cleaned_data
        place = asked["part"], asked["area"], asked["version"], asked["start"]
        return FigureAddress(indicator, Window(asked["window"]), asked["end"], *place)


class ReasonForm(forms.Form):
    """Why something is done; whether that has to be said is for the rules."""

    reason = forms.CharField(max_length=2000, required=False)


def reason_of(posted: QueryDict) -> str:
    """Return the reason that was sent; none where it is too long to be one."""
    form = ReasonForm(posted)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""
