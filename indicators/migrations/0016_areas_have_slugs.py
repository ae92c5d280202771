from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_what_has_none(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give an area whose name has no letter from A to Z a short name of its own: the empty one means the force."""
    for area in apps.get_model("indicators", "Area").objects.filter(slug=""):
        area.slug = f"area-{area.pk}"
        area.save(update_fields=["slug"])


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0015_groups_and_feeds'),
    ]

    operations = [
        migrations.RunPython(name_what_has_none, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='area_has_a_slug'),
        ),
    ]
