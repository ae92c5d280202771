"""The grid of a partner's return as a page: its fields as they stand, what was sent, and what is wrong with each cell.

Nothing that was typed is lost: a refused page shows every field as it was sent, and keeps the file that came with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django import forms
from django.core import signing

from indicators.actions.received_files import KEPT_FOR, ReceivedFile, is_kept, keep_file
from indicators.models.area import Force
from indicators.models.partner_return import PartnerReturn
from indicators.people import Person, Refused
from indicators.periods import Quarter, label, short_label
from indicators.queries.partner_returns import Held, grid_rows, held_cells
from indicators.queries.versions import newest_version
from indicators.readers.return_blocks import LARGEST, Block, read_block
from indicators.readers.return_cells import (
    Checked,
    Entered,
    GridRow,
    Place,
    Typed,
    check_cell,
    jumps,
    period_of,
    quarters_up_to,
    typed_of,
)

LARGEST_RECEIVED = 25 * 1024**2  # bytes
SHOWN_UNREAD = 50


class BlockForm(forms.Form):
    """A block copied from a spreadsheet, and the file in which the return was received."""

    block = forms.CharField(
        label="Cells copied from Excel",
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "app-pasted"}),
        help_text="With the line of quarters and the column of labels, as they stand in the partner's table.",
    )
    received = forms.FileField(
        label="The file it was received in",
        required=False,
        help_text="The partner's e-mail, workbook or PDF, up to 25 MB. It is kept as it is, as the origin of the "
        "numbers.",
    )
    left_out = forms.BooleanField(
        label="What could not be read is typed into the grid, or was left out on purpose",
        required=False,
        help_text="It is listed for whoever confirms the return.",
    )
    kept = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean_received(self) -> Any:
        """Refuse a file that is too large beside its field, so that the grid is not lost with it."""
        file = self.cleaned_data["received"]
        if file and file.size > LARGEST_RECEIVED:
            size = f"{file.size / 1024**2:,.0f} MB"
            raise forms.ValidationError(
                f"“{file.name}” has {size}; at most {LARGEST_RECEIVED // 1024**2} MB are kept. Send the page or sheet "
                "with the figures, for example as a PDF."
            )
        return file


@dataclass(frozen=True, slots=True)
class CellField:
    """One field of a cell on the page."""

    id: str
    name: str
    label: str
    text: str
    error: str
    is_long: bool


@dataclass(slots=True)
class Cell:
    """One cell on the page: its fields, what is held, what a check found."""

    row: GridRow
    quarter: Quarter
    position: int
    typed: Typed
    held: Held | None
    checked: Checked = field(default_factory=Checked)

    @property
    def own(self) -> Entered | None:
        """What the partner gave before."""
        return self.held.entered if self.held is not None and self.held.is_own else None

    @property
    def period(self) -> str:
        """The period of its figure in words."""
        return label(period_of(self.row.window, self.quarter))

    @property
    def short_period(self) -> str:
        """The period in few characters."""
        return short_label(period_of(self.row.window, self.quarter))

    @property
    def held_words(self) -> str:
        """What is held, as it is printed."""
        return self.held.entered.in_words(self.row) if self.held is not None else ""

    @property
    def fields(self) -> list[CellField]:
        """The fields in their order."""
        return [
            CellField(
                id=f"cell-{self.position}-{self.quarter.key}-{name}",
                name=field_name(self.row, self.quarter, name),
                label=self.row.name_of(name),
                text=getattr(self.typed, name),
                error=self.checked.problems.get(name, ""),
                is_long=name == "why",
            )
            for name in self.row.asks
        ]


def field_name(row: GridRow, quarter: Quarter, name: str) -> str:
    """Return how a field of a cell is sent: by its series, as rows may have moved since the page was opened."""
    return f"{row.key}:{quarter.key}:{name}"


class ReturnPage:
    """The grid of a return for a quarter, as it stands or as it was sent."""

    def __init__(
        self, partner_return: PartnerReturn, force: Force, quarter: Quarter, data: Any = None, files: Any = None
    ) -> None:
        """Take what is held; with `data` what was sent, which is checked by `look`."""
        self.partner_return, self.force, self.quarter = partner_return, force, quarter
        self.newest = newest_version(force)  # before what is held: what comes between is then told, not missed
        self.rows = grid_rows(partner_return, force)
        self.quarters = quarters_up_to(quarter, partner_return.quarters)
        self.held = held_cells(partner_return, force, self.rows, self.quarters)
        self.form = BlockForm(data, files, initial={"version": self.newest})
        self.is_looked_at = False
        self.filled = data.get("filled", "") if data is not None else ""
        self.block: Block | None = None
        self.file: ReceivedFile | None = None
        self.cells = {
            (at, one): Cell(row, one, at, self._typed((at, one), row, data), self.held.get((at, one)))
            for at, row in enumerate(self.rows)
            for one in self.quarters
        }

    def _typed(self, place: Place, row: GridRow, data: Mapping[str, str] | None) -> Typed:
        if data is not None:
            sent = {name: data.get(field_name(row, place[1], name), "") for name in row.asks}
            return Typed(**sent)
        held = self.held.get(place)
        return typed_of(held.entered if held is not None and held.is_own else None, row)

    @property
    def version(self) -> str:
        """The data version that the page is shown for: the newest only where every change until then was told."""
        was_sent = self.form.is_bound and not self.is_looked_at
        return str(self.form["version"].value() or "") if was_sent else str(self.newest)

    def lines(self) -> Iterator[tuple[GridRow, list[Cell]]]:
        """Yield the rows with their cells."""
        for at, row in enumerate(self.rows):
            yield row, [self.cells[at, one] for one in self.quarters]

    def periods(self) -> list[str]:
        """Return the headings of the columns."""
        return [one.label for one in self.quarters]

    def take_file(self, by: Person) -> None:
        """Keep the file that came with the page, or find the one that came before; its token goes along."""
        sent = self.form.cleaned_data.get("received")
        if sent:
            try:
                self.file = keep_file(sent.name, sent.chunks())
            except Refused as refused:  # the disk is full
                self.form.add_error("received", refused.verdict.reason)
        elif self.form.cleaned_data.get("kept"):
            self.file = _kept(self.form.cleaned_data["kept"], by)
            if self.file is None:
                self.form.add_error("received", "The file was sent too long ago. Choose it again.")

    def token(self, by: Person) -> str:
        """Return by what this person sends the kept file on; nobody else can, and nothing else can be named."""
        if self.file is None:
            return ""
        return signing.dumps([by.id, self.file.name, self.file.sha256, self.file.size], salt="return")

    def fill(self) -> None:
        """Put a pasted block into the fields; the other fields stay as they were sent."""
        self.filled, block = self._mark(), self._read()
        for place, typed in block.cells.items():
            self.cells[place].typed = typed

    def _read(self) -> Block:
        self.block = read_block(self.form.cleaned_data["block"].strip("\r\n"), self.rows, self.quarters)
        return self.block

    def _mark(self) -> str:
        """Return by what a block is known again; empty without one."""
        lines = self.form.cleaned_data["block"].strip().splitlines()
        return sha256("\n".join(lines).encode()).hexdigest() if lines else ""

    def _look_at_block(self) -> None:
        """See that a block was filled in, and that somebody answered for what of it could not be read."""
        mark = self._mark()
        if mark and mark != self.filled:
            words = "This block was not filled into the grid. Fill it in and look at the cells, or empty this box."
            self.form.add_error("block", words)
        elif mark and self._read().problems and not self.form.cleaned_data["left_out"]:
            words = "Tick this box once you have looked at each of them."
            self.form.add_error("left_out", words)

    @property
    def unread(self) -> list[str]:
        """What of the pasted block could not be read, for whoever confirms."""
        found = self.block.problems if self.block else []
        more = [f"{len(found) - SHOWN_UNREAD} more"] if len(found) > SHOWN_UNREAD else []
        words = "Not read from the pasted block, so typed by hand or left out on purpose"
        return [f"{words}: {one}" for one in (*found[:SHOWN_UNREAD], *more)]

    def look(self) -> None:
        """Check every cell as it was sent; all that is wrong is then known."""
        self._look_at_block()
        self.is_looked_at = True
        seen = self.form.cleaned_data.get("version")
        then = self.held
        if seen is not None and seen < self.newest:
            then = held_cells(self.partner_return, self.force, self.rows, self.quarters, at=seen)
        for place, cell in self.cells.items():
            cell.checked = check_cell(cell.row, cell.typed, cell.own)
            if then.get(place) != self.held.get(place):
                before = then[place].entered.in_words(cell.row) if place in then else "blank"
                cell.checked.problems[cell.row.asks[0]] = (
                    f"Somebody has changed this value since you opened the page: it was {before}, and is now "
                    f"{cell.held_words or 'blank'}. Look which is right, then send the return again."
                )

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Everything that is wrong with the cells, as (id of the field, words)."""
        return [
            (one.id, f"{cell.row.label}, {cell.quarter.label}, {one.label.lower()}: {one.error}")
            for cell in self.cells.values()
            for one in cell.fields
            if one.error
        ]

    @property
    def entered(self) -> list[tuple[GridRow, Quarter, Entered]]:
        """What the filled cells say, in their order."""
        cells = self.cells.values()
        return [(one.row, one.quarter, one.checked.entered) for one in cells if one.checked.entered is not None]

    @property
    def warnings(self) -> list[str]:
        """What somebody should look at before confirming: numbers above the whole, and jumps that are new."""
        found = []
        for row, cells in self.lines():
            found += [f"{row.label}, {one.quarter.label}: {words}" for one in cells for words in one.checked.warnings]
            values = {one.quarter: one.checked.entered.value for one in cells if one.checked.entered is not None}
            new = [one.quarter for one in cells if one.checked.entered is not None and one.checked.entered != one.own]
            found += [f"{words}. Has a decimal point slipped?" for words in jumps(row, values, new)]
        return found


def _kept(token: str, by: Person) -> ReceivedFile | None:
    """Return the file that a token of this person names; None for a strange or an old one."""
    try:
        person, name, sha256, size = signing.loads(token, salt="return", max_age=KEPT_FOR)
    except (signing.BadSignature, ValueError):
        return None
    file = ReceivedFile(name, sha256, size)
    return file if person == by.id and is_kept(file) else None
