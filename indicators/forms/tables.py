"""Tables, matrices and lists as fields: what they show of a definition, and the definition that they say."""

from typing import Any

from indicators.forms import exhibits
from indicators.forms.exhibits import ColumnForm, Document, GeneralForm, Known, RowForm

SUMS = {"sum-above": "above", "sum-all": "all"}
SORTS = {"table": ("rows", "columns"), "list": ("rows",)}  # the lines that a kind has


def said(kind: str, given: Document, lines: dict[str, list[Document]]) -> Document:
    """Return the definition that the fields of a table, matrix or list say."""
    names = [name for name in GeneralForm.OWN[kind] if given.get(name) not in (None, "", [], {}, False)]
    document: Document = {"kind": kind, **{name: given[name] for name in names if name != "notes"}}
    if "rows" in lines:
        document["rows"] = [_row(one) for one in lines["rows"] if one["what"]]
    if "columns" in lines:
        document["columns"] = [_column(one) for one in lines["columns"] if one["aspect"]]
    return document | ({"notes": given["notes"]} if given.get("notes") else {})


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


def has_fields(document: Document, offered: Known) -> bool:
    """Tell whether the fields of a table, matrix or list say all that its definition says: what they do not is lost."""
    if not exhibits.has_fields(document):
        return False
    kind, rows, columns = document["kind"], document.get("rows", []), document.get("columns", [])
    no_row, no_column = (dict.fromkeys(form.base_fields, "") for form in (RowForm, ColumnForm))
    back = [_row({**no_row, **_row_shown(one, offered)}) for one in rows]
    back += [_column({**no_column, **_column_shown(one)}) for one in columns]
    names = {"kind", "quarters_back", *GeneralForm.OWN[kind], *SORTS.get(kind, ())}
    return set(document) <= names and [_plain(one) for one in back] == [_plain(one) for one in (*rows, *columns)]


def _plain(entry: Document) -> Document:
    """A row or column without what holds anyway, and months for quarters."""
    inner = {name: _plain(one) if isinstance(one, dict) else one for name, one in entry.items()}
    usual = {"last": 1, "end": "quarter"}
    found = {**inner, "months_back": _back(entry) or None, "quarters_back": None}
    return _kept({name: one for name, one in found.items() if one != usual.get(name)})


def shown(document: Document) -> Document:
    """A table, matrix or list as its general fields show it."""
    return {**document, "months_back": _back(document)}


def lines_shown(shown: Document, offered: Known) -> dict[str, list[Document]]:
    """Return rows and columns as the fields of their lines show them; lines of other sorts stand as they are."""
    rows = [_row_shown(entry, offered) for entry in shown.get("rows", [])]
    return {**shown, "rows": rows, "columns": [_column_shown(entry) for entry in shown.get("columns", [])]}


def _row_shown(entry: Document, offered: Known) -> Document:
    if entry.get("sum") is not None:
        named = entry["sum"] if isinstance(entry["sum"], list) else []
        what = "sum-named" if named else f"sum-{entry['sum']}"
        return {**entry, "what": what, "named": ", ".join(map(str, named))}
    series, area = offered.split(str(entry.get("series", "")))
    override = entry.get("override") or {}
    return {
        **entry,
        "what": entry.get("each") or "series",
        "series": series,
        "area": area,
        "left_out": ", ".join(map(str, entry.get("except") or [])),
        "window": override.get("window", ""),
        "months_back": _back(override),
    }


def _column_shown(entry: Document) -> Document:
    bracket = entry.get("bracket") or {}
    return {
        **entry,
        "months_back": _back(entry),
        "only": ", ".join(map(str, entry.get("only") or [])),
        "bracket_aspect": bracket.get("aspect", ""),
        "bracket_window": bracket.get("window", ""),
        "bracket_rows": ", ".join(map(str, bracket.get("rows") or [])),
    }


def _back(entry: Document) -> int | None:
    """Months and quarters back, as months."""
    months, quarters = entry.get("months_back"), entry.get("quarters_back")
    if not any(isinstance(one, int) for one in (months, quarters)):
        return None
    return (months if isinstance(months, int) else 0) + 3 * (quarters if isinstance(quarters, int) else 0)
