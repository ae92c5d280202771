"""Official publications: how they are read, which releases were applied, and who their comparators are made of."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0010_targets'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_counted', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='OfficialFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('layout', models.CharField(choices=[('force-areas', 'force areas'), ('recorded-crime', 'recorded crime')], max_length=20)),
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
            name='OfficialFeedEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('layout', models.CharField(choices=[('force-areas', 'force areas'), ('recorded-crime', 'recorded crime')], max_length=20)),
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
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('title', models.TextField()),
                ('ends_on', models.DateField()),
                ('notes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('since_version', models.PositiveIntegerField(null=True)),
                ('until_version', models.PositiveIntegerField(null=True)),
            ],
            options={
                'ordering': ['-ends_on', 'indicator', '-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='area',
            name='area_belongs_to_a_force_unless_comparator',
        ),
        migrations.AlterField(
            model_name='area',
            name='kind',
            field=models.CharField(choices=[('force', 'force'), ('division', 'division'), ('district', 'district'), ('small-area', 'small area'), ('outside', 'outside'), ('unlocated', 'unlocated'), ('comparator', 'comparator'), ('police-area', 'police area')], max_length=20),
        ),
        migrations.AlterField(
            model_name='dataimport',
            name='kind',
            field=models.CharField(choices=[('cases', 'cases'), ('observations', 'observations'), ('official', 'official')], max_length=20),
        ),
        migrations.AlterField(
            model_name='expecteddelivery',
            name='kind',
            field=models.CharField(choices=[('cases', 'cases'), ('observations', 'observations'), ('official', 'official')], max_length=20),
        ),
        migrations.AlterField(
            model_name='expecteddeliveryevent',
            name='kind',
            field=models.CharField(choices=[('cases', 'cases'), ('observations', 'observations'), ('official', 'official')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('force__isnull', True), ('kind__in', ['comparator', 'police-area'])), models.Q(models.Q(('kind__in', ['comparator', 'police-area']), _negated=True), ('force__isnull', False)), _connector='OR'), name='area_belongs_to_a_force_unless_comparator'),
        ),
        migrations.AddField(
            model_name='membership',
            name='comparator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AddField(
            model_name='membership',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AddField(
            model_name='officialfeed',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feeds', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='officialfeed',
            name='own',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AddField(
            model_name='officialfeed',
            name='saved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='officialfeed',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feeds', to='indicators.datasource'),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='feed',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='indicators.officialfeed'),
        ),
        migrations.AddField(
            model_name='officialfeedevent',
            name='force',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='officialfeedevent',
            name='own',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.area'),
        ),
        migrations.AddField(
            model_name='officialfeedevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='officialfeedevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.officialfeed'),
        ),
        migrations.AddField(
            model_name='officialfeedevent',
            name='saved_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='officialfeedevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.datasource'),
        ),
        migrations.AddField(
            model_name='release',
            name='data_import',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='indicators.dataimport'),
        ),
        migrations.AddField(
            model_name='release',
            name='feed',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='indicators.officialfeed'),
        ),
        migrations.AddField(
            model_name='release',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='release',
            name='indicator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='membership',
            name='release',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='indicators.release'),
        ),
        migrations.AddConstraint(
            model_name='officialfeed',
            constraint=models.UniqueConstraint(fields=('force', 'name'), name='feed_name_once_per_force'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='officialfeed',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_officialfeedevent" ("definition", "force_id", "found", "id", "is_retired", "layout", "name", "own_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source_id", "version") VALUES (NEW."definition", NEW."force_id", NEW."found", NEW."id", NEW."is_retired", NEW."layout", NEW."name", NEW."own_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='fc75672dd6a47e850699bc2026d194dcda96c584', operation='INSERT', pgid='pgtrigger_insert_insert_c4e8c', table='indicators_officialfeed', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='officialfeed',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_officialfeedevent" ("definition", "force_id", "found", "id", "is_retired", "layout", "name", "own_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source_id", "version") VALUES (NEW."definition", NEW."force_id", NEW."found", NEW."id", NEW."is_retired", NEW."layout", NEW."name", NEW."own_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='622dc0808d67a22932cc5550f34b7e82bc2566e5', operation='UPDATE', pgid='pgtrigger_update_update_957fa', table='indicators_officialfeed', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='officialfeedevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='399dae778ac1702ae40bf3b58c6906042dff6ad8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5c20b', table='indicators_officialfeedevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(condition=models.Q(('since_version__isnull', False), ('until_version__isnull', True)), fields=('force', 'indicator', 'ends_on'), name='one_current_release'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('release', 'comparator', 'member'), name='member_once_in_a_release'),
        ),
    ]
