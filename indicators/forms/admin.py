"""Forms of the reference data in the admin: what a definition may say, and which of its names never change."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from indicators.actions.exhibits import CHANGED
from indicators.choices import SHARED_AREAS, AreaKind, Kind, Polarity
from indicators.composites import faults
from indicators.forms.definitions import DefinitionField
from indicators.kinds import Aggregation, may_aggregate
from indicators.models.area import Area
from indicators.models.breakdown import BreakdownValue
from indicators.models.category import Category, Flag
from indicators.models.exhibit import Exhibit
from indicators.queries.exhibits import book_for, state_of, trial
from indicators.queries.formulas import as_value, formulas_by_key, ingredients

# Higher kinds stand first: an area lies in one of a higher kind, so that no area can lie in itself.
AREA_LEVELS = (AreaKind.FORCE, AreaKind.DIVISION, AreaKind.DISTRICT, AreaKind.SMALL_AREA)
ADDED_AREAS = (AreaKind.DIVISION, AreaKind.DISTRICT, AreaKind.SMALL_AREA, AreaKind.COMPARATOR)

AGGREGATION_FAULTS = {
    Aggregation.ADD: "Only counts and money add up.",
    Aggregation.WEIGHTED: "Values of this kind are not weighted: means, medians and surveys are used as supplied, and "
    "rates and averages per head are not weighted over time.",
}


class NamesField(forms.CharField):
    """Known names, one to a line: what is not in the table is refused by name."""

    def __init__(self, model: type[models.Model], column: str) -> None:
        self.model, self.column = model, column
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        super().__init__(required=False, widget=widget, help_text="One to a line.")

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the names. ValidationError for one that is not in the table."""
        names = list(dict.fromkeys(line.strip() for line in str(value or "").splitlines() if line.strip()))
        known = self.model._default_manager.filter(**{f"{self.column}__in": names}).values_list(self.column, flat=True)
        unknown = [name for name in names if name not in set(known)]
        if unknown:
            table = self.model._meta.verbose_name_plural
            raise ValidationError(f"Not known: {', '.join(unknown)}. Write it as it stands among the {table}.")
        return names

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare name by name."""
        return list(initial or []) != [line.strip() for line in str(data or "").splitlines() if line.strip()]


class ReferenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A definition; the fields named in `fixed` cannot be changed once it exists."""

    fixed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fixed:
            if self.instance.pk and name in self.fields:
                self.fields[name].disabled = True


class SlugForm(ReferenceForm):
    """A definition known by its slug."""

    fixed = ("slug",)


class SourceForm(ReferenceForm):
    """A source: a kind cannot change either, because rules and observations depend on it."""

    fixed = ("slug", "kind")


class CategoryForm(ReferenceForm):
    """A crime type with an offence: cases point at it and rules name it, so it is only ever added."""

    fixed = ("crime_type", "offence")


class AreaForm(ReferenceForm):
    """An area of a force, or a comparator."""

    fixed = ("force", "kind", "slug", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields and not self.instance.pk:
            choices = Area._meta.get_field("kind").flatchoices
            self.fields["kind"].choices = [pair for pair in choices if pair[0] in ADDED_AREAS]  # type: ignore[attr-defined]
        if "parent" in self.fields:
            self.fields["parent"].queryset = Area.objects.exclude(kind=AreaKind.SMALL_AREA)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Comparators belong to nobody; every other area lies in a higher one of its own force."""
        cleaned = super().clean() or {}
        kind, force, parent = cleaned.get("kind"), cleaned.get("force"), cleaned.get("parent")
        if kind in SHARED_AREAS and (force or parent):
            self.add_error("force", "A comparator belongs to no force and lies in no other area. Leave both blank.")
        elif kind and kind not in SHARED_AREAS and force is None and "force" not in self.errors:
            self.add_error("force", "Choose the force this area belongs to.")
        elif force is not None and kind in ADDED_AREAS:
            levels = AREA_LEVELS[: AREA_LEVELS.index(AreaKind(kind))]
            if parent is None or parent.force_id != force.pk or parent.kind not in levels:
                self.add_error("parent", "Choose a higher area of the same force in which this one lies.")
        elif kind not in SHARED_AREAS and "parent" in self.changed_data:
            self.add_error("parent", "The force and its two remainder lines stay where they are.")
        return cleaned


class BreakdownValueForm(ReferenceForm):
    """A part of a breakdown, with the offences or flags that put a case into it."""

    fixed = ("slug",)
    offences = NamesField(Category, "offence")
    flags = NamesField(Flag, "slug")


class CaseRuleForm(ReferenceForm):
    """Which cases an indicator counts."""

    fixed = ("source",)
    crime_types = NamesField(Category, "crime_type")
    excluded_crime_types = NamesField(Category, "crime_type")
    offences = NamesField(Category, "offence")
    flags = NamesField(Flag, "slug")


class IndicatorForm(ReferenceForm):
    """A reference sheet."""

    fixed = ("key",)

    def clean(self) -> dict[str, Any]:
        """Say in words what the constraints of the table ask for."""
        cleaned = super().clean() or {}
        if cleaned.get("polarity") == Polarity.NEUTRAL and not cleaned.get("polarity_reason"):
            self.add_error("polarity_reason", "Write why neither direction is better.")
        for name, over_time in (("over_areas", False), ("over_time", True)):
            kind, rule = cleaned.get("kind"), cleaned.get(name)
            if kind and rule and not may_aggregate(Kind(kind), Aggregation(rule), over_time=over_time):
                self.add_error(name, AGGREGATION_FAULTS[Aggregation(rule)])
        if cleaned.get("parent") and cleaned["parent"].pk == self.instance.pk:
            self.add_error("parent", "An indicator cannot be part of itself.")
        return cleaned


class FormulaForm(ReferenceForm):
    """What a composite is multiplied and divided by; its terms stand below."""

    fixed = ("indicator",)


class PartField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A part of some breakdown, named with the breakdown it belongs to."""

    def label_from_instance(self, obj: Any) -> str:
        """Return breakdown and part."""
        return f"{obj.breakdown.name}: {obj.name}"


class TermForm(forms.ModelForm):  # type: ignore[type-arg]
    """One term of a formula."""

    part = PartField(BreakdownValue.objects.select_related("breakdown"), required=False, empty_label="All parts")


class TermFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The terms of a formula, judged together with all other formulas."""

    def clean(self) -> None:
        """Say everything that is wrong with the formula."""
        super().clean()
        if any(self.errors) or self.instance.indicator_id is None:
            return
        kept = [form for form in self.forms if form not in self.deleted_forms]
        terms = [form.instance for form in kept if form.instance.pk or form.has_changed()]
        terms.sort(key=lambda one: one.position)
        key = self.instance.indicator.key
        found = faults(key, as_value(self.instance, terms), ingredients(), formulas_by_key())
        if found:
            raise ValidationError(found)


class ExhibitForm(ReferenceForm):
    """A table or chart; its definition is tried on the newest figures before it is kept."""

    fixed = ("key",)
    definition = DefinitionField(widget=UnfoldAdminTextareaWidget)
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened"].initial = state_of(self.instance) if self.instance.pk else ""

    def clean(self) -> dict[str, Any]:
        """Compute the exhibit once, so that a definition that does not work is refused here."""
        cleaned = super().clean() or {}
        definition = cleaned.get("definition")
        if self.instance.pk and cleaned.get("opened") != self.fields["opened"].initial:
            self.add_error(None, CHANGED)
        if definition is None or self.errors:
            return cleaned
        given = Exhibit(key=cleaned["key"], title=cleaned["title"], definition=definition)
        for words in trial(given, book_for(definition))[1]:
            self.add_error("definition", words)
        return cleaned
