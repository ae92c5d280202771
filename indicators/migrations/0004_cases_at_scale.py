"""Cases at scale: parts of files, months with their facts, kept changes, overlays, counting and retention rules."""

import django.contrib.postgres.fields
import django.db.models.deletion
import indicators.choices
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# The columns of a case stand in 0002; what a data version did to one has these and two more.
TABLES = """
CREATE TABLE indicators_casechange (
  LIKE indicators_case,
  version integer NOT NULL,
  kind varchar(10) NOT NULL,
  PRIMARY KEY (force_id, month, key, ordinal, version)
) PARTITION BY LIST (force_id);

ALTER TABLE indicators_case DROP CONSTRAINT indicators_case_pkey;
ALTER TABLE indicators_case ADD PRIMARY KEY (key, ordinal, month, force_id);

DROP TABLE indicators_stagedcase;
"""
TABLES_BACK = """
ALTER TABLE indicators_case DROP CONSTRAINT indicators_case_pkey;
ALTER TABLE indicators_case ADD PRIMARY KEY (force_id, month, key, ordinal);
DROP TABLE indicators_casechange;
CREATE TABLE indicators_stagedcase (LIKE indicators_case) PARTITION BY LIST (data_import_id);
"""

# What was held before is counted by rows, and each month comes from the import of its rows.
CARRIED = """
UPDATE indicators_casecell SET distinct_cases = cases;

DO $$
DECLARE force record;
BEGIN
  FOR force IN SELECT DISTINCT force_id AS id FROM indicators_casecell LOOP
    EXECUTE format(
      'CREATE TABLE IF NOT EXISTS indicators_casechange_f%s PARTITION OF indicators_casechange FOR VALUES IN (%s)',
      force.id, force.id);
  END LOOP;
END $$;

INSERT INTO indicators_casemonth
  (force_id, month, data_import_id, since_version, rows, distinct_rows, unlocated, outside, left_out, content_sum,
   is_attached)
SELECT c.force_id, c.month, max(c.data_import_id), coalesce(max(v.number), 1), count(*),
       count(*) FILTER (WHERE c.ordinal = 0 OR c.reference = ''),
       count(*) FILTER (WHERE a.kind = 'unlocated'), count(*) FILTER (WHERE a.kind = 'outside'), 0, '', true
FROM indicators_case c
JOIN indicators_area a ON a.id = c.area_id
JOIN indicators_dataimport i ON i.id = c.data_import_id
LEFT JOIN indicators_dataversion v ON v.id = i.version_id
GROUP BY c.force_id, c.month;

UPDATE indicators_casecell c SET distinct_cases = counted.distinct_cases
FROM (
  SELECT s.force_id, s.month, CASE WHEN a.kind = 'small-area' THEN a.parent_id ELSE a.id END AS area_id, s.category_id,
         s.flags, count(*) FILTER (WHERE s.ordinal = 0 OR s.reference = '') AS distinct_cases
  FROM indicators_case s JOIN indicators_area a ON a.id = s.area_id GROUP BY 1, 2, 3, 4, 5
) counted
WHERE c.until_version IS NULL AND c.force_id = counted.force_id AND c.month = counted.month
  AND c.area_id = counted.area_id AND c.category_id = counted.category_id AND c.flags = counted.flags;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0003_audit'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseChange',
            fields=[
                ('ordinal', models.IntegerField(default=0)),
                ('row', models.IntegerField()),
                ('member', models.TextField(blank=True)),
                ('month', models.DateField()),
                ('key', models.UUIDField()),
                ('content', models.UUIDField()),
                ('reference', models.TextField(blank=True)),
                ('occurred_on', models.DateField(null=True)),
                ('longitude', models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                ('latitude', models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                ('location', models.TextField(blank=True)),
                ('small_area_code', models.TextField(blank=True)),
                ('small_area_name', models.TextField(blank=True)),
                ('outcome', models.TextField(blank=True)),
                ('context', models.TextField(blank=True)),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=list, size=None)),
                ('pk', models.CompositePrimaryKey('force_id', 'month', 'key', 'ordinal', 'version', blank=True, editable=False, primary_key=True, serialize=False)),
                ('version', models.IntegerField()),
                ('kind', models.CharField(choices=[('new', 'new'), ('changed', 'changed'), ('removed', 'removed')], max_length=10)),
            ],
            options={
                'db_table': 'indicators_casechange',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='CaseMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('since_version', models.PositiveIntegerField()),
                ('until_version', models.PositiveIntegerField(null=True)),
                ('rows', models.PositiveIntegerField()),
                ('distinct_rows', models.PositiveIntegerField()),
                ('unlocated', models.PositiveIntegerField(default=0)),
                ('outside', models.PositiveIntegerField(default=0)),
                ('left_out', models.PositiveIntegerField(default=0)),
                ('content_sum', models.CharField(blank=True, max_length=32)),
                ('is_attached', models.BooleanField(default=False)),
                ('rows_removed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CountingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('policy', models.CharField(choices=[('rows', 'rows'), ('distinct', 'distinct')], max_length=10)),
                ('starts_on', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['source', '-starts_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CountingRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('policy', models.CharField(choices=[('rows', 'rows'), ('distinct', 'distinct')], max_length=10)),
                ('starts_on', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ImportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('members', models.JSONField(default=list)),
                ('size', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done')], default=indicators.choices.PartState['WAITING'], max_length=10)),
                ('attempt', models.PositiveSmallIntegerField(default=0)),
                ('leased_until', models.DateTimeField(null=True)),
                ('bytes_read', models.BigIntegerField(default=0)),
                ('rows', models.BigIntegerField(default=0)),
                ('left_out', models.BigIntegerField(default=0)),
                ('problem_count', models.PositiveIntegerField(default=0)),
                ('found', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['data_import', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('key', models.UUIDField()),
                ('ordinal', models.IntegerField(default=0)),
                ('reference', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('cleared_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MarkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('month', models.DateField()),
                ('key', models.UUIDField()),
                ('ordinal', models.IntegerField(default=0)),
                ('reference', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('cleared_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('months_kept', models.PositiveSmallIntegerField()),
                ('starts_on', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['force', '-starts_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='RetentionRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('months_kept', models.PositiveSmallIntegerField()),
                ('starts_on', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SetAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('key', models.UUIDField()),
                ('ordinal', models.IntegerField(default=0)),
                ('reference', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('since_version', models.PositiveIntegerField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.TextField(blank=True)),
                ('until_version', models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SetAsideEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('month', models.DateField()),
                ('key', models.UUIDField()),
                ('ordinal', models.IntegerField(default=0)),
                ('reference', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('since_version', models.PositiveIntegerField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.TextField(blank=True)),
                ('until_version', models.PositiveIntegerField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StagedCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=list, size=None)),
                ('cases', models.PositiveIntegerField()),
                ('distinct_cases', models.PositiveIntegerField()),
                ('set_aside', models.PositiveIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.DeleteModel(
            name='StagedCase',
        ),
        migrations.AlterModelOptions(
            name='importproblem',
            options={'ordering': ['sheet', 'row', 'id']},
        ),
        migrations.RemoveConstraint(
            model_name='dataimport',
            name='same_bytes_are_the_same_import',
        ),
        migrations.RemoveConstraint(
            model_name='dataimport',
            name='applied_imports_have_a_version',
        ),
        migrations.AddField(
            model_name='aggregate',
            name='caution',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='casecell',
            name='distinct_cases',
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='casecell',
            name='set_aside',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='file_removed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='is_partial',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='left_out',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='revert_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='dataimport',
            name='reverted_version',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reverted_import', to='indicators.dataversion'),
        ),
        migrations.AlterField(
            model_name='dataimport',
            name='state',
            field=models.CharField(choices=[('received', 'received'), ('refused', 'refused'), ('staged', 'staged'), ('confirmed', 'confirmed'), ('applied', 'applied'), ('abandoned', 'abandoned'), ('failed', 'failed'), ('reverted', 'reverted')], default=indicators.choices.ImportState['RECEIVED'], max_length=20),
        ),
        migrations.AlterField(
            model_name='dataversion',
            name='kind',
            field=models.CharField(choices=[('import', 'import'), ('definitions', 'definitions'), ('revert', 'revert'), ('set-aside', 'set aside'), ('counting', 'counting')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='dataimport',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', [indicators.choices.ImportState['REFUSED'], indicators.choices.ImportState['ABANDONED'], indicators.choices.ImportState['FAILED'], indicators.choices.ImportState['REVERTED']]), _negated=True), fields=('force', 'kind', 'sha256'), name='same_bytes_are_the_same_import'),
        ),
        migrations.AddConstraint(
            model_name='dataimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', [indicators.choices.ImportState['APPLIED'], indicators.choices.ImportState['REVERTED']]), ('version__isnull', False)), models.Q(models.Q(('state__in', [indicators.choices.ImportState['APPLIED'], indicators.choices.ImportState['REVERTED']]), _negated=True), ('version__isnull', True)), _connector='OR'), name='applied_imports_have_a_version'),
        ),
        migrations.AddField(
            model_name='casemonth',
            name='data_import',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_months', to='indicators.dataimport'),
        ),
        migrations.AddField(
            model_name='casemonth',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='countingrule',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='countingrule',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counting_rules', to='indicators.datasource'),
        ),
        migrations.AddField(
            model_name='countingruleevent',
            name='by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='countingruleevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='countingruleevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.countingrule'),
        ),
        migrations.AddField(
            model_name='countingruleevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.datasource'),
        ),
        migrations.AddField(
            model_name='importpart',
            name='data_import',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='indicators.dataimport'),
        ),
        migrations.AddField(
            model_name='mark',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mark',
            name='cleared_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mark',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='markevent',
            name='by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='markevent',
            name='cleared_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='markevent',
            name='force',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='markevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='markevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.mark'),
        ),
        migrations.AddField(
            model_name='retentionrule',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='retentionrule',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='retention_rules', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='retentionruleevent',
            name='by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='retentionruleevent',
            name='force',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='retentionruleevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='retentionruleevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.retentionrule'),
        ),
        migrations.AddField(
            model_name='setaside',
            name='agreed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setaside',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setaside',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='setaside',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setasideevent',
            name='agreed_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setasideevent',
            name='asked_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setasideevent',
            name='force',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force'),
        ),
        migrations.AddField(
            model_name='setasideevent',
            name='lifted_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setasideevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='setasideevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.setaside'),
        ),
        migrations.AddField(
            model_name='stagedcell',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AddField(
            model_name='stagedcell',
            name='category',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.category'),
        ),
        migrations.AddField(
            model_name='stagedcell',
            name='data_import',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='indicators.dataimport'),
        ),
        migrations.AddConstraint(
            model_name='casemonth',
            constraint=models.UniqueConstraint(condition=models.Q(('until_version__isnull', True)), fields=('force', 'month'), name='one_current_case_month'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countingrule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_countingruleevent" ("at", "by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "reason", "source_id", "starts_on") VALUES (NEW."at", NEW."by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."policy", NEW."reason", NEW."source_id", NEW."starts_on"); RETURN NULL;', hash='30172c791e71b9bf0e83486410d37c2af9af819e', operation='INSERT', pgid='pgtrigger_insert_insert_917f5', table='indicators_countingrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countingrule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_countingruleevent" ("at", "by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "reason", "source_id", "starts_on") VALUES (NEW."at", NEW."by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."policy", NEW."reason", NEW."source_id", NEW."starts_on"); RETURN NULL;', hash='5bece09b95cf385616461b7001046cb72457370c', operation='UPDATE', pgid='pgtrigger_update_update_54aac', table='indicators_countingrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countingruleevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b4d1e1dfbeaf94f1052b178b21d66e0554d911ce', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ef069', table='indicators_countingruleevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='importpart',
            constraint=models.UniqueConstraint(fields=('data_import', 'position'), name='one_part_per_position'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True)), fields=('force', 'month', 'key', 'ordinal'), name='one_open_mark'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mark',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_markevent" ("at", "by_id", "cleared_at", "cleared_by_id", "force_id", "id", "key", "month", "ordinal", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference") VALUES (NEW."at", NEW."by_id", NEW."cleared_at", NEW."cleared_by_id", NEW."force_id", NEW."id", NEW."key", NEW."month", NEW."ordinal", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."reference"); RETURN NULL;', hash='99b9226c8634b77edeea7e302e906b7c5ada5217', operation='INSERT', pgid='pgtrigger_insert_insert_84427', table='indicators_mark', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mark',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_markevent" ("at", "by_id", "cleared_at", "cleared_by_id", "force_id", "id", "key", "month", "ordinal", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference") VALUES (NEW."at", NEW."by_id", NEW."cleared_at", NEW."cleared_by_id", NEW."force_id", NEW."id", NEW."key", NEW."month", NEW."ordinal", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."reference"); RETURN NULL;', hash='ac443a7c24949b95c58fb428c5d6a0583c19e829', operation='UPDATE', pgid='pgtrigger_update_update_1ec15', table='indicators_mark', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='markevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1cfa8c517f8d845c4c814f15c38e82d43dccd240', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6d2c2', table='indicators_markevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.CheckConstraint(condition=models.Q(('months_kept__gte', 12)), name='at_least_twelve_months_are_kept'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionrule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_retentionruleevent" ("at", "by_id", "force_id", "id", "months_kept", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on") VALUES (NEW."at", NEW."by_id", NEW."force_id", NEW."id", NEW."months_kept", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."starts_on"); RETURN NULL;', hash='b7b64a719d0c556a45dc8e93b42bd77abc9ca81b', operation='INSERT', pgid='pgtrigger_insert_insert_1280e', table='indicators_retentionrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionrule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_retentionruleevent" ("at", "by_id", "force_id", "id", "months_kept", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on") VALUES (NEW."at", NEW."by_id", NEW."force_id", NEW."id", NEW."months_kept", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."starts_on"); RETURN NULL;', hash='0060c7ad6aec51523d60535c2678ed3c9b2d8689', operation='UPDATE', pgid='pgtrigger_update_update_a0ae2', table='indicators_retentionrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionruleevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='23f82fedc05678cdcb3e2559a51f5d04cbc795d9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ca6ae', table='indicators_retentionruleevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='setaside',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('force', 'month', 'key', 'ordinal'), name='set_aside_once'),
        ),
        migrations.AddConstraint(
            model_name='setaside',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_by__isnull', True), models.Q(('agreed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='set_aside_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='setaside',
            constraint=models.CheckConstraint(condition=models.Q(('since_version__isnull', True), ('agreed_by__isnull', False), _connector='OR'), name='set_aside_is_agreed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_setasideevent" ("agreed_at", "agreed_by_id", "asked_at", "asked_by_id", "force_id", "id", "key", "lift_reason", "lifted_at", "lifted_by_id", "month", "ordinal", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "since_version", "until_version") VALUES (NEW."agreed_at", NEW."agreed_by_id", NEW."asked_at", NEW."asked_by_id", NEW."force_id", NEW."id", NEW."key", NEW."lift_reason", NEW."lifted_at", NEW."lifted_by_id", NEW."month", NEW."ordinal", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."reference", NEW."since_version", NEW."until_version"); RETURN NULL;', hash='9b3b058654b8523654019e2597806fcf21bc7d58', operation='INSERT', pgid='pgtrigger_insert_insert_4012d', table='indicators_setaside', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_setasideevent" ("agreed_at", "agreed_by_id", "asked_at", "asked_by_id", "force_id", "id", "key", "lift_reason", "lifted_at", "lifted_by_id", "month", "ordinal", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "since_version", "until_version") VALUES (NEW."agreed_at", NEW."agreed_by_id", NEW."asked_at", NEW."asked_by_id", NEW."force_id", NEW."id", NEW."key", NEW."lift_reason", NEW."lifted_at", NEW."lifted_by_id", NEW."month", NEW."ordinal", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."reference", NEW."since_version", NEW."until_version"); RETURN NULL;', hash='b082289783029461122797c4d7912bf250c58d15', operation='UPDATE', pgid='pgtrigger_update_update_f09f2', table='indicators_setaside', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setasideevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c1c182ee01b605f48115af2fe1f9681b1189657a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4d0d5', table='indicators_setasideevent', when='BEFORE')),
        ),
        migrations.RunSQL(TABLES, TABLES_BACK),
        migrations.RunSQL(CARRIED, migrations.RunSQL.noop),
    ]
