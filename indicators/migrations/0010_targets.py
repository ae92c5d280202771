"""Targets say what they ask, for which period, and why they were changed last."""

import django.db.models.deletion
import indicators.choices
import indicators.targets.vocabulary
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def name_those_in_words(apps, schema_editor):
    """Until now a target without a value was one in words."""
    apps.get_model('indicators', 'Target').objects.filter(value__isnull=True).update(kind='words')


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0009_notes_and_breaks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='target',
            options={'ordering': ['indicator', models.OrderBy(models.F('starts_on'), nulls_first=True)]},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='target',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='target',
            name='update_update',
        ),
        migrations.AddField(
            model_name='target',
            name='at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='target',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='target',
            name='compared_with',
            field=models.CharField(blank=True, choices=[('previous-equivalent', 'the same period of the year before'), ('previous-month', 'the month before'), ('previous-quarter', 'the quarter before')], max_length=20),
        ),
        migrations.AddField(
            model_name='target',
            name='kind',
            field=models.CharField(choices=[('level', 'A level: below, at most, above or at least a value'), ('change', 'A reduction or an increase from an earlier period'), ('words', 'Words only: nothing can be computed')], default=indicators.targets.vocabulary.TargetKind['LEVEL'], max_length=10),
        ),
        migrations.AddField(
            model_name='target',
            name='reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='target',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='target',
            name='wanted',
            field=models.CharField(blank=True, choices=[(indicators.choices.Direction['DECREASE'], 'A reduction'), (indicators.choices.Direction['INCREASE'], 'An increase')], max_length=10),
        ),
        migrations.AddField(
            model_name='target',
            name='window',
            field=models.CharField(blank=True, choices=[('month', 'Month'), ('quarter', 'Quarter'), ('r12', '12 months'), ('fytd', 'Financial year to date'), ('cytd', 'Calendar year to date'), ('span', 'From and to'), ('snapshot', 'As at'), ('annual', 'Year'), ('rytd', 'Rolling year to date'), ('not-stated', 'Period not stated')], max_length=20),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='compared_with',
            field=models.CharField(blank=True, choices=[('previous-equivalent', 'the same period of the year before'), ('previous-month', 'the month before'), ('previous-quarter', 'the quarter before')], max_length=20),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='kind',
            field=models.CharField(choices=[('level', 'A level: below, at most, above or at least a value'), ('change', 'A reduction or an increase from an earlier period'), ('words', 'Words only: nothing can be computed')], default=indicators.targets.vocabulary.TargetKind['LEVEL'], max_length=10),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='wanted',
            field=models.CharField(blank=True, choices=[(indicators.choices.Direction['DECREASE'], 'A reduction'), (indicators.choices.Direction['INCREASE'], 'An increase')], max_length=10),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='window',
            field=models.CharField(blank=True, choices=[('month', 'Month'), ('quarter', 'Quarter'), ('r12', '12 months'), ('fytd', 'Financial year to date'), ('cytd', 'Calendar year to date'), ('span', 'From and to'), ('snapshot', 'As at'), ('annual', 'Year'), ('rytd', 'Rolling year to date'), ('not-stated', 'Period not stated')], max_length=20),
        ),
        # While no trigger watches: nobody decides anything here.
        migrations.RunPython(name_those_in_words, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_targetevent" ("at", "by_id", "compared_with", "ends_on", "id", "indicator_id", "kind", "note", "operator", "owner", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed", "rationale", "reason", "row_id", "starts_on", "unit", "value", "version", "wanted", "window") VALUES (NEW."at", NEW."by_id", NEW."compared_with", NEW."ends_on", NEW."id", NEW."indicator_id", NEW."kind", NEW."note", NEW."operator", NEW."owner", NEW."part_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."printed", NEW."rationale", NEW."reason", NEW."row_id", NEW."starts_on", NEW."unit", NEW."value", NEW."version", NEW."wanted", NEW."window"); RETURN NULL;', hash='5dc9e02358270867aa340bac2f09feb177d5c688', operation='INSERT', pgid='pgtrigger_insert_insert_621f2', table='indicators_target', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_targetevent" ("at", "by_id", "compared_with", "ends_on", "id", "indicator_id", "kind", "note", "operator", "owner", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed", "rationale", "reason", "row_id", "starts_on", "unit", "value", "version", "wanted", "window") VALUES (NEW."at", NEW."by_id", NEW."compared_with", NEW."ends_on", NEW."id", NEW."indicator_id", NEW."kind", NEW."note", NEW."operator", NEW."owner", NEW."part_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."printed", NEW."rationale", NEW."reason", NEW."row_id", NEW."starts_on", NEW."unit", NEW."value", NEW."version", NEW."wanted", NEW."window"); RETURN NULL;', hash='bd58fef6b2b49986f8817e35c17eb606d9846f1f', operation='UPDATE', pgid='pgtrigger_update_update_38da2', table='indicators_target', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', indicators.targets.vocabulary.TargetKind['LEVEL']), _negated=True), ('value__isnull', False), _connector='OR'), name='target_level_has_a_value'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', indicators.targets.vocabulary.TargetKind['CHANGE']), _negated=True), models.Q(models.Q(('wanted', ''), _negated=True), models.Q(('compared_with', ''), _negated=True)), _connector='OR'), name='target_change_has_a_direction'),
        ),
    ]
