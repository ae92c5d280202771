import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0016_areas_have_slugs'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Span',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('indicators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('since_version', models.PositiveIntegerField()),
                ('until_version', models.PositiveIntegerField(null=True)),
                ('force', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spans', to='indicators.force')),
            ],
            options={
                'ordering': ['-ends_on', '-starts_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SpanEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('indicators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('since_version', models.PositiveIntegerField()),
                ('until_version', models.PositiveIntegerField(null=True)),
                ('force', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.span')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='span',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__lte', models.F('ends_on'))), name='span_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='span',
            constraint=models.UniqueConstraint(condition=models.Q(('until_version__isnull', True)), fields=('force', 'starts_on', 'ends_on'), name='one_current_span_of_these_days'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='span',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_spanevent" ("ends_on", "force_id", "id", "indicators", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since_version", "starts_on", "until_version") VALUES (NEW."ends_on", NEW."force_id", NEW."id", NEW."indicators", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since_version", NEW."starts_on", NEW."until_version"); RETURN NULL;', hash='1911e572782d7749efc3b270a3f7b000168c8f11', operation='INSERT', pgid='pgtrigger_insert_insert_7ca1b', table='indicators_span', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='span',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_spanevent" ("ends_on", "force_id", "id", "indicators", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since_version", "starts_on", "until_version") VALUES (NEW."ends_on", NEW."force_id", NEW."id", NEW."indicators", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since_version", NEW."starts_on", NEW."until_version"); RETURN NULL;', hash='ebc101fbcb78a33b71002e03ef6539151a3d22dd', operation='UPDATE', pgid='pgtrigger_update_update_a6c36', table='indicators_span', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='spanevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='987b955429a8fd6a68622085aead3ebeafb9c957', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_02ce8', table='indicators_spanevent', when='BEFORE')),
        ),
    ]
