"""Profiles of extracts; which of them read a file, as it was then, and which reads an expected delivery."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0006_deliveries'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseProfile',
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
            name='CaseProfileEvent',
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
        pgtrigger.migrations.RemoveTrigger(
            model_name='expecteddelivery',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='expecteddelivery',
            name='update_update',
        ),
        migrations.AddField(
            model_name='dataimport',
            name='layout',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='profile_version',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expecteddelivery',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_expecteddeliveryevent" ("cadence", "checks", "due_days", "ends_on", "force_id", "id", "instructions", "kind", "loader_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "sender", "source_id", "starts_on") VALUES (NEW."cadence", NEW."checks", NEW."due_days", NEW."ends_on", NEW."force_id", NEW."id", NEW."instructions", NEW."kind", NEW."loader_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."profile_id", NEW."sender", NEW."source_id", NEW."starts_on"); RETURN NULL;', hash='3acd15ef134c01ac9e3c0a7ce92fd44bc8ac4048', operation='INSERT', pgid='pgtrigger_insert_insert_c2356', table='indicators_expecteddelivery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expecteddelivery',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_expecteddeliveryevent" ("cadence", "checks", "due_days", "ends_on", "force_id", "id", "instructions", "kind", "loader_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "sender", "source_id", "starts_on") VALUES (NEW."cadence", NEW."checks", NEW."due_days", NEW."ends_on", NEW."force_id", NEW."id", NEW."instructions", NEW."kind", NEW."loader_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."profile_id", NEW."sender", NEW."source_id", NEW."starts_on"); RETURN NULL;', hash='25b3c510f040d14b42c6e141bb29d0f52798229d', operation='UPDATE', pgid='pgtrigger_update_update_a5ae8', table='indicators_expecteddelivery', when='AFTER')),
        ),
        migrations.AddField(
            model_name='caseprofile',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profiles', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='caseprofile',
            name='saved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='caseprofile',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profiles', to='indicators.datasource'),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='profile',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='indicators.caseprofile'),
        ),
        migrations.AddField(
            model_name='expecteddelivery',
            name='profile',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='indicators.caseprofile'),
        ),
        migrations.AddField(
            model_name='expecteddeliveryevent',
            name='profile',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.caseprofile'),
        ),
        migrations.AddField(
            model_name='caseprofileevent',
            name='force',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='caseprofileevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='caseprofileevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.caseprofile'),
        ),
        migrations.AddField(
            model_name='caseprofileevent',
            name='saved_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='caseprofileevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.datasource'),
        ),
        migrations.AddConstraint(
            model_name='caseprofile',
            constraint=models.UniqueConstraint(fields=('force', 'name'), name='profile_name_once_per_force'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseprofile',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_caseprofileevent" ("definition", "force_id", "found", "id", "is_retired", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source_id", "version") VALUES (NEW."definition", NEW."force_id", NEW."found", NEW."id", NEW."is_retired", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='c4f556e4557ae7a7f9ed08524147e5a83cc54f36', operation='INSERT', pgid='pgtrigger_insert_insert_ac228', table='indicators_caseprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseprofile',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_caseprofileevent" ("definition", "force_id", "found", "id", "is_retired", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source_id", "version") VALUES (NEW."definition", NEW."force_id", NEW."found", NEW."id", NEW."is_retired", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='d94af5c89ec338ec07a5fc31da2569906ec74f4f', operation='UPDATE', pgid='pgtrigger_update_update_88ee5', table='indicators_caseprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseprofileevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cb8fc3355b29a0315c357a4fc806cc7ba41ce210', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_09c5f', table='indicators_caseprofileevent', when='BEFORE')),
        ),
    ]
