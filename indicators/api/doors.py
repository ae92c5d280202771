"""The doors of the API: one permission, named parameters, reading only; lists in pages, and single records.

All but the description carry an ETag made of the address and of what is answered, so that asking again for the same
sends nothing twice.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from indicators.api import asked as asking
from indicators.api import paging
from indicators.api.asked import CURSOR, LIMIT, OF_SCOPE, Asked, Parameter, Scope
from indicators.api.describing import Described, ViewSchema, listed
from indicators.api.paging import Key, Keyed, Record
from indicators.api.rendering import CsvRenderer, lines

FORMAT = Parameter("format", "json or csv; without, what the header Accept asks for.", ("json", "csv"))


class ApiView(APIView):
    """A door: what it is called, who may open it, what it depends on, and how a record of it looks."""

    name: ClassVar[str]
    permission: ClassVar[str] = "api.read"
    scope: ClassVar[Scope] = Scope.EVERYTHING
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    in_path: ClassVar[Mapping[str, str]] = {}
    record: ClassVar[type[Described] | None] = None
    http_method_names = ["get", "head", "options"]
    renderer_classes = [JSONRenderer, CsvRenderer]
    schema = ViewSchema()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view with its permission, as the access test reads it."""
        view: Any = super().as_view(**initkwargs)
        view.permission = cls.permission
        return view

    @classmethod
    def reads(cls) -> dict[str, Parameter]:
        """Return every parameter of an address by its name."""
        return {one.name: one for one in (*OF_SCOPE[cls.scope], *cls.parameters, FORMAT)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is not reading, then ask who it is."""
        if (request.method or "").lower() not in self.http_method_names:
            raise exceptions.MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if not all(name.isprintable() for name in kwargs.values()):
            raise Http404

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> Any:
        """Ask strangers to sign in; to others without the role there is nothing here."""
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        raise Http404

    def asked(self, request: Request) -> Asked:
        """Read what is asked for, or refuse it in words."""
        return asking.read(self.scope, self.reads(), dict(request.query_params.lists()))

    def answer_described(self) -> Any:
        """Return the form of an answer for the description."""
        return self.record

    def respond(self, request: Request, body: bytes, address: str | None = None) -> HttpResponse:
        """Answer with a body, or with 304 when the asker has it already; `address` is that of the next page."""
        renderer = request.accepted_renderer
        print_of = hashlib.sha256(f"{request.get_full_path()} {renderer.format} ".encode() + body)
        etag = f'"{print_of.hexdigest()[:32]}"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            response = HttpResponse(body, content_type=f"{renderer.media_type}; charset=utf-8")
        response["ETag"] = etag
        if address:
            response["Link"] = f'<{address}>; rel="next"'
        patch_cache_control(response, private=True, no_cache=True)
        return response


class Listing(ApiView):
    """A list of records in pages."""

    @classmethod
    def reads(cls) -> dict[str, Parameter]:
        """Return the parameters with those of paging."""
        return {**super().reads(), LIMIT.name: LIMIT, CURSOR.name: CURSOR}

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the records behind a key with their keys, in the order of the keys; no more than `most` are taken."""
        raise NotImplementedError

    def answer_described(self) -> Any:
        """Return the form of a page."""
        return listed(self.name, self.fields(), self.scope)

    @classmethod
    def fields(cls) -> type[Described]:
        """Return how a record looks."""
        if cls.record is None:
            raise TypeError(f"{cls.__name__} does not say how its records look")
        return cls.record

    def get(self, request: Request, **place: Any) -> HttpResponse:
        """Give a page of the list; as CSV, without a limit, all of it."""
        asked = self.asked(request)
        given = {**asked.given, **asked.pins}
        question = paging.question(request.path, given)
        after = paging.behind(asked.given.get(CURSOR.name), question)
        limit = asked.given.get(LIMIT.name)
        as_csv = request.accepted_renderer.format == "csv"
        if as_csv and limit is None:
            records = _all(self.rows(asked, after, asking.MOST_LINES + 1))
            return self.respond(request, lines(self.fields().columns(), self.fields().numbers(), records))
        size = asking.whole_number(LIMIT.name, limit or str(asking.USUAL_RECORDS), 1, asking.MOST_RECORDS)
        page = paging.cut(self.rows(asked, after, size + 1), size, question)
        address = self._next(request, given, page.cursor)
        if as_csv:
            body = lines(self.fields().columns(), self.fields().numbers(), page.records)
        else:
            body = JSONRenderer().render({**self.about(asked), "next": address, self.name: page.records})
        return self.respond(request, body, address)

    def about(self, asked: Asked) -> dict[str, object]:
        """Return what the answer speaks of, as far as the list depends on it."""
        names = {Scope.FORCE: ["force"], Scope.VERSION: ["force", "version"], Scope.QUARTER: list(asked.about)}
        return {name: asked.about[name] for name in names.get(self.scope, [])}

    def _next(self, request: Request, given: Mapping[str, str], cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return request.build_absolute_uri(f"{request.path}?{urlencode({**given, CURSOR.name: cursor})}")


def _all(rows: Keyed) -> Iterator[Record]:
    """Yield every record; a list that is too long for one file is refused rather than cut."""
    for at, (_, record) in enumerate(rows):
        if at == asking.MOST_LINES:
            raise asking.refuse(
                f"limit: there are more than {asking.MOST_LINES:,} records. Ask for fewer, or in pages with a limit."
            )
        yield record


class Single(ApiView):
    """One record."""

    def found(self, asked: Asked) -> Record | None:
        """Return the record; None where there is none."""
        raise NotImplementedError

    def get(self, request: Request, **place: Any) -> HttpResponse:
        """Give the record, or 404."""
        record = self.found(self.asked(request))
        if record is None:
            raise Http404
        if request.accepted_renderer.format == "csv" and self.record is not None:
            return self.respond(request, lines(self.record.columns(), self.record.numbers(), [record]))
        return self.respond(request, JSONRenderer().render(record))


class SchemaView(ApiView):
    """The description of this API, as OpenAPI 3.1."""

    name = "schema"
    renderer_classes = [OpenApiJsonRenderer2]

    @classmethod
    def reads(cls) -> dict[str, Parameter]:
        """Return the one parameter: the description is no table."""
        return {FORMAT.name: Parameter(FORMAT.name, "There is no other.", ("json",))}

    def get(self, request: Request) -> Response:
        """Give the description."""
        self.asked(request)
        generator: Any = SchemaGenerator
        return Response(generator().get_schema(request=request, public=True))
