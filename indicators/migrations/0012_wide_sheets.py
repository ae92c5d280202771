"""Profiles of wide sheets, what an earlier report printed first, and the cell that a value stands in."""

import django.db.models.deletion
import indicators.choices
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0011_comparators'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SheetProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('definition', models.JSONField(default=dict)),
                ('found', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(auto_now_add=True)),
                ('is_retired', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['force', 'name'],
            },
        ),
        migrations.CreateModel(
            name='SheetProfileEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('definition', models.JSONField(default=dict)),
                ('found', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(auto_now_add=True)),
                ('is_retired', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='dataimport',
            name='same_bytes_are_the_same_import',
        ),
        migrations.AddField(
            model_name='dataimport',
            name='printed_in',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='report_name',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name='observation',
            name='cell',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='observation',
            name='sheet',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='stagedobservation',
            name='cell',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='stagedobservation',
            name='sheet',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='observation',
            name='statistic',
            field=models.CharField(choices=[('level', 'level'), ('change', 'change'), ('percent-change', 'percent change'), ('previous', 'previous'), ('previous-share', 'previous share'), ('share', 'share'), ('plan-low', 'plan low'), ('plan-high', 'plan high'), ('first-published', 'first published')], max_length=20),
        ),
        migrations.AlterField(
            model_name='stagedobservation',
            name='statistic',
            field=models.CharField(choices=[('level', 'level'), ('change', 'change'), ('percent-change', 'percent change'), ('previous', 'previous'), ('previous-share', 'previous share'), ('share', 'share'), ('plan-low', 'plan low'), ('plan-high', 'plan high'), ('first-published', 'first published')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('statistic', indicators.choices.Statistic['FIRST_PUBLISHED']), _negated=True), models.Q(('reported_for', ''), _negated=True), _connector='OR'), name='first_published_names_its_report'),
        ),
        migrations.AddField(
            model_name='sheetprofile',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheet_profiles', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='sheetprofile',
            name='saved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sheetprofile',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheet_profiles', to='indicators.datasource'),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='sheet_profile',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='indicators.sheetprofile'),
        ),
        migrations.AddConstraint(
            model_name='dataimport',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', [indicators.choices.ImportState['REFUSED'], indicators.choices.ImportState['ABANDONED'], indicators.choices.ImportState['FAILED'], indicators.choices.ImportState['REVERTED']]), _negated=True), fields=('force', 'kind', 'sha256', 'sheet_profile', 'printed_in'), name='same_bytes_are_the_same_import', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='sheetprofileevent',
            name='force',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='sheetprofileevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='sheetprofileevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.sheetprofile'),
        ),
        migrations.AddField(
            model_name='sheetprofileevent',
            name='saved_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sheetprofileevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.datasource'),
        ),
        migrations.AddConstraint(
            model_name='sheetprofile',
            constraint=models.UniqueConstraint(fields=('force', 'name'), name='sheet_profile_name_once_per_force'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sheetprofile',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_sheetprofileevent" ("definition", "force_id", "found", "id", "is_retired", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source_id", "version") VALUES (NEW."definition", NEW."force_id", NEW."found", NEW."id", NEW."is_retired", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='3309a045a3677a012fda2e8a2794605d14ce9eaa', operation='INSERT', pgid='pgtrigger_insert_insert_a5f3b', table='indicators_sheetprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sheetprofile',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_sheetprofileevent" ("definition", "force_id", "found", "id", "is_retired", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source_id", "version") VALUES (NEW."definition", NEW."force_id", NEW."found", NEW."id", NEW."is_retired", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='b80eb6c1ce9ee4cf3b689ff9ce02b58101c0cf37', operation='UPDATE', pgid='pgtrigger_update_update_5f264', table='indicators_sheetprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sheetprofileevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1c6763216f60bcc7df9971173096cf4a963ff26f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f5d97', table='indicators_sheetprofileevent', when='BEFORE')),
        ),
    ]
