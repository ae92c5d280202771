"""What is measured in a round: each act begins from a state of its own, and the raw COPY is taken between them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from django.db import connection, transaction

from indicators.actions import aggregates, cells, versions
from indicators.actions.cases import held_months
from indicators.choices import ImportState, VersionKind
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.periods import add_months
from tests.bench import others
from tests.bench.files import LAST, Kind, write
from tests.bench.running import BenchFailed, Load, Running, analyst, load, receive, stage, timed

BULK_ROWS, EXPORT_ROWS = 50_000, 2_000
HISTORY_MONTHS = 144
CHANGED_SHARE = 100  # one in so many rows of the changed month
SERIAL_SCAN = "SELECT count(outcome) FROM indicators_case"

Numbers = dict[str, float]


class Round:
    """The measures of one round, in seconds unless the name says otherwise."""

    def __init__(self, portal: Running, folder: Path, months: int, number: int) -> None:
        """Measure with files of so many months; the numbers of all rounds differ."""
        self.portal, self.folder, self.months, self.number = portal, folder, months, number
        self.found: Numbers = {}
        self._raw: list[float] = []

    def run(self, say: Callable[[str], None]) -> Numbers:
        """Measure everything once and return it."""
        for part in (
            self.two_workers, self.corrections, self.one_worker, self.refusal, self.next_month, self.other_ways,
        ):  # fmt: skip
            say(part.__name__.replace("_", " "))
            self.raw()
            part()
        self.found["raw"] = median(self._raw)
        return self.found

    def file(self, name: str, months: int = 0, **more: object) -> Path:
        """Return the path of one of the files."""
        return write(Kind(name, months or self.months, **more), self.folder)  # type: ignore[arg-type]

    def raw(self) -> None:
        """Load the clean file with COPY alone."""
        self.portal.settle()
        self._raw.append(others.raw_copy(self.file("clean"), self.portal.address))

    def note(self, name: str, took: Load) -> None:
        """Keep how long a load took, in all and by step."""
        self.found |= {name: took.total, f"{name}, read": took.received + took.staged, f"{name}, applied": took.applied}

    def two_workers(self) -> None:
        """Load the file for the first time, then the same bytes, then the same rows in another order."""
        self.portal.fresh(2)
        self.portal.settle()
        with self.portal.measured() as memory:
            _, took = load(self.file("clean"))
        self.note("two", took)
        self.found |= {"worker MB": memory.worker, "database MB": memory.database}
        self.portal.settle()
        self.found["same bytes"] = timed(lambda: _require_known(self.file("clean")))
        self.portal.settle()
        again, took = load(self.file("shuffled", is_shuffled=True))
        self.note("other order", took)
        self.found["rows written by another order"] = _rows_written(again)

    def corrections(self) -> None:
        """Go on with that portal: one month changed, and everything recomputed."""
        changed = self.file("changed", 1, last=_middle(self.months), is_changed=True)
        self.portal.settle()
        _, took = load(changed)
        self.note("changed month", took)
        self.found |= recomputing(_middle(self.months))

    def one_worker(self) -> None:
        """Load the file for the first time with one worker."""
        self.portal.fresh(1)
        self.portal.settle()
        _, took = load(self.file("clean"))
        self.note("one", took)

    def refusal(self) -> None:
        """Send the file with faults."""
        self.portal.fresh(2)
        self.portal.settle()
        refused, took = stage(self.file("faulty", has_faults=True), ImportState.REFUSED)
        if refused.problem_count != self.months * (Kind("", 1).rows // 100):
            raise BenchFailed(f"{refused.problem_count} problems were found")
        self.found["refusal"] = took.total

    def next_month(self) -> None:
        """Load one month into a portal that holds none, then into one that holds twelve years."""
        month = self.file("next", 1, last=add_months(LAST, self.number))
        self.portal.fresh(2)
        self.portal.settle()
        _, took = load(month)
        self.note("month into none", took)
        self.portal.unshelve("history", 2)
        self.portal.settle()
        _, took = load(month)
        self.note("month into history", took)
        self.portal.shelve("history")
        self.portal.fresh(1)

    def other_ways(self) -> None:
        """Load samples in two common ways."""
        path = self.file("clean")
        self.found["bulk_create"] = others.bulk_create(path, BULK_ROWS)
        self.found["import-export"] = others.import_export(path, EXPORT_ROWS)


def history(portal: Running, folder: Path, months: int) -> Numbers:
    """Load few rows and many, watch the memory of both, and put the portal with many by."""
    found: Numbers = {}
    for name, kind in (("few", Kind("few", 4, 25_000)), ("many", Kind("many", months))):
        portal.fresh(2)
        path = write(kind, folder)
        with portal.measured() as memory:
            _, took = load(path)
        found |= {name: took.total, f"{name} worker MB": memory.worker, f"{name} database MB": memory.database}
    portal.shelve("history")
    return found


def recomputing(month: date) -> Numbers:
    """Measure the counting of one changed month beside a scan, and the recomputing of that month and of all."""
    force = Force.objects.get()
    found = {"rows held": float(_one(SERIAL_SCAN))}
    with connection.cursor() as cursor:
        counted = cells.held(cursor, force.pk, [month])
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        for _ in range(2):  # the first makes ready what the second measures
            found["scan"] = timed(lambda: cursor.execute(SERIAL_SCAN))
            found["group by"] = timed(lambda: cursor.execute(f"CREATE TEMPORARY TABLE grouped AS {counted}"))
            cursor.execute("DROP TABLE grouped")
        cursor.execute("RESET max_parallel_workers_per_gather")
        cursor.execute(
            "UPDATE indicators_case SET category_id = (SELECT id FROM indicators_category WHERE crime_type = 'Drugs' "
            "AND offence = '') WHERE month = %s AND get_byte(uuid_send(key), 0) < 3",
            [month],
        )
    found["month recomputed"] = timed(lambda: _recompute(force, [month], with_cells=True))
    found["values written"] = float(_one(VALUES_WRITTEN))
    found["all windows"] = timed(lambda: _recompute(force, held_months(force), with_cells=False))
    found["all recomputed"] = timed(lambda: _recompute(force, held_months(force), with_cells=True))
    found["values written by nothing"] = float(_one(VALUES_WRITTEN))
    found["values held"] = float(_one("SELECT count(*) FROM indicators_aggregate WHERE until_version IS NULL"))
    return found


VALUES_WRITTEN = (
    "SELECT count(*) FROM indicators_aggregate "
    "WHERE (SELECT max(number) FROM indicators_dataversion) IN (since_version, until_version)"
)


@transaction.atomic
def _recompute(force: Force, months: list[date], *, with_cells: bool) -> DataVersion:
    version = versions.take(force, VersionKind.IMPORT, by=analyst(), reason="bench")
    if with_cells:
        with connection.cursor() as cursor:
            cells.recount(cursor, force.pk, version.number, months)
    aggregates.recompute_cases(force, version, months)
    return version


def _middle(months: int) -> date:
    return add_months(LAST, -(months // 2))


def _one(query: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])


def _require_known(path: Path) -> None:
    _, is_new = receive(path)
    if is_new:
        raise BenchFailed("the same bytes were taken for another import")


def _rows_written(data_import: DataImport) -> int:
    """Count the cases, kept changes, cells and values that an import wrote."""
    assert data_import.version is not None
    version = data_import.version.number
    cases = _one("SELECT count(*) FROM indicators_case WHERE data_import_id = %s", data_import.pk)
    changes = _one("SELECT count(*) FROM indicators_casechange WHERE version = %s", version)
    return sum(
        (_one(f"SELECT count(*) FROM {table} WHERE %s IN (since_version, until_version)", version)
         for table in ("indicators_casecell", "indicators_aggregate")),
        cases + changes,
    )  # fmt: skip
