"""Reference data in the admin, for analysts: added and changed, never deleted.

`REFERENCE_ADMINS` is what a site registers. Names by which texts, rules and files refer to a definition are fixed once
it exists. A change that moves figures is followed by new figures under a new data version, in the same transaction.
"""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm
from unfold.admin import ModelAdmin, StackedInline
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from indicators.actions import definitions, exhibits, sheets
from indicators.forms.admin import (
    AreaForm,
    BreakdownValueForm,
    CaseRuleForm,
    CategoryForm,
    ExhibitForm,
    FormulaForm,
    IndicatorForm,
    SlugForm,
    SourceForm,
    TermForm,
    TermFormSet,
)
from indicators.models.area import Area
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.category import Category, Flag
from indicators.models.exhibit import Exhibit
from indicators.models.formula import Formula, FormulaTerm
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.population import Population
from indicators.models.portfolio import Portfolio
from indicators.models.sheet import DefinitionVersion, FrameworkCode, PartOf
from indicators.models.source import DataSource
from indicators.readers.problems import FileRefused
from indicators.resources import (
    LARGEST_FILE,
    CategoryResource,
    FlagResource,
    LockedResource,
    PortfolioResource,
    SignedUpload,
    TableCsv,
    TableXlsx,
    problem_line,
)

PROBLEMS_SHOWN = 20


def _changed(form: Any) -> set[str]:
    return set(form.changed_data) if form.has_changed() else set()


class ReferenceAdmin(ModelAdmin):  # type: ignore[misc]
    """One table of reference data.

    `figure_fields`: a change of one of these moves figures; with `moves_when_added` a new row does.
    """

    permission: ClassVar[str] = "admin.reference"
    figure_fields: ClassVar[frozenset[str]] = frozenset()
    moves_when_added: ClassVar[bool] = False
    actions = None
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    show_facets = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes reference data: figures and texts point at it."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show a table on the index only to those who keep it; a look at one column of it is no reason."""
        return bool(self.has_change_permission(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: "list[BaseFormSet[Any]]", change: bool) -> None:
        """Save what hangs on the object, then let the figures follow."""
        super().save_related(request, form, formsets, change)
        sheets.require_sound_formulas()
        changed = _changed(form) if change or self.moves_when_added else set()
        changed = changed.union(*(_changed(inner) for formset in formsets for inner in formset.forms))
        if changed & self.figure_fields:
            reason = f"{self.opts.verbose_name} “{form.instance}” changed in the admin"
            definitions.take_new_figures(by=request.person, reason=reason)  # type: ignore[attr-defined]


class TableImportForm(ImportForm):  # type: ignore[misc]
    """The first step: a small file."""

    def clean_import_file(self) -> Any:
        """Refuse a large file before it is read."""
        upload = self.cleaned_data["import_file"]
        if upload.size > LARGEST_FILE:
            raise ValidationError(f"The file is larger than {LARGEST_FILE // 1000} kB. Split it into several files.")
        return upload


class TableConfirmForm(ConfirmImportForm):  # type: ignore[misc]
    """The second step: the previewed file comes back, signed."""

    format = forms.ChoiceField(choices=[("0", "CSV"), ("1", "XLSX")], widget=forms.HiddenInput())
    resource = forms.ChoiceField(choices=[("0", "0"), ("", "")], widget=forms.HiddenInput(), required=False)


class TableAdmin(ImportExportMixin, ReferenceAdmin):  # type: ignore[misc]
    """A table that can also be loaded from a file: preview, then confirm, all rows or none."""

    import_form_class = TableImportForm
    confirm_form_class = TableConfirmForm
    export_form_class = ExportForm
    tmp_storage_class = SignedUpload
    export_formats = (TableCsv, TableXlsx)
    to_encoding = "utf-8-sig"
    table: ClassVar[type[LockedResource]]

    def get_resource_classes(self, request: HttpRequest) -> list[type[LockedResource]]:
        """Return the one resource of the table."""
        return [self.table]

    def get_import_formats(self) -> list[Any]:
        """Return the two formats, told which columns to expect."""
        return [partial(kind, columns=self.table.column_names()) for kind in (TableCsv, TableXlsx)]

    def get_tmp_storage_class_kwargs(self) -> dict[str, str]:
        """Sign a file for this table alone."""
        return {"salt": f"import of {self.opts.label_lower}"}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """All rows or none, also where a row breaks a rule of its table."""
        return {"use_transactions": True, "rollback_on_validation_errors": True}

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Export the whole table; it is small, and no filter of the address is obeyed."""
        queryset: QuerySet[Any] = self.get_queryset(request)
        return queryset.order_by(*self.table._meta.fields)

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        """Say everything that is wrong with a file, with its place."""
        if not isinstance(e, FileRefused):
            raise e
        for problem in e.problems.lines()[:PROBLEMS_SHOWN]:
            form.add_error("import_file", problem_line(problem))

    def process_import(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Apply a previewed file; one that was changed or is too old is refused."""
        if request.method == "POST" and self.has_import_permission(request):
            if not self.create_confirm_form(request).is_valid():
                return self._refuse_import(request)
            try:
                return super().process_import(request, **kwargs)
            except (BadSignature, FileRefused):
                return self._refuse_import(request)
        return super().process_import(request, **kwargs)

    def process_result(self, result: Any, request: HttpRequest) -> Any:
        """Report what was done, or that nothing was."""
        if result.has_errors() or result.has_validation_errors():
            return self._refuse_import(request)
        return super().process_result(result, request)

    def _refuse_import(self, request: HttpRequest) -> HttpResponseRedirect:
        messages.error(request, "Nothing was imported: the preview no longer holds. Send the file again.")
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))


class PortfolioAdmin(TableAdmin):
    """Portfolios."""

    form = SlugForm
    table = PortfolioResource
    list_display = ("name", "slug")
    search_fields = ("name", "slug")


class FlagAdmin(TableAdmin):
    """Flags of cases."""

    form = SlugForm
    table = FlagResource
    list_display = ("name", "slug")


class CategoryAdmin(TableAdmin):
    """Crime types and offences."""

    form = CategoryForm
    table = CategoryResource
    list_display = ("crime_type", "offence")
    search_fields = ("crime_type", "offence")


class DataSourceAdmin(ReferenceAdmin):
    """Sources."""

    form = SourceForm
    figure_fields = frozenset({"checked_to"})
    list_display = ("name", "kind", "checked_to", "is_synthetic", "is_invented")


class AreaAdmin(ReferenceAdmin):
    """Areas; whole maps are loaded from a file by `manage.py load_areas`."""

    form = AreaForm
    figure_fields = frozenset({"parent"})
    list_display = ("name", "kind", "code", "parent", "force")
    list_filter = ("kind",)
    list_select_related = ("parent", "force")
    search_fields = ("name", "code")


class BreakdownValueInline(StackedInline):  # type: ignore[misc]
    """The parts of a breakdown."""

    model = BreakdownValue
    form = BreakdownValueForm
    extra = 0
    can_delete = False


class BreakdownAdmin(ReferenceAdmin):
    """Breakdowns."""

    form = SlugForm
    figure_fields = frozenset({"is_exclusive", "slug", "offences", "flags"})
    inlines = (BreakdownValueInline,)
    list_display = ("name", "slug", "is_exclusive")


class CaseRuleInline(StackedInline):  # type: ignore[misc]
    """The rule by which an indicator counts cases."""

    model = CaseRule
    form = CaseRuleForm
    extra = 0
    max_num = 1
    can_delete = False


class DefinitionVersionInline(StackedInline):  # type: ignore[misc]
    """The later definitions of an indicator, each from a day on; another can be added, none changed."""

    model = DefinitionVersion
    fields = ("starts_on", "definition", "reason")
    extra = 0
    can_delete = False


class FrameworkCodeInline(StackedInline):  # type: ignore[misc]
    """The codes under which frameworks know an indicator."""

    model = FrameworkCode
    extra = 0


class PartOfInline(StackedInline):  # type: ignore[misc]
    """Further wholes that an indicator is part of."""

    model = PartOf
    fk_name = "indicator"
    extra = 0


class IndicatorAdmin(ReferenceAdmin):
    """Reference sheets. Where a measure stands in the appendix comes from the definitions file."""

    form = IndicatorForm
    figure_fields = frozenset(
        {
            "over_areas", "over_time", "kind", "breakdown", "source", "starts_on", "crime_types",
            "excluded_crime_types", "offences", "flags",
        }
    )  # fmt: skip
    exclude = ("appendix",)
    inlines = (CaseRuleInline, DefinitionVersionInline, FrameworkCodeInline, PartOfInline)
    list_display = ("name", "key", "portfolio", "kind", "unit", "polarity")
    list_filter = ("portfolio",)
    list_select_related = ("portfolio",)
    search_fields = ("name", "key")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save what hangs on the indicator; a new definition by its own action."""
        if formset.model is not DefinitionVersion:
            super().save_formset(request, form, formset, change)
            return
        by = request.person  # type: ignore[attr-defined]
        for one in formset.save(commit=False):
            sheets.redefine(form.instance, one.definition, one.starts_on, by=by, reason=one.reason)


class TermInline(StackedInline):  # type: ignore[misc]
    """The terms of a formula."""

    model = FormulaTerm
    form = TermForm
    formset = TermFormSet
    extra = 0


class FormulaAdmin(ReferenceAdmin):
    """Formulas of composite indicators."""

    form = FormulaForm
    figure_fields = frozenset(
        {
            "multiplier", "population", "is_per_month", "is_annualised", "side", "indicator", "part", "is_subtracted",
            "is_as_at", "DELETE",
        }
    )  # fmt: skip
    moves_when_added = True
    inlines = (TermInline,)
    list_display = ("indicator", "multiplier", "population", "is_per_month", "is_annualised")
    list_select_related = ("indicator",)
    search_fields = ("indicator__name", "indicator__key")


class PopulationAdmin(ReferenceAdmin):
    """Mid-year estimates. A release is written once; a later one is another row."""

    figure_fields = frozenset({"value"})
    moves_when_added = True
    list_display = ("area", "kind", "part", "mid_year", "value", "release", "released_on")
    list_filter = ("kind", "mid_year")
    list_select_related = ("area", "part")
    search_fields = ("area__name", "release")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the table to those who add to it."""
        return bool(self.has_add_permission(request))


class ExhibitAdmin(ReferenceAdmin):
    """Tables and charts."""

    form = ExhibitForm
    list_display = ("title", "key", "portfolio")
    list_select_related = ("portfolio",)
    search_fields = ("title", "key")

    def save_model(self, request: HttpRequest, obj: Exhibit, form: Any, change: bool) -> None:
        """Save by the action that the page of an exhibit uses."""
        opened = form.cleaned_data["opened"] if change else None
        exhibits.save(obj, by=request.person, opened=opened)  # type: ignore[attr-defined]


REFERENCE_ADMINS: dict[type[models.Model], type[ReferenceAdmin]] = {
    Portfolio: PortfolioAdmin,
    DataSource: DataSourceAdmin,
    Area: AreaAdmin,
    Category: CategoryAdmin,
    Flag: FlagAdmin,
    Breakdown: BreakdownAdmin,
    Indicator: IndicatorAdmin,
    Formula: FormulaAdmin,
    Population: PopulationAdmin,
    Exhibit: ExhibitAdmin,
}
