import indicators.choices
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
        # The constraint of 0015 was stricter at first: databases that have that one get today's.
        migrations.RemoveConstraint(model_name='expecteddelivery', name='delivery_is_read_as_its_kind'),
        migrations.AddConstraint(
            model_name='expecteddelivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', indicators.choices.ImportKind['CASES']), ('profile__isnull', True), _connector='OR'), models.Q(('kind', indicators.choices.ImportKind['OBSERVATIONS']), ('sheet_profile__isnull', True), _connector='OR'), models.Q(('kind', indicators.choices.ImportKind['OFFICIAL']), ('feed__isnull', True), _connector='OR')), name='delivery_is_read_as_its_kind'),
        ),
        migrations.RunPython(name_what_has_none, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='area_has_a_slug'),
        ),
    ]
