"""How fast cases are imported, as multiples of a raw COPY of the same file in the same run. `make bench` prints it."""

import csv
import io
import sys
import time
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from indicators import tasks
from indicators.actions import imports, jobs
from indicators.choices import ImportKind
from indicators.models.job import Job
from portal.demonstration import cases

pytestmark = pytest.mark.django_db


def timed(act) -> float:
    """Return the seconds that an act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def raw_copy(path: Path) -> None:
    """Load the rows of a zip as text columns into a plain table, as a client does with COPY."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE raw ({', '.join(f'c{at} text' for at in range(15))}) ON COMMIT DROP")
        with zipfile.ZipFile(path) as archive, cursor.copy("COPY raw FROM STDIN WITH (FORMAT csv)") as copy:
            for name in archive.namelist():
                if not name.endswith("/"):
                    with archive.open(name) as member:
                        member.readline()
                        while chunk := member.read(1024 * 1024):
                            copy.write(chunk)


def rows_of(path: Path) -> int:
    """Count the rows of a zip with the standard library alone."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return sum(sum(1 for _ in csv.reader(io.TextIOWrapper(archive.open(name), "utf-8"))) - 1 for name in names)


def test_import_of_the_demonstration_against_raw_copy(force, analyst, tmp_path):
    path = cases.write_cases(tmp_path).quarter
    person = analyst.person
    data_import, _ = imports.receive(force, ImportKind.CASES, path.name, [path.read_bytes()], by=person)
    staging = timed(lambda: tasks.stage_import(Job.objects.get(task=imports.STAGE_TASK).pk))
    data_import.refresh_from_db()
    imports.confirm(data_import, by=person)
    applying = timed(lambda: tasks.apply_import(Job.objects.get(task=imports.APPLY_TASK).pk))
    data_import.refresh_from_db()
    copying = timed(lambda: raw_copy(path))
    rows = rows_of(path)
    assert data_import.rows == rows > 400_000
    assert not list(jobs.open_jobs())
    lines = [
        f"rows                {rows:>10,}",
        f"raw COPY            {1:>10.2f} x   ({copying:.1f} s)",
        f"staging, checked    {staging / copying:>10.2f} x",
        f"apply with figures  {applying / copying:>10.2f} x",
        f"both                {(staging + applying) / copying:>10.2f} x",
    ]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
