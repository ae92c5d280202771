"""The tables of cases, partitioned by force and then month, and the crime types of the street-level format."""

from django.db import migrations, models
import django.contrib.postgres.fields

CASE_COLUMNS = """
  "row" integer NOT NULL,
  member text NOT NULL,
  month date NOT NULL,
  key uuid NOT NULL,
  content uuid NOT NULL,
  reference text NOT NULL,
  occurred_on date,
  longitude numeric(9, 6),
  latitude numeric(9, 6),
  location text NOT NULL,
  area_id bigint NOT NULL,
  small_area_code text NOT NULL,
  small_area_name text NOT NULL,
  category_id smallint NOT NULL,
  outcome text NOT NULL,
  context text NOT NULL,
  flags smallint[] NOT NULL
"""

FORWARD = f"""
CREATE TABLE indicators_case (
  force_id smallint NOT NULL,
  data_import_id bigint NOT NULL,
  ordinal integer NOT NULL,
  {CASE_COLUMNS},
  PRIMARY KEY (force_id, month, key, ordinal),
  CONSTRAINT case_month_is_a_first CHECK (extract(day FROM month) = 1)
) PARTITION BY LIST (force_id);

CREATE TABLE indicators_stagedcase (
  data_import_id bigint NOT NULL,
  {CASE_COLUMNS}
) PARTITION BY LIST (data_import_id);
"""

BACKWARD = "DROP TABLE indicators_stagedcase; DROP TABLE indicators_case;"

CRIME_TYPES = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
)


def add_crime_types(apps, schema_editor):
    Category = apps.get_model("indicators", "Category")
    for crime_type in CRIME_TYPES:
        Category.objects.get_or_create(crime_type=crime_type, offence="")


def keep(apps, schema_editor):
    """Crime types stay: cells may refer to them."""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(add_crime_types, keep),
    ]
