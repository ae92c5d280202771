"""The OpenAPI description: made of what the views declare, the parameters and records that they read and write."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_field, inline_serializer
from rest_framework import serializers

from indicators.api.asked import Parameter, Scope
from indicators.choices import Window

NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
CSV = "text/csv"
NOT_ACCEPTABLE = 406
REFUSALS = {
    400: "The question cannot be answered; `detail` says why, and what may be asked.",
    401: "Nobody is signed in, and the key is not there or no longer good.",
    403: "Nobody is signed in, and a browser asks.",
    404: "There is nothing here, or nothing for you.",
    NOT_ACCEPTABLE: "None of the formats is accepted.",
}
UNCHANGED = "What was sent as If-None-Match still holds."


class Described(serializers.Serializer[Any]):
    """What one record has: names, types and words, in the order of the columns of CSV.

    Records are plain dictionaries. These classes only say how they look; a test holds every answer against them.
    """

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the names of the fields in their order."""
        return tuple(cls().fields)

    @classmethod
    def numbers(cls) -> frozenset[str]:
        """Return the fields whose texts are numbers."""
        kinds = (ExactNumber, serializers.IntegerField)
        return frozenset(name for name, one in cls().fields.items() if isinstance(one, kinds))


def described(name: str, words: str, fields: Mapping[str, serializers.Field[Any, Any, Any, Any]]) -> type[Described]:
    """Describe a record by its name, what it is, and its fields in their order."""
    return type(name, (Described,), {"__doc__": words, "__module__": __name__, **fields})


@extend_schema_field({"type": "string", "format": "decimal", "pattern": NUMBER})
class ExactNumber(serializers.CharField):
    """A decimal number as text, so that no reader cuts its digits: a minus sign, digits, a point for decimals."""


def number(words: str) -> ExactNumber:
    """Describe a decimal number; null where there is none."""
    return ExactNumber(allow_null=True, help_text=words)


def whole(words: str = "", *, empty: bool = False) -> serializers.IntegerField:
    """Describe a whole number."""
    return serializers.IntegerField(help_text=words, allow_null=empty)


def text(words: str = "", *, empty: bool = False) -> serializers.CharField:
    """Describe a text; with `empty` null where there is none."""
    return serializers.CharField(help_text=words, allow_null=empty)


def texts(words: str = "") -> serializers.ListField:
    """Describe a list of texts."""
    return serializers.ListField(child=serializers.CharField(), help_text=words)


def one_of(choices: Any, words: str = "", *, empty: bool = False) -> serializers.ChoiceField:
    """Describe a text that is one word of a vocabulary."""
    return serializers.ChoiceField([one.value for one in choices], help_text=words, allow_null=empty)


def on_day(words: str = "") -> serializers.DateField:
    """Describe a day; null where there is none."""
    return serializers.DateField(allow_null=True, help_text=words)


def moment(words: str = "") -> serializers.DateTimeField:
    """Describe a moment with its time zone; null where there is none."""
    return serializers.DateTimeField(allow_null=True, help_text=words)


def truth(words: str = "") -> serializers.BooleanField:
    """Describe yes or no."""
    return serializers.BooleanField(help_text=words)


Fields = dict[str, serializers.Field[Any, Any, Any, Any]]


def of_what() -> Fields:
    """Describe the columns that say of what a number is. Lists are joined by `indicator`, `part` and `area`."""
    return {
        "indicator": text("Key of the indicator."),
        "indicator_name": text(),
        "part": text("Slug of the part; empty for the total."),
        "part_name": text(),
        "area": text("Slug of the area."),
        "area_name": text(),
    }


def of_when() -> Fields:
    """Describe the columns that say of which time a number is."""
    return {
        "window": one_of(Window),
        "start": on_day("First day of the period."),
        "end": on_day("Last day of the period."),
        "period": text("The period in words."),
    }


class Refusal(serializers.Serializer[Any]):
    """Why there is no answer, in words."""

    detail = text("What is wrong, where, and what may be asked.")


class ViewSchema(AutoSchema):
    """Describes a view by what it declares."""

    view: Any

    def get_operation_id(self) -> str:
        """Return the name of the resource."""
        return str(self.view.name)

    def get_tags(self) -> list[str]:
        """Return one tag for all."""
        return ["api"]

    def get_description(self) -> str:  # type: ignore[override]
        """Return the docstring of the view."""
        return str(type(self.view).__doc__)

    def get_override_parameters(self) -> list[Any]:
        """Describe what stands in the path, then the parameters."""
        found = [
            OpenApiParameter(name, str, OpenApiParameter.PATH, description=words)
            for name, words in self.view.in_path.items()
        ]
        return found + [_parameter(one) for one in self.view.reads().values() if one.name != "format"]

    def get_response_serializers(self) -> Any:
        """Describe every status: an answer in each format, unchanged, and each refusal."""
        words, record = str(type(self.view).__doc__), self.view.record
        media = [one.media_type for one in self.view.renderer_classes]
        answer = self.view.answer_described() if record else OpenApiTypes.OBJECT
        if record:
            words = f"{words} The columns of CSV: {', '.join(record.columns())}."
        found: dict[Any, Any] = {
            (200, one): OpenApiResponse(OpenApiTypes.STR if one == CSV else answer, words) for one in media
        }
        found[304] = OpenApiResponse(description=UNCHANGED)
        for status, reason in REFUSALS.items():
            for one in media:
                if status != NOT_ACCEPTABLE or one == media[0]:
                    found[(status, one)] = OpenApiResponse(OpenApiTypes.STR if one == CSV else Refusal, reason)
        return found


def tidy(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Take the library's own marks out of the description."""
    for component in result.get("components", {}).get("schemas", {}).values():
        for field in component.get("properties", {}).values():
            field.pop("x-spec-enum-id", None)
    return result


def _parameter(one: Parameter) -> OpenApiParameter:
    form: dict[str, Any] = {"type": "string"}
    if one.most:
        form = {"type": "integer", "minimum": 1, "maximum": one.most}
    if one.form:
        form["pattern"] = one.form
    if one.choices:
        form["enum"] = list(one.choices)
    words = f"{one.words} For example {one.example}." if one.example else one.words
    return OpenApiParameter(one.name, form, description=words)


def listed(name: str, record: type[Described], scope: Scope) -> Any:
    """Describe a page of a list: what it speaks of, the address of the next page, the records."""
    about: dict[str, Any] = {}
    if scope is not Scope.EVERYTHING:
        about["force"] = text("Short name of the force.")
    if scope is Scope.QUARTER:
        about["quarter"] = text("The quarter; null while nothing is held.", empty=True)
    if scope in {Scope.VERSION, Scope.QUARTER}:
        about["version"] = whole("Data version of all pages; 0 while nothing is held.")
    about["next"] = serializers.URLField(allow_null=True, help_text="Address of the next page; null on the last.")
    return inline_serializer(f"{record.__name__}Page", {**about, name: record(many=True)})
