"""Small reference tables as files: read under strict rules, written so that no cell opens as a formula.

django-import-export asks, previews and confirms; what a file may look like is decided here. Never used for cases or
figures.
"""

import io
from base64 import b64decode, b64encode
from typing import Any, ClassVar

import tablib  # type: ignore[import-untyped]
from django.core import signing
from django.db import models
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource
from import_export.results import Error
from import_export.tmp_storages import BaseStorage
from import_export.widgets import Widget

from indicators.exports import spreadsheet_text
from indicators.models.category import Category, Flag
from indicators.models.portfolio import Portfolio
from indicators.readers.checks import kind_of
from indicators.readers.grids import Grid
from indicators.readers.headers import Columns, read_header
from indicators.readers.numbers import parse_number
from indicators.readers.problems import FileRefused, Problem, Problems, Unfit, refusal
from indicators.readers.texts import BLANKS, text_fault

LARGEST_FILE = 200_000  # bytes
MOST_ROWS = 2_000
CONFIRM_SECONDS = 60 * 60


def problem_line(problem: Problem) -> str:
    """Return one fault of a file as a sentence: where it stands, then what to do."""
    places = (f"row {problem.row}" if problem.row else "", f"column {problem.column}" if problem.column else "")
    place = ", ".join(words for words in places if words)
    return f"{place}: {problem.message}" if place else problem.message


def read_table(content: bytes, kind: str, columns: tuple[str, ...]) -> tablib.Dataset:
    """Read a small CSV or Excel table with exactly these columns. `FileRefused` with all that is wrong with it."""
    if len(content) > LARGEST_FILE:
        raise refusal(f"The file is larger than {LARGEST_FILE // 1000} kB. Reference tables are small: split it.")
    stream = io.BytesIO(content)
    found = kind_of(stream)
    if found != kind:
        raise refusal(f"The file is a {found} file, not {kind}. Choose its own format, or send CSV or Excel (.xlsx).")
    problems = Problems()
    grid = Grid(stream, Columns(columns), problems)
    table = tablib.Dataset(headers=list(columns))
    for row in grid:
        if len(table) == MOST_ROWS:
            raise refusal(f"The file has more than {MOST_ROWS:,} rows. Split it into several files.")
        table.append([row.cells[grid.header.places[name]].strip(BLANKS) for name in columns])
    if problems:
        raise FileRefused(problems)
    return table


class _Reading:
    """Reads through `read_table` and writes escaped text; goes in front of a format of the library."""

    kind: ClassVar[str]

    def __init__(self, encoding: str | None = None, columns: tuple[str, ...] = ()) -> None:
        self.encoding = encoding
        self.columns = columns

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """Return the table of a file's bytes. Raises FileRefused."""
        return read_table(in_stream, self.kind, self.columns)

    def _escape_formulae(self, dataset: tablib.Dataset) -> None:
        """Escape every text in place; numbers stay numbers. The library's own way drops the sign instead."""
        for _ in range(len(dataset)):
            row = dataset.lpop()
            dataset.append([spreadsheet_text(cell) if isinstance(cell, str) else cell for cell in row])


class TableCsv(_Reading, CSV):  # type: ignore[misc]
    """CSV, in whatever encoding it comes; written as UTF-8."""

    kind = "csv"


class TableXlsx(_Reading, XLSX):  # type: ignore[misc]
    """An Excel workbook of one plain sheet."""

    kind = "xlsx"


class SignedUpload(BaseStorage):  # type: ignore[misc]
    """Carries an uploaded file from its preview to its confirmation inside the form, signed, for an hour.

    So nothing is left behind on the disk, and what is applied is what was previewed.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.salt: str = kwargs["salt"]

    def save(self, data: bytes) -> None:
        """Sign the bytes; the signed text becomes the name of the upload."""
        self.name = signing.dumps(b64encode(data).decode(), salt=self.salt, compress=True)

    def read(self) -> bytes:
        """Return the bytes. Raises BadSignature when they were changed, or are older than an hour."""
        return b64decode(signing.loads(self.name, salt=self.salt, max_age=CONFIRM_SECONDS))

    def remove(self) -> None:
        """Nothing is kept, so nothing is removed."""


class TextWidget(Widget):  # type: ignore[misc]
    """A text as it stands, without hidden characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__()

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the text. Raises Unfit for hidden or broken characters."""
        text = "" if value is None else str(value)
        fault = text_fault(text, 1000)
        if fault:
            raise Unfit(fault)
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the text for a file."""
        return "" if value is None else str(value)


class ExactNumberWidget(Widget):  # type: ignore[misc]
    """A number taken exactly or refused: no NaN, no infinity, nothing rounded, blank is not zero."""

    is_whole = False

    def __init__(self, **options: Any) -> None:
        super().__init__()

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return a Decimal, or an int where only whole numbers are allowed. Raises Unfit."""
        number = parse_number(str("" if value is None else value))
        if number is None:
            raise Unfit("This cell is blank. Write a number; blank is not zero.")
        if not self.is_whole:
            return number
        if number != number.to_integral_value():
            raise Unfit(f"{number} is not a whole number. It is not rounded here; write a whole number.")
        return int(number)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the number for a file."""
        return value


class WholeNumberWidget(ExactNumberWidget):
    """A whole number; 10.9 is refused, not cut to 10."""

    is_whole = True


class PlainError(Error):  # type: ignore[misc]
    """An error of a file, without the traceback that the library would print on the page."""

    traceback = ""


class LockedResource(ModelResource):  # type: ignore[misc]
    """A table whose file must have every column, spelled exactly, and nothing else; all rows or none."""

    class Meta:
        use_transactions = True
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    @classmethod
    def column_names(cls) -> tuple[str, ...]:
        """Return the columns a file must have."""
        return tuple(cls._meta.fields)

    @classmethod
    def widget_from_django_field(cls, f: "models.Field[Any, Any]", default: Any = None) -> Any:
        """Allow texts and numbers only; the library's guesses for dates, booleans and keys are not used."""
        if isinstance(f, models.DecimalField):
            return ExactNumberWidget
        if isinstance(f, models.IntegerField):
            return WholeNumberWidget
        if isinstance(f, models.CharField | models.TextField):
            return TextWidget
        raise TypeError(f"{f.name} is neither a text nor a number and has no place in a reference table")

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Refuse a wrong header, too many rows, and two rows with one key, before anything is written."""
        problems = Problems()
        read_header(1, [str(name) for name in dataset.headers or []], Columns(self.column_names()), problems)
        if problems:
            raise Unfit(" ".join(problem_line(problem) for problem in problems.lines()))
        if len(dataset) > MOST_ROWS:
            raise Unfit(f"The file has more than {MOST_ROWS:,} rows. Split it into several files.")
        places = [dataset.headers.index(name) for name in self.get_import_id_fields()]
        first: dict[tuple[str, ...], int] = {}
        for number, row in enumerate(dataset, start=2):
            key = tuple(str(row[place]) for place in places)
            if first.setdefault(key, number) != number:
                raise Unfit(f"Rows {first[key]} and {number} have the same key ({', '.join(key)}). Delete one of them.")

    @classmethod
    def get_error_result_class(cls) -> type[Error]:
        """Show what is wrong with a file, never the inside of the program."""
        return PlainError


class PortfolioResource(LockedResource):
    """Portfolios, known by their slug."""

    class Meta(LockedResource.Meta):
        model = Portfolio
        fields = ("slug", "name")
        import_id_fields = ("slug",)


class FlagResource(LockedResource):
    """Flags of cases, known by their slug."""

    class Meta(LockedResource.Meta):
        model = Flag
        fields = ("slug", "name")
        import_id_fields = ("slug",)


class CategoryResource(LockedResource):
    """Crime types and offences; both words together are the key, so a file can only add."""

    class Meta(LockedResource.Meta):
        model = Category
        fields = ("crime_type", "offence")
        import_id_fields = ("crime_type", "offence")
