"""The read-only API: reference sheets and figures, as JSON and as flat CSV for Excel and Power BI.

Nothing but what is listed in `parameters` may be asked for, and one answer holds at most 500 records. Answers carry an
ETag made of the data version, the definitions and the address, so that asking again for the same costs little.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import F, Max, Prefetch, Q
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from drf_spectacular.views import SpectacularAPIView
from rest_framework import exceptions, serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from indicators import queries
from indicators.choices import AreaKind, Window
from indicators.exports import figure_record, spreadsheet_text, target_record
from indicators.figures import AS_KNOWN_NOW, Figure
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.dated_note import DatedNote
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.observation import Observation
from indicators.models.portfolio import Portfolio
from indicators.models.sheet import DefinitionVersion
from indicators.models.source import DataSource
from indicators.models.target import Target
from indicators.periods import Quarter

MOST_RECORDS = 500
USUAL_RECORDS = 100
# Every other column is text and is escaped in CSV.
NUMBERS = {"value", "previous", "change", "change_percent", "share_percent", "since_version", "decimals", "definition"}
LISTS = ("indicators", "figures")
DEFINED = (Portfolio, DataSource, Breakdown, BreakdownValue, Indicator, CaseRule, DefinitionVersion, Target, DatedNote)


class CsvRenderer(BaseRenderer):
    """Flat CSV in UTF-8 with a byte order mark: texts are kept from opening as formulas, numbers stay numbers."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the records of a page, or the words of a refusal, as lines."""
        shown = data if isinstance(data, dict) else {}
        records = next((shown[name] for name in LISTS if name in shown), [shown])
        columns = list(shown) if "detail" in shown else getattr((renderer_context or {}).get("view"), "columns", ())
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(columns)
        writer.writerows([_cell(name, record.get(name)) for name in columns] for record in records)
        return lines.getvalue().encode("utf-8-sig")


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = "; ".join(_words(part) for part in value)
    return str(value) if name in NUMBERS else spreadsheet_text(str(value))


def _words(part: Any) -> str:
    """Return one entry of a list within a record; of a target its printed words, or what it asks."""
    return str(part["printed"] or part["meaning"]) if isinstance(part, dict) else str(part)


@dataclass(frozen=True, slots=True)
class Page:
    """Which records of an answer are given: at most 500, from the offset on."""

    limit: int
    offset: int

    def cut(self, rows: Iterable[Any]) -> Iterable[Any]:
        """Return the page's part of some rows."""
        return islice(rows, self.offset, self.offset + self.limit)

    def place(self, request: Request, count: int) -> dict[str, Any]:
        """Return how many records there are, and the address of the next page."""
        end = self.offset + self.limit
        following = {**request.query_params.dict(), "limit": self.limit, "offset": end}
        address = request.build_absolute_uri(f"{request.path}?{urlencode(following)}")
        return {"count": count, "next": address if end < count else None}


def refuse(words: str) -> exceptions.ValidationError:
    """Return the error for a question that cannot be answered, in words: status 400."""
    return exceptions.ValidationError({"detail": words})


def whole_number(name: str, text: str, least: int, most: int) -> int:
    """Read a parameter. Raises a 400 when it is not a whole number between the two bounds."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise refuse(f"{name}: “{text[:40]}” is not a whole number from {least} to {most}.")
    return int(text)


class ApiView(APIView):
    """A door of the API: one permission, named parameters, reading only."""

    permission: ClassVar[str] = "api.read"
    parameters: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[str, ...]] = ()
    http_method_names = ["get", "head", "options"]
    renderer_classes = [JSONRenderer, CsvRenderer]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view with its permission, as the access test reads it."""
        view: Any = super().as_view(**initkwargs)
        view.permission = cls.permission
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is not reading, then ask who it is, then look at the parameters."""
        if (request.method or "").lower() not in self.http_method_names:
            raise exceptions.MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        for name, values in request.query_params.lists():
            if name not in {*self.parameters, "format"}:
                known = ", ".join((*self.parameters, "format"))
                raise refuse(f"There is no parameter “{name[:40]}”. The parameters are: {known}.")
            if len(values) > 1:
                raise refuse(f"{name} is given more than once.")

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> Any:
        """Ask strangers to sign in; to others without the role there is nothing here."""
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        raise Http404

    def page(self, request: Request) -> Page:
        """Read the page that is asked for."""
        limit = whole_number("limit", request.query_params.get("limit", str(USUAL_RECORDS)), 1, MOST_RECORDS)
        return Page(limit, whole_number("offset", request.query_params.get("offset", "0"), 0, 10_000_000))

    def respond(self, request: Request, version: str, make: Callable[[], dict[str, Any]]) -> HttpResponse | Response:
        """Answer with what `make` returns, or with 304 when the asker has it already. `make` runs only if needed."""
        renderer = getattr(request, "accepted_renderer", None)
        sort_of = (renderer.format if renderer else "", request.path, sorted(request.query_params.items()))
        etag = f'"{hashlib.sha256(repr((version, sort_of, definitions_print())).encode()).hexdigest()[:32]}"'
        response = get_conditional_response(request._request, etag=etag) or Response(make())
        response["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        return response


def definitions_print() -> str:
    """Return a fingerprint of everything that names or shapes a figure. One query for each table."""
    rows = [list(model._default_manager.order_by("pk").values_list()) for model in DEFINED]
    areas = Area.objects.exclude(kind=AreaKind.SMALL_AREA).order_by("pk").values_list()
    return hashlib.sha256(repr((rows, list(areas))).encode()).hexdigest()


def sheet(indicator: Indicator) -> dict[str, Any]:
    """Return the reference sheet of an indicator loaded by `sheets`."""
    rule = getattr(indicator, "case_rule", None)
    source = rule.source if rule else indicator.source
    return {
        "key": indicator.key,
        "name": indicator.name,
        "portfolio": indicator.portfolio.name,
        "unit": indicator.unit,
        "kind": indicator.kind,
        "decimals": indicator.decimals,
        "polarity": indicator.polarity,
        "polarity_reason": indicator.polarity_reason,
        "definition": indicator.current_definition,
        "owner": indicator.owner,
        "method": indicator.method,
        "footnote": indicator.footnote,
        "source": source.slug if source else None,
        "source_name": source.name if source else None,
        "counted_from": rule.starts_on.isoformat() if rule else None,
        "parts": [part.slug for part in indicator.breakdown.values.all()] if indicator.breakdown else [],
        "targets": [_target(target) for target in indicator.targets.all()],
    }


def _target(target: Target) -> dict[str, Any]:
    about = {name: getattr(target, name) for name in ("rationale", "owner", "note")}
    return {**target_record(target.rule), **about}


def sheets() -> Any:
    """Return the indicators with all that their sheets show. Five queries, however many there are."""
    oldest = F("starts_on").asc(nulls_first=True)
    targets = Prefetch("targets", Target.objects.select_related("part").order_by(oldest, "pk"))
    rows = Indicator.objects.select_related("portfolio", "source", "breakdown", "case_rule__source")
    return rows.prefetch_related("breakdown__values", targets, "definition_versions").order_by("position", "key")


SHEET_FIELDS: dict[str, serializers.Field[Any, Any, Any, Any]] = {
    **{name: serializers.CharField() for name in ("key", "name", "portfolio", "unit", "kind")},
    "decimals": serializers.IntegerField(),
    **{name: serializers.CharField() for name in ("polarity", "polarity_reason", "definition", "owner", "method")},
    "footnote": serializers.CharField(),
    **{name: serializers.CharField(allow_null=True) for name in ("source", "source_name")},
    "counted_from": serializers.DateField(allow_null=True),
    "parts": serializers.ListField(child=serializers.CharField()),
    "targets": serializers.ListField(child=serializers.DictField()),
}
FIGURE_FIELDS: dict[str, serializers.Field[Any, Any, Any, Any]] = {
    **{name: serializers.CharField() for name in ("key", "indicator", "part", "area", "name", "window")},
    **{name: serializers.DateField(allow_null=True) for name in ("start", "end")},
    **{name: serializers.CharField() for name in ("period", "unit")},
    "value": serializers.CharField(allow_null=True, help_text="As stored, unrounded; a point for decimals."),
    "text": serializers.CharField(help_text="As reports print it."),
    **{name: serializers.CharField(allow_null=True) for name in ("status", "basis", "qualifier", "previous")},
    **{name: serializers.CharField() for name in ("previous_text", "previous_period")},
    "vintage": serializers.CharField(help_text="When the value was known: now, or at a data version."),
    "previous_vintage": serializers.CharField(help_text="When the value before was known; empty without one."),
    **{name: serializers.CharField(allow_null=True) for name in ("change", "change_percent")},
    "change_text": serializers.CharField(),
    **{name: serializers.CharField(allow_null=True) for name in ("direction", "share_percent", "share_text", "target")},
    "target_state": serializers.CharField(allow_null=True, help_text="met, not-met or not-assessable."),
    "target_result": serializers.CharField(allow_null=True, help_text="The result with its reason."),
    "definition": serializers.IntegerField(allow_null=True),
    "missing_months": serializers.ListField(child=serializers.DateField()),
    "notes": serializers.ListField(child=serializers.CharField()),
    "source": serializers.CharField(allow_null=True),
    "since_version": serializers.IntegerField(allow_null=True),
}
# The library empties the dictionary it is given: it gets a copy.
SHEET = inline_serializer("Sheet", {**SHEET_FIELDS})
PAGED: dict[str, serializers.Field[Any, Any, Any, Any]] = {
    "count": serializers.IntegerField(),
    "next": serializers.URLField(allow_null=True),
}
PAGING = [
    OpenApiParameter("limit", int, description=f"Records in one answer: {USUAL_RECORDS}, at most {MOST_RECORDS}."),
    OpenApiParameter("offset", int, description="How many records to leave out first."),
]
REFUSED = OpenApiResponse(OpenApiTypes.OBJECT, "The question cannot be answered; `detail` says why.")


class IndicatorsView(ApiView):
    """The reference sheets of all indicators."""

    parameters = ("limit", "offset")
    columns = tuple(SHEET_FIELDS)

    @extend_schema(
        operation_id="indicators",
        parameters=PAGING,
        responses={
            200: inline_serializer("Sheets", {**PAGED, "indicators": type(SHEET)(many=True)}),
            400: REFUSED,
        },
    )
    def get(self, request: Request) -> HttpResponse | Response:
        """List the sheets in the order of the report."""
        page = self.page(request)

        def make() -> dict[str, Any]:
            found = [sheet(indicator) for indicator in sheets()]
            return {**page.place(request, len(found)), "indicators": list(page.cut(found))}

        return self.respond(request, "sheets", make)


class IndicatorView(ApiView):
    """The reference sheet of one indicator."""

    columns = tuple(SHEET_FIELDS)

    @extend_schema(
        operation_id="indicator",
        parameters=[OpenApiParameter("key", str, OpenApiParameter.PATH)],
        responses={200: SHEET, 404: OpenApiResponse(OpenApiTypes.OBJECT, "There is no indicator of this key.")},
    )
    def get(self, request: Request, key: str) -> HttpResponse | Response:
        """Give one sheet, or 404."""
        indicator = sheets().filter(key=key).first()
        if indicator is None:
            raise Http404
        return self.respond(request, "sheet", lambda: sheet(indicator))


class FiguresView(ApiView):
    """The figures of a force in a quarter, as known now or at a data version."""

    parameters = ("quarter", "force", "indicator", "at", "with_districts", "limit", "offset")
    columns = tuple(FIGURE_FIELDS)

    @extend_schema(
        operation_id="figures",
        parameters=[
            OpenApiParameter("quarter", str, description="For example 2020-21-Q2; the newest without."),
            OpenApiParameter("force", str, description="Short name; not needed where there is one force."),
            OpenApiParameter("indicator", str, description="Key of one indicator; all without."),
            OpenApiParameter("at", int, description="Data version; the newest without."),
            OpenApiParameter("with_districts", str, enum=["0", "1"], description="1 adds divisions and districts."),
            *PAGING,
        ],
        responses={
            200: inline_serializer(
                "Figures",
                {
                    **{name: serializers.CharField(allow_null=True) for name in ("force", "quarter")},
                    "version": serializers.IntegerField(),
                    **PAGED,
                    "figures": inline_serializer("Figure", {**FIGURE_FIELDS}, many=True),
                },
            ),
            400: REFUSED,
        },
    )
    def get(self, request: Request) -> HttpResponse | Response:
        """List the figures in the order of the reference sheets."""
        asked = request.query_params
        page, force, key = self.page(request), _force(asked.get("force")), asked.get("indicator")
        at, version = _versions(force, asked.get("at"))
        quarter = _quarter(asked.get("quarter"), force, at)
        if key is not None and not Indicator.objects.filter(key=key).exists():
            raise refuse(f"indicator: there is no indicator “{key[:60]}”. /api/indicators/ lists them.")
        wide = {"0": False, "1": True}.get(asked.get("with_districts", "0"))
        if wide is None:
            raise refuse("with_districts: write 1 or 0.")

        def make() -> dict[str, Any]:
            found: list[Figure] = []
            if quarter is not None:
                keys = [key] if key is not None else None
                book = queries.figure_book(force, quarter, version, keys=keys, with_districts=wide)
                # The newest version is read by its number, so that no import slips in between.
                book.known = book.known if at is not None else AS_KNOWN_NOW
                found = list(book.of_quarter())
            about = {"force": force.slug, "quarter": quarter.key if quarter else None, "version": version}
            records = [figure_record(figure) for figure in page.cut(found)]
            return {**about, **page.place(request, len(found)), "figures": records}

        return self.respond(request, f"{force.slug} {version} {quarter}", make)


def _versions(force: Force, text: str | None) -> tuple[int | None, int]:
    """Return the data version asked for, if any, and the one to read: pinned, so that no import can slip in between."""
    newest = queries.newest_version(force)
    if text is not None and not newest:
        raise refuse("at: nothing was loaded yet.")
    at = whole_number("at", text, 1, newest) if text is not None else None
    return at, at or newest


def _force(slug: str | None) -> Force:
    """Return the force that is meant; a 400 names those there are."""
    forces = list(Force.objects.order_by("slug"))
    found = [force for force in forces if slug in (None, force.slug)]
    if len(found) != 1:
        known = ", ".join(force.slug for force in forces) or "none yet"
        words = f"there is no force “{slug[:60]}”" if slug is not None else "name one force"
        raise refuse(f"force: {words}. The forces are: {known}.")
    return found[0]


def _quarter(text: str | None, force: Force, at: int | None) -> Quarter | None:
    """Return the quarter that is meant, by default the newest known then; a 400 when nothing is held for it."""
    if text is None:
        monthly = Aggregate.objects.filter(queries.held_at(at), force=force, window=Window.MONTH)
        end = monthly.aggregate(newest=Max("end"))["newest"]
        return Quarter.containing(end) if end else None
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        raise refuse(f"quarter: {error}") from error
    within = Q(end__range=(quarter.start, quarter.end)) | Q(reported_for=quarter.key)
    if not any(
        model._default_manager.filter(queries.held_at(at), within, force=force).exists()
        for model in (Aggregate, Observation)
    ):
        raise refuse(f"quarter: nothing is held for {quarter.key}{f' at data version {at}' if at else ''}.")
    return quarter


class SchemaView(ApiView, SpectacularAPIView):
    """The description of this API, as OpenAPI in YAML or JSON."""

    schema = None
    renderer_classes = SpectacularAPIView.renderer_classes
