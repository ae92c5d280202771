"""Expected deliveries, what is said about them, and which file was loaded for which."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0005_derived_keys'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExpectedDeliveryEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('cases', 'cases'), ('observations', 'observations')], max_length=20)),
                ('cadence', models.CharField(choices=[('monthly', 'Every month'), ('quarterly', 'Every quarter')], max_length=10)),
                ('due_days', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(366)])),
                ('sender', models.CharField(max_length=200)),
                ('instructions', models.TextField(blank=True)),
                ('checks', models.TextField(blank=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='dataimport',
            name='delivery_period',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='DeliveryNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ExpectedDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('cases', 'cases'), ('observations', 'observations')], max_length=20)),
                ('cadence', models.CharField(choices=[('monthly', 'Every month'), ('quarterly', 'Every quarter')], max_length=10)),
                ('due_days', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(366)])),
                ('sender', models.CharField(max_length=200)),
                ('instructions', models.TextField(blank=True)),
                ('checks', models.TextField(blank=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('force', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='indicators.force')),
                ('loader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='indicators.datasource')),
            ],
            options={
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='DeliveryNoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('period', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.deliverynote')),
                ('delivery', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.expecteddelivery')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='deliverynote',
            name='delivery',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='indicators.expecteddelivery'),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='delivery',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='indicators.expecteddelivery'),
        ),
        migrations.AddConstraint(
            model_name='dataimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delivery__isnull', True), ('delivery_period__isnull', True)), models.Q(('delivery__isnull', False), ('delivery_period__isnull', False)), _connector='OR'), name='a_delivery_is_for_a_period'),
        ),
        migrations.AddField(
            model_name='expecteddeliveryevent',
            name='force',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='expecteddeliveryevent',
            name='loader',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expecteddeliveryevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='expecteddeliveryevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.expecteddelivery'),
        ),
        migrations.AddField(
            model_name='expecteddeliveryevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.datasource'),
        ),
        migrations.AddConstraint(
            model_name='expecteddelivery',
            constraint=models.UniqueConstraint(fields=('force', 'name'), name='delivery_name_once_per_force'),
        ),
        migrations.AddConstraint(
            model_name='expecteddelivery',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('starts_on__lte', models.F('ends_on')), _connector='OR'), name='delivery_dates_in_order'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expecteddelivery',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_expecteddeliveryevent" ("cadence", "checks", "due_days", "ends_on", "force_id", "id", "instructions", "kind", "loader_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "sender", "source_id", "starts_on") VALUES (NEW."cadence", NEW."checks", NEW."due_days", NEW."ends_on", NEW."force_id", NEW."id", NEW."instructions", NEW."kind", NEW."loader_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."sender", NEW."source_id", NEW."starts_on"); RETURN NULL;', hash='9af880a653d6d3b573e6058af6d51961e71daabb', operation='INSERT', pgid='pgtrigger_insert_insert_c2356', table='indicators_expecteddelivery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expecteddelivery',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_expecteddeliveryevent" ("cadence", "checks", "due_days", "ends_on", "force_id", "id", "instructions", "kind", "loader_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "sender", "source_id", "starts_on") VALUES (NEW."cadence", NEW."checks", NEW."due_days", NEW."ends_on", NEW."force_id", NEW."id", NEW."instructions", NEW."kind", NEW."loader_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."sender", NEW."source_id", NEW."starts_on"); RETURN NULL;', hash='5246589e6ac715f4aac24c7efb53d52f9ee06138', operation='UPDATE', pgid='pgtrigger_update_update_a5ae8', table='indicators_expecteddelivery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deliverynoteevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1190cec1d62c73c92b19f4e12d97060137423593', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_04426', table='indicators_deliverynoteevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='deliverynote',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('delivery', 'period'), name='one_open_note_per_period'),
        ),
        migrations.AddConstraint(
            model_name='deliverynote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='a_lifted_note_has_a_person'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deliverynote',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_deliverynoteevent" ("at", "by_id", "delivery_id", "id", "lifted_at", "lifted_by_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."at", NEW."by_id", NEW."delivery_id", NEW."id", NEW."lifted_at", NEW."lifted_by_id", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='e8bf78e5e9e935a6a509f23c0edae3ae8815c1ab', operation='INSERT', pgid='pgtrigger_insert_insert_e09db', table='indicators_deliverynote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deliverynote',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_deliverynoteevent" ("at", "by_id", "delivery_id", "id", "lifted_at", "lifted_by_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."at", NEW."by_id", NEW."delivery_id", NEW."id", NEW."lifted_at", NEW."lifted_by_id", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='da360c8a0906a42c02e2a854452e94d0520f513b', operation='UPDATE', pgid='pgtrigger_update_update_145e0', table='indicators_deliverynote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expecteddeliveryevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='74c86e4169483eb0aff75adbe3fb7efa0202ceb5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c698b', table='indicators_expecteddeliveryevent', when='BEFORE')),
        ),
    ]
