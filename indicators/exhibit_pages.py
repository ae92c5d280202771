"""The page on which an exhibit is edited: a definition into fields, and fields into a definition."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms

from indicators.exhibits.definition import KIND_NAMES
from indicators.forms import exhibits
from indicators.forms.exhibits import Document, GeneralForm, Known, TextForm
from indicators.models.exhibit import Exhibit

SUMS = {"sum-above": "above", "sum-all": "all"}


class ExhibitPage:
    """All forms of the page of an exhibit: as its definition says, or as they were sent."""

    def __init__(self, exhibit: Exhibit, offered: Known, opened: str, data: Any = None) -> None:
        """Show an exhibit, saved or not, opened at a state; or take `data`."""
        document: Document = exhibit.definition
        self.exhibit, self.offered, self.opened = exhibit, offered, opened
        self.kind = exhibits.kind_of(document)
        self.kind_name = KIND_NAMES[self.kind]
        self.has_fields = exhibits.has_fields(document)
        self.is_text = not self.has_fields or (data is not None and data.get("intent", "").startswith("text-"))
        own = data if not self.is_text else None
        initial = {"opened": opened, "key": exhibit.key, "title": exhibit.title, "portfolio": exhibit.portfolio_id}
        given = {name: value for name, value in document.items() if name not in initial}
        self.general = GeneralForm(
            data, initial={**given, **initial}, kind=self.kind, offered=offered, is_new=exhibit.pk is None
        )
        shows_rows = self.has_fields and self.kind in {"table", "list"}
        self.rows = exhibits.row_lines(offered, _rows(document, offered), own) if shows_rows else None
        is_table = self.has_fields and self.kind == "table"
        self.columns = exhibits.column_lines(offered, _columns(document), own) if is_table else None
        text = json.dumps(document, indent=1, ensure_ascii=False)
        self.text = TextForm(data if self.is_text else None, initial={"text": text})

    @property
    def _all(self) -> list[Any]:
        lines = [one for one in (self.rows, self.columns) if one is not None]
        return [self.general, self.text] if self.is_text else [self.general, *lines]

    def is_valid(self) -> bool:
        """Tell whether everything that was sent has the right form; all forms are checked."""
        return not [form for form in self._all if not form.is_valid()]

    @property
    def errors(self) -> list[tuple[forms.BoundField, str]]:
        """Every field that cannot be taken, with why."""
        lines = [one for many in (self.rows, self.columns) if many is not None for one in many.forms]
        bound = [form for form in (self.general, self.text, *lines) if form.is_bound]
        return [(field, error) for form in bound for field in form for error in field.errors]

    def sent(self) -> Exhibit:
        """Return the exhibit as it was sent, not kept. Call it when all is valid."""
        given = self.general.cleaned_data
        document = self.text.cleaned_data["text"] if self.is_text else self._document()
        own = Exhibit(pk=self.exhibit.pk, key=self.exhibit.key or given["key"], title=given["title"])
        own.portfolio, own.definition = given["portfolio"], document
        own._state.adding = self.exhibit._state.adding
        return own

    def _document(self) -> Document:
        given = self.general.cleaned_data
        names = [name for name in GeneralForm.OWN[self.kind] if given.get(name) not in (None, "", [], {}, False)]
        document: Document = {"kind": self.kind, **{name: given[name] for name in names if name != "notes"}}
        if self.rows is not None:
            document["rows"] = [_row(one) for one in _ordered(self.rows) if one["what"]]
        if self.columns is not None:
            document["columns"] = [_column(one) for one in _ordered(self.columns) if one["aspect"]]
        return document | ({"notes": given["notes"]} if given.get("notes") else {})


def _ordered(lines: Any) -> list[Document]:
    """The lines in the order of their numbers; those without one come last."""
    given = [form.cleaned_data for form in lines.forms if form.cleaned_data]
    return sorted(given, key=lambda one: (one["position"] is None, one["position"] or 0))


def _kept(given: Document) -> Document:
    return {name: value for name, value in given.items() if value not in (None, "", [], {}, False)}


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _row(given: Document) -> Document:
    if given["what"].startswith("sum-"):
        added: Any = SUMS.get(given["what"]) or _words(given["named"])
        return {"sum": added, **_kept({"label": given["label"], "whole": given["whole"]})}
    stem = ".".join(word for word in (given["series"], given["area"]) if word)
    each = given["what"] if given["what"] != "series" else ""
    override = {"window": given["window"]} if given["window"] else {}
    if given["months_back"] is not None:
        override["months_back"] = given["months_back"]
    return {
        "series": stem,
        **_kept({"each": each, "label": given["label"], "except": _words(given["left_out"]), "why": given["why"]}),
        **_kept({"note": given["note"], "override": override}),
    }


def _column(given: Document) -> Document:
    bracket = {
        "window": given["bracket_window"] or given["window"],
        "aspect": given["bracket_aspect"],
        **_kept({"rows": _words(given["bracket_rows"])}),
    }
    end = given["end"] if given["end"] != "quarter" else ""
    last = given["last"] if given["last"] != 1 else None
    return {
        **_kept({"heading": given["heading"], "window": given["window"], "aspect": given["aspect"], "last": last}),
        **_kept({"months_back": given["months_back"] or None, "end": end, "area": given["area"]}),
        **_kept({"indicator": given["indicator"], "of": given["of"], "only": _words(given["only"])}),
        **_kept({"bracket": bracket if given["bracket_aspect"] else None, "is_optional": given["is_optional"]}),
    }


def _rows(document: Document, offered: Known) -> list[Document]:
    return [
        {"position": at * exhibits.STEP, **_row_shown(entry, offered)}
        for at, entry in enumerate(document.get("rows", []), start=1)
    ]


def _row_shown(entry: Document, offered: Known) -> Document:
    if "sum" in entry:
        named = entry["sum"] if isinstance(entry["sum"], list) else []
        what = "sum-named" if named else f"sum-{entry['sum']}"
        return {**entry, "what": what, "named": ", ".join(map(str, named))}
    series, area = offered.split(str(entry.get("series", "")))
    override = entry.get("override", {})
    return {
        **entry,
        "what": entry.get("each", "series"),
        "series": series,
        "area": area,
        "left_out": ", ".join(map(str, entry.get("except", []))),
        "window": override.get("window", ""),
        "months_back": _back(override),
    }


def _columns(document: Document) -> list[Document]:
    return [
        {"position": at * exhibits.STEP, **_column_shown(entry)}
        for at, entry in enumerate(document.get("columns", []), start=1)
    ]


def _column_shown(entry: Document) -> Document:
    bracket = entry.get("bracket") or {}
    return {
        **entry,
        "months_back": _back(entry),
        "only": ", ".join(map(str, entry.get("only", []))),
        "bracket_aspect": bracket.get("aspect", ""),
        "bracket_window": bracket.get("window", ""),
        "bracket_rows": ", ".join(map(str, bracket.get("rows", []))),
    }


def _back(entry: Document) -> int | None:
    """Months and quarters back, as months."""
    months, quarters = entry.get("months_back"), entry.get("quarters_back")
    if not any(isinstance(one, int) for one in (months, quarters)):
        return None
    return (months if isinstance(months, int) else 0) + 3 * (quarters if isinstance(quarters, int) else 0)


def faults_with_places(faults: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give each fault the place on the page that it speaks of."""
    for words in faults:
        noun, _, rest = words.partition(" ")
        number = rest.partition(":")[0].partition(",")[0]
        is_line = noun in {"Row", "Column"} and number.isdigit()
        yield (f"{noun.lower()}s-{int(number) - 1}" if is_line else "definition"), words
