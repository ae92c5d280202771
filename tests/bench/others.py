"""What the portal is compared with: a raw COPY, and two common ways of importing with Django."""

import time
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import psycopg
import tablib
from django.db import connection, models
from import_export.resources import modelresource_factory

from tests.bench import files

CHUNK = 1024 * 1024
BATCH = 1_000


def raw_copy(path: Path, address: str) -> float:
    """Return the seconds in which one client loads the files of a zip as text columns into a plain logged table."""
    names = files.HEADER.strip().split(",")
    columns = ", ".join(f'"{name}" text' for name in names)
    with psycopg.connect(address) as client, ZipFile(path) as archive:
        began = time.perf_counter()
        client.execute(f"CREATE TABLE raw ({columns})")
        with client.cursor().copy("COPY raw FROM STDIN WITH (FORMAT csv)") as copy:
            for name in archive.namelist():
                with archive.open(name) as member:
                    member.readline()
                    while chunk := member.read(CHUNK):
                        copy.write(chunk)
        client.commit()
        seconds = time.perf_counter() - began
        client.execute("DROP TABLE raw")
        client.commit()
    return seconds


class PlainCase(models.Model):
    """The table that a portal without any thought for scale would have: one row per case, one unique key."""

    key = models.UUIDField(unique=True)
    month = models.CharField(max_length=10)
    reference = models.CharField(max_length=64)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    location = models.CharField(max_length=200)
    small_area = models.CharField(max_length=20)
    crime_type = models.CharField(max_length=60)
    outcome = models.CharField(max_length=100)

    class Meta:
        app_label = "indicators"
        db_table = "bench_plain_case"
        managed = False

    def __str__(self) -> str:
        return self.reference


FIELDS = [field.name for field in PlainCase._meta.fields if field.name not in {"id", "key"}]


def plain_rows(path: Path, rows: int) -> list[dict[str, str | None]]:
    """Return the first rows of a file as values of PlainCase, with a key of their own."""
    return [
        {
            "key": str(UUID(int=number)),
            "month": row["Month"],
            "reference": row["Crime ID"],
            "longitude": row["Longitude"] or None,
            "latitude": row["Latitude"] or None,
            "location": row["Location"],
            "small_area": row["LSOA code"],
            "crime_type": row["Crime type"],
            "outcome": row["Last outcome category"],
        }
        for number, row in enumerate(files.head(path, rows))
    ]


def bulk_create(path: Path, rows: int) -> float:
    """Return the seconds that `bulk_create(update_conflicts=True)` takes for some rows, into an empty table."""
    _plain_table()
    began = time.perf_counter()
    PlainCase.objects.bulk_create(
        (PlainCase(**row) for row in plain_rows(path, rows)),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=FIELDS,
    )
    return time.perf_counter() - began


def import_export(path: Path, rows: int) -> float:
    """Return the seconds that django-import-export takes for some rows as it comes, but for the field of identity."""
    _plain_table()
    dataset = tablib.Dataset()
    dataset.dict = [{name: value or "" for name, value in row.items()} for row in plain_rows(path, rows)]
    resource = modelresource_factory(model=PlainCase, meta_options={"import_id_fields": ["key"]})()
    began = time.perf_counter()
    resource.import_data(dataset, raise_errors=True)
    return time.perf_counter() - began


def _plain_table() -> None:
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {PlainCase._meta.db_table}")
        editor.create_model(PlainCase)
