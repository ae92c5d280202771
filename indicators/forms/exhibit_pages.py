"""The page on which an exhibit is edited: a definition into fields, and fields into a definition."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django import forms

from indicators.exhibits.chart_kinds import CHARTS
from indicators.exhibits.definition import KIND_NAMES, MOST_COLUMNS, MOST_ROWS
from indicators.forms import charts, exhibits, tables
from indicators.forms.charts import AreaForm, BarForm, ChartForm, MeasureForm
from indicators.forms.exhibits import ColumnForm, Document, GeneralForm, Known, LineForm, RowForm, TextForm
from indicators.models.exhibit import Exhibit

CHANGE = re.compile(r"(rows|columns|measures|areas)-(add|drop-\d{1,4})")
LINE = re.compile(r"(Row|Column|Measure|Area) (\d+)(?:,|:) (.*)", re.DOTALL)
NAMED = re.compile(r"(?:The \w+: )?“(\w+)”(:?) (.*)", re.DOTALL)
ALIASES = {
    "except": "left_out", "override": "window", "sum": "what", "each": "what", "bracket": "bracket_aspect",
    "quarters_back": "months_back", "months": "points", "labels": "measures",
}  # fmt: skip
"""The names of a definition that have another on the page."""
AREA_WORDS = {
    "shares": "With areas there is a bar for the force and one for each of them, and without a bar for each period.",
    "multiples": "They count where each small chart shows one area.",
    "comparators": "The force stands beside them by itself.",
}


@dataclass(slots=True)
class Part:
    """The lines of one sort on the page: rows, columns, measures or areas. `faults` are about all of them."""

    key: str
    heading: str
    noun: str
    words: str
    form: type[LineForm]
    most: int
    lines: Any = None
    faults: list[str] = field(default_factory=list)

    @property
    def article(self) -> str:
        """The article of its noun."""
        return "an" if self.noun.startswith("A") else "a"

    @property
    def next(self) -> int:
        """The number of a line that is added."""
        return len(self.lines.forms)


def parts_of(kind: str) -> list[Part]:
    """Return the sorts of lines that an exhibit of a kind has, still empty."""
    in_order = "stand in the order of their numbers."
    if kind in CHARTS:
        chart, form = CHARTS[kind], BarForm if kind == "bar" else MeasureForm
        words = f"They {in_order} A measure may be drawn for the force or for one area."
        measures = Part("measures", "Measures", "Measure", words, form, chart.series[1])
        areas = Part("areas", "Areas", "Area", AREA_WORDS.get(kind, ""), AreaForm, chart.areas[1])
        return [part for part, has in ((measures, chart.has_lines), (areas, chart.areas[1])) if has]
    words = f"Rows {in_order} Short names and keys stand on the reference sheets."
    rows = Part("rows", "Rows", "Row", words, RowForm, MOST_ROWS)
    words = f"Columns {in_order} Without a heading a column is headed by its period; “{{period}}” in a heading is it."
    columns = Part("columns", "Columns", "Column", words, ColumnForm, MOST_COLUMNS)
    return [part for part in (rows, columns) if part.key in tables.SORTS.get(kind, ())]


class ExhibitPage:
    """All forms of the page of an exhibit: as its definition says, or as they were sent.

    `is_changing_lines` says that a button added a line to what was sent, or took one out: nothing is judged then.
    """

    def __init__(self, exhibit: Exhibit, offered: Known, opened: str, data: Any = None) -> None:
        """Show an exhibit, saved or not, opened at a state; or take `data`."""
        document: Document = exhibit.definition
        self.exhibit, self.offered, self.opened = exhibit, offered, opened
        self.kind = exhibits.kind_of(document)
        self.kind_name = KIND_NAMES[self.kind]
        self.words = charts.WORDS.get(self.kind, "")
        is_chart = self.kind in CHARTS
        self.has_fields = charts.has_fields(document, offered) if is_chart else tables.has_fields(document, offered)
        intent = data.get("intent", "") if data is not None else ""
        self.is_text = not self.has_fields or intent.startswith("text-")
        change = None if self.is_text else CHANGE.fullmatch(intent)
        self.is_changing_lines = change is not None
        shown = charts.shown(document, offered) if is_chart and self.has_fields else tables.shown(document)
        self.general = self._general(shown, data)
        self.parts = parts_of(self.kind) if self.has_fields else []
        held = tables.lines_shown(shown, offered) if self.parts else {}
        for part in self.parts:
            asked = change[2] if change and change[1] == part.key else "as-sent" if change else ""
            initial = [
                {"position": at * exhibits.STEP, **one} for at, one in enumerate(held.get(part.key, []), start=1)
            ]
            own = None if self.is_text else data
            part.lines = exhibits.lines_of(part.form, part.key, part.most, offered, initial, own, asked)
        self.faults: list[tuple[str, str]] = []
        text = json.dumps(document, indent=1, ensure_ascii=False)
        self.text = TextForm(data if self.is_text else None, initial={"text": text})

    def _general(self, shown: Document, data: Any) -> GeneralForm:
        exhibit = self.exhibit
        own = {"opened": self.opened, "key": exhibit.key, "title": exhibit.title, "portfolio": exhibit.portfolio_id}
        form = ChartForm if self.kind in CHARTS and self.has_fields else GeneralForm
        kind = self.kind if self.has_fields else ""
        asked: dict[str, Any] = {"kind": kind, "offered": self.offered, "is_new": exhibit.pk is None}
        sent = form(data, initial={**shown, **own}, **asked)
        return form(initial=exhibits.typed(sent), **asked) if self.is_changing_lines else sent

    def _lines(self, key: str) -> list[LineForm]:
        return next((part.lines.forms for part in self.parts if part.key == key), [])

    def is_valid(self) -> bool:
        """Tell whether everything that was sent has the right form; all forms are checked."""
        if self.is_text:
            for name in self.general.OWN.get(self.kind, ()):
                self.general.errors.pop(name, None)  # the text says it, whatever stands in the fields
            return self.text.is_valid() and not self.general.errors
        sound = not [form for form in (self.general, *(part.lines for part in self.parts)) if not form.is_valid()]
        if self.kind in CHARTS:
            charts.check(self.general, self._lines("measures"), self._lines("areas"))
        return sound and not self.errors

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The place of every field that cannot be taken, with its name and why."""
        found = [("", form) for form in (self.general, *([self.text] if self.is_text else []))]
        for part in self.parts if not self.is_text else []:
            found += [(f"{part.noun} {at}", form) for at, form in enumerate(part.lines.forms, start=1)]
        return [
            (one.id_for_label or one.auto_id, _told(place, one, str(error)))
            for place, form in found
            for one in form
            for error in one.errors
        ]

    @property
    def told(self) -> list[tuple[str, str]]:
        """All that is wrong, as a place and words: of the definition, and of what was typed."""
        return [*self.faults, *self.errors]

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
        lines = {part.key: _ordered(part.lines) for part in self.parts}
        if self.kind in CHARTS:
            before = self.exhibit.definition
            return charts.said(self.kind, given, lines.get("measures", []), lines.get("areas", []), before)
        return tables.said(self.kind, given, lines)

    def tell(self, faults: tuple[str, ...]) -> None:
        """Put each fault of the definition to the field that it speaks of; those about none of them in `faults`."""
        for words in faults:
            if not self._told_at_field(words):
                first = self.parts[0].key if self.parts else "id_title"
                self.faults.append((first if self.has_fields else "definition", words))

    def _told_at_field(self, words: str) -> bool:
        form: forms.Form = self.general
        line = LINE.fullmatch(words)
        if line:
            lines = self._lines(f"{line[1].lower()}s")
            if int(line[2]) > len(lines):
                return False
            form, words = lines[int(line[2]) - 1], line[3]
        named = NAMED.fullmatch(words)
        name = ALIASES.get(named[1], named[1]) if named else ""
        if named and name in form.fields:
            words = named[3] if named[2] else f"“{form.fields[name].label}” {named[3]}"
        elif line:
            name = lines[0].main[0]
        else:
            return self._told_at_part({"series": "measures"}.get(name, name), words)
        form.errors.setdefault(name, form.error_class()).append(f"{words[0].upper()}{words[1:]}")
        return True

    def _told_at_part(self, key: str, words: str) -> bool:
        """Put a fault that is about all lines of one sort above them."""
        part = next((one for one in self.parts if one.key == key), None)
        if part is not None:
            for name in ("series", "areas", "labels"):
                words = words.replace(f"“{name}”", f"“{part.heading}”")
            part.faults.append(words)
            self.faults.append((part.key, words))
        return part is not None


def _told(place: str, bound: forms.BoundField, error: str) -> str:
    """Return an error with the line and the field that it is about, unless it begins with the name of the field."""
    if error.startswith(f"“{bound.label}”"):
        return f"{place}: {error}" if place else error
    return f"{place}, {bound.label}: {error}" if place else f"{bound.label}: {error}"


def _ordered(lines: Any) -> list[Document]:
    """The lines in the order of their numbers; those without one come last."""
    given = [form.cleaned_data for form in lines.forms if form.cleaned_data]
    return sorted(given, key=lambda one: (one["position"] is None, one["position"] or 0))
