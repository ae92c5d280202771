"""The definition of an exhibit as somebody types it: JSON read so that nothing of it can break what comes after."""

import json
from math import isfinite
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

DEEPEST = 20
TOO_DEEP = "This goes too deep. Write it with fewer brackets."
NO_NUMBER = "One of the numbers is too long, or is none (NaN, Infinity). Write plain numbers."


def document_of(text: str) -> dict[str, Any]:
    """Return the object that a text says. ValidationError, naming the line where it is no JSON."""
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as fault:
        raise ValidationError(f"Line {fault.lineno}: this is not JSON ({fault.msg}). Correct it.") from fault
    except RecursionError as fault:
        raise ValidationError(TOO_DEEP) from fault
    except ValueError as fault:  # what is no number, and whole numbers of more digits than Python reads
        raise ValidationError(NO_NUMBER) from fault
    if not isinstance(found, dict):
        raise ValidationError("Write one object in braces.")
    words = _fault(found)
    if words:
        raise ValidationError(words)
    if "kind" in found and not isinstance(found["kind"], str):
        raise ValidationError("“kind” is not a text. Write it in quotation marks.")
    return found


def _no_number(name: str) -> float:
    raise ValueError(name)


def _fault(document: dict[str, Any]) -> str:
    """Why a document cannot be stored or read; its values are looked at one by one, however deep they lie."""
    waiting: list[tuple[Any, int]] = [(document, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, dict | list):
            if depth > DEEPEST:
                return TOO_DEEP
            inner = [*node, *node.values()] if isinstance(node, dict) else node
            waiting += [(one, depth + 1) for one in inner]
        elif isinstance(node, str) and ("\x00" in node or any("\ud800" <= one <= "\udfff" for one in node)):
            shown = "".join(one for one in node[:60] if one.isprintable())
            return f"“{shown}” holds a character that cannot be stored. Delete it."
        elif isinstance(node, float) and not isfinite(node):
            return NO_NUMBER
    return ""


class DefinitionField(forms.JSONField):
    """A definition in the administration, read as on the page of an exhibit."""

    def to_python(self, value: Any) -> Any:
        """Return what a text says."""
        return document_of(value) if isinstance(value, str) and value not in self.empty_values else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show again what was typed, also where it is no JSON."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)
