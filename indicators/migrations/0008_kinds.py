"""Rules over areas and over time, formulas, populations, dated definitions, codes and further wholes."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

# What an older sheet means: what adds up is added over areas and time; percentages are weighted; the rest is as supplied.
# The history of the sheets is told in the same words; its rows are otherwise never changed.
RULES = """
ALTER TABLE indicators_indicatorevent DISABLE TRIGGER USER;
""" + "".join(
    f"""
UPDATE {table} SET over_areas = rule, over_time = rule
FROM (VALUES (true, 'add'), (false, 'weighted')) rules (adds, rule)
WHERE is_additive = adds AND (is_additive OR kind = 'percentage');
"""
    for table in ("indicators_indicator", "indicators_indicatorevent")
) + "ALTER TABLE indicators_indicatorevent ENABLE TRIGGER USER;"
RULES_BACK = """
ALTER TABLE indicators_indicatorevent DISABLE TRIGGER USER;
""" + "".join(
    f"UPDATE {table} SET is_additive = true WHERE over_time = 'add';\n"
    for table in ("indicators_indicator", "indicators_indicatorevent")
) + "ALTER TABLE indicators_indicatorevent ENABLE TRIGGER USER;"


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0007_profiles'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DefinitionVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('definition', models.TextField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['indicator', 'starts_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Formula',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('multiplier', models.DecimalField(decimal_places=6, default=Decimal('1'), max_digits=16)),
                ('population', models.CharField(blank=True, choices=[('residents', 'residents'), ('households', 'households')], max_length=20)),
                ('is_per_month', models.BooleanField(default=False, verbose_name='divided by the months of the period')),
                ('is_annualised', models.BooleanField(default=False, verbose_name='shown for a whole year')),
            ],
            options={
                'ordering': ['indicator'],
            },
        ),
        migrations.CreateModel(
            name='FormulaEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('multiplier', models.DecimalField(decimal_places=6, default=Decimal('1'), max_digits=16)),
                ('population', models.CharField(blank=True, choices=[('residents', 'residents'), ('households', 'households')], max_length=20)),
                ('is_per_month', models.BooleanField(default=False, verbose_name='divided by the months of the period')),
                ('is_annualised', models.BooleanField(default=False, verbose_name='shown for a whole year')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FormulaTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('numerator', 'numerator'), ('denominator', 'denominator')], max_length=20)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_subtracted', models.BooleanField(default=False, verbose_name='taken away')),
                ('is_as_at', models.BooleanField(default=False, verbose_name='as at the end of the period')),
            ],
            options={
                'ordering': ['formula', 'side', 'position'],
            },
        ),
        migrations.CreateModel(
            name='FormulaTermEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('side', models.CharField(choices=[('numerator', 'numerator'), ('denominator', 'denominator')], max_length=20)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_subtracted', models.BooleanField(default=False, verbose_name='taken away')),
                ('is_as_at', models.BooleanField(default=False, verbose_name='as at the end of the period')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FrameworkCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('framework', models.CharField(max_length=120)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(blank=True, max_length=160)),
            ],
            options={
                'ordering': ['indicator', 'framework', 'code'],
            },
        ),
        migrations.CreateModel(
            name='FrameworkCodeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('framework', models.CharField(max_length=120)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(blank=True, max_length=160)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartOf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'further whole',
                'ordering': ['indicator', 'whole'],
            },
        ),
        migrations.CreateModel(
            name='PartOfEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Population',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('residents', 'residents'), ('households', 'households')], max_length=20)),
                ('mid_year', models.PositiveSmallIntegerField()),
                ('value', models.DecimalField(decimal_places=2, max_digits=14)),
                ('release', models.CharField(max_length=120)),
                ('released_on', models.DateField()),
            ],
            options={
                'ordering': ['area', 'kind', 'part', '-mid_year', '-released_on', '-id'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicator',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicator',
            name='update_update',
        ),
        migrations.RemoveConstraint(
            model_name='indicator',
            name='only_counts_and_money_add_up',
        ),
        migrations.AddField(
            model_name='indicator',
            name='over_areas',
            field=models.CharField(choices=[('add', 'Added up'), ('weighted', 'Weighted by the denominator'), ('supplied', 'Not additive: as supplied only')], default='supplied', max_length=10),
        ),
        migrations.AddField(
            model_name='indicator',
            name='over_time',
            field=models.CharField(choices=[('add', 'Added up'), ('weighted', 'Weighted by the denominator'), ('supplied', 'Not additive: as supplied only')], default='supplied', max_length=10),
        ),
        migrations.AddField(
            model_name='indicator',
            name='small_number',
            field=models.PositiveSmallIntegerField(default=5),
        ),
        migrations.AddField(
            model_name='indicatorevent',
            name='over_areas',
            field=models.CharField(choices=[('add', 'Added up'), ('weighted', 'Weighted by the denominator'), ('supplied', 'Not additive: as supplied only')], default='supplied', max_length=10),
        ),
        migrations.AddField(
            model_name='indicatorevent',
            name='over_time',
            field=models.CharField(choices=[('add', 'Added up'), ('weighted', 'Weighted by the denominator'), ('supplied', 'Not additive: as supplied only')], default='supplied', max_length=10),
        ),
        migrations.AddField(
            model_name='indicatorevent',
            name='small_number',
            field=models.PositiveSmallIntegerField(default=5),
        ),
        migrations.RunSQL(RULES, RULES_BACK),
        migrations.RemoveField(
            model_name='indicator',
            name='is_additive',
        ),
        migrations.RemoveField(
            model_name='indicatorevent',
            name='is_additive',
        ),
        migrations.AlterField(
            model_name='indicator',
            name='kind',
            field=models.CharField(choices=[('count', 'Count'), ('percentage', 'Percentage'), ('mean', 'Mean'), ('median', 'Median'), ('money', 'Money'), ('proportion', 'Proportion of a total'), ('share', 'Share of a count'), ('service-level', 'Service level'), ('survey', 'Survey percentage'), ('rate', 'Rate per 1,000'), ('per-head', 'Average per head')], max_length=20),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='unit',
            field=models.CharField(choices=[('count', 'number'), ('percent', 'per cent'), ('seconds', 'seconds'), ('minutes', 'minutes'), ('hours', 'hours'), ('days', 'days'), ('million-pounds', '£ million'), ('pounds', '£'), ('per-1000', 'per 1,000')], max_length=20),
        ),
        migrations.AlterField(
            model_name='indicatorevent',
            name='kind',
            field=models.CharField(choices=[('count', 'Count'), ('percentage', 'Percentage'), ('mean', 'Mean'), ('median', 'Median'), ('money', 'Money'), ('proportion', 'Proportion of a total'), ('share', 'Share of a count'), ('service-level', 'Service level'), ('survey', 'Survey percentage'), ('rate', 'Rate per 1,000'), ('per-head', 'Average per head')], max_length=20),
        ),
        migrations.AlterField(
            model_name='indicatorevent',
            name='unit',
            field=models.CharField(choices=[('count', 'number'), ('percent', 'per cent'), ('seconds', 'seconds'), ('minutes', 'minutes'), ('hours', 'hours'), ('days', 'days'), ('million-pounds', '£ million'), ('pounds', '£'), ('per-1000', 'per 1,000')], max_length=20),
        ),
        migrations.AlterField(
            model_name='target',
            name='unit',
            field=models.CharField(choices=[('count', 'number'), ('percent', 'per cent'), ('seconds', 'seconds'), ('minutes', 'minutes'), ('hours', 'hours'), ('days', 'days'), ('million-pounds', '£ million'), ('pounds', '£'), ('per-1000', 'per 1,000')], max_length=20),
        ),
        migrations.AlterField(
            model_name='targetevent',
            name='unit',
            field=models.CharField(choices=[('count', 'number'), ('percent', 'per cent'), ('seconds', 'seconds'), ('minutes', 'minutes'), ('hours', 'hours'), ('days', 'days'), ('million-pounds', '£ million'), ('pounds', '£'), ('per-1000', 'per 1,000')], max_length=20),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_indicatorevent" ("appendix", "base_threshold", "breakdown_id", "decimals", "definition", "footnote", "id", "key", "kind", "method", "name", "over_areas", "over_time", "owner", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "polarity", "polarity_reason", "portfolio_id", "position", "share_decimals", "small_number", "source_id", "unit") VALUES (NEW."appendix", NEW."base_threshold", NEW."breakdown_id", NEW."decimals", NEW."definition", NEW."footnote", NEW."id", NEW."key", NEW."kind", NEW."method", NEW."name", NEW."over_areas", NEW."over_time", NEW."owner", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."polarity", NEW."polarity_reason", NEW."portfolio_id", NEW."position", NEW."share_decimals", NEW."small_number", NEW."source_id", NEW."unit"); RETURN NULL;', hash='1a78943b29e1b8432fa4f2dd2d23c0b4c5e769ce', operation='INSERT', pgid='pgtrigger_insert_insert_6ab67', table='indicators_indicator', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_indicatorevent" ("appendix", "base_threshold", "breakdown_id", "decimals", "definition", "footnote", "id", "key", "kind", "method", "name", "over_areas", "over_time", "owner", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "polarity", "polarity_reason", "portfolio_id", "position", "share_decimals", "small_number", "source_id", "unit") VALUES (NEW."appendix", NEW."base_threshold", NEW."breakdown_id", NEW."decimals", NEW."definition", NEW."footnote", NEW."id", NEW."key", NEW."kind", NEW."method", NEW."name", NEW."over_areas", NEW."over_time", NEW."owner", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."polarity", NEW."polarity_reason", NEW."portfolio_id", NEW."position", NEW."share_decimals", NEW."small_number", NEW."source_id", NEW."unit"); RETURN NULL;', hash='fe9b8dc3a4e3ec0420f951475793819c62b45962', operation='UPDATE', pgid='pgtrigger_update_update_4281e', table='indicators_indicator', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('over_areas', 'supplied'), models.Q(('kind__in', ['count', 'money']), ('over_areas', 'add')), models.Q(('kind__in', ['per-head', 'percentage', 'proportion', 'rate', 'service-level', 'share']), ('over_areas', 'weighted')), _connector='OR'), name='kind_allows_the_rule_over_areas'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('over_time', 'supplied'), models.Q(('kind__in', ['count', 'money']), ('over_time', 'add')), models.Q(('kind__in', ['percentage', 'proportion', 'service-level', 'share']), ('over_time', 'weighted')), _connector='OR'), name='kind_allows_the_rule_over_time'),
        ),
        migrations.AddField(
            model_name='definitionversion',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='definitionversion',
            name='indicator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='definition_versions', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='formula',
            name='indicator',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='formula', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='formulaevent',
            name='indicator',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='formulaevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='formulaevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.formula'),
        ),
        migrations.AddField(
            model_name='formulaterm',
            name='formula',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='indicators.formula'),
        ),
        migrations.AddField(
            model_name='formulaterm',
            name='indicator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used_in', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='formulaterm',
            name='part',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.breakdownvalue'),
        ),
        migrations.AddField(
            model_name='formulatermevent',
            name='formula',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.formula'),
        ),
        migrations.AddField(
            model_name='formulatermevent',
            name='indicator',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='formulatermevent',
            name='part',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.breakdownvalue'),
        ),
        migrations.AddField(
            model_name='formulatermevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='formulatermevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.formulaterm'),
        ),
        migrations.AddField(
            model_name='frameworkcode',
            name='indicator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='framework_codes', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='frameworkcodeevent',
            name='indicator',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='frameworkcodeevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='frameworkcodeevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.frameworkcode'),
        ),
        migrations.AddField(
            model_name='partof',
            name='indicator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='part_of', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='partof',
            name='whole',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='further_parts', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='partofevent',
            name='indicator',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='partofevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='partofevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.partof'),
        ),
        migrations.AddField(
            model_name='partofevent',
            name='whole',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.indicator'),
        ),
        migrations.AddField(
            model_name='population',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='populations', to='indicators.area'),
        ),
        migrations.AddField(
            model_name='population',
            name='part',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.breakdownvalue'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='definitionversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3fa29cc3cf24a47dc5337ead29e644ca59dc3828', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_408e5', table='indicators_definitionversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='formula',
            constraint=models.CheckConstraint(condition=models.Q(('multiplier__gt', 0)), name='multiplier_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='formula',
            constraint=models.CheckConstraint(condition=models.Q(('is_per_month', False), ('is_annualised', False), _connector='OR'), name='for_a_month_or_for_a_year'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formula',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_formulaevent" ("id", "indicator_id", "is_annualised", "is_per_month", "multiplier", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population") VALUES (NEW."id", NEW."indicator_id", NEW."is_annualised", NEW."is_per_month", NEW."multiplier", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."population"); RETURN NULL;', hash='89455e9e84d836588373be4e53ca025774f898fb', operation='INSERT', pgid='pgtrigger_insert_insert_1d40b', table='indicators_formula', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formula',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_formulaevent" ("id", "indicator_id", "is_annualised", "is_per_month", "multiplier", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population") VALUES (NEW."id", NEW."indicator_id", NEW."is_annualised", NEW."is_per_month", NEW."multiplier", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."population"); RETURN NULL;', hash='e1491729af3b0a5697528e66c37b2f408ac34cb7', operation='UPDATE', pgid='pgtrigger_update_update_4ebcf', table='indicators_formula', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formulaevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='66831f1c1587c3c681e6be2c904b39c6266e7d2c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0dbdb', table='indicators_formulaevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='formulaterm',
            constraint=models.UniqueConstraint(fields=('formula', 'side', 'indicator', 'part'), name='term_once_on_a_side', nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formulaterm',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_formulatermevent" ("formula_id", "id", "indicator_id", "is_as_at", "is_subtracted", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "side") VALUES (NEW."formula_id", NEW."id", NEW."indicator_id", NEW."is_as_at", NEW."is_subtracted", NEW."part_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."side"); RETURN NULL;', hash='10a2b7a7cd85f212ebe7ab887d27e0d8827dfbfe', operation='INSERT', pgid='pgtrigger_insert_insert_6101e', table='indicators_formulaterm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formulaterm',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_formulatermevent" ("formula_id", "id", "indicator_id", "is_as_at", "is_subtracted", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "side") VALUES (NEW."formula_id", NEW."id", NEW."indicator_id", NEW."is_as_at", NEW."is_subtracted", NEW."part_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."side"); RETURN NULL;', hash='263cb1ef49139325853910308ca6b8256ead2ac2', operation='UPDATE', pgid='pgtrigger_update_update_d2c64', table='indicators_formulaterm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formulaterm',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_formulatermevent" ("formula_id", "id", "indicator_id", "is_as_at", "is_subtracted", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "side") VALUES (OLD."formula_id", OLD."id", OLD."indicator_id", OLD."is_as_at", OLD."is_subtracted", OLD."part_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."side"); RETURN NULL;', hash='27f063486ba6dbd4d284422ea5f34b8be64d0646', operation='DELETE', pgid='pgtrigger_delete_delete_e0e4e', table='indicators_formulaterm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formulatermevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='459870a8f8929a8b0978be94e4bba5fa875a419d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4d8ed', table='indicators_formulatermevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='frameworkcode',
            constraint=models.UniqueConstraint(fields=('indicator', 'framework', 'code'), name='framework_code_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='frameworkcode',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_frameworkcodeevent" ("code", "framework", "id", "indicator_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."framework", NEW."id", NEW."indicator_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='db7525eac0e7f33611e65d0b88f16998d49c5ad1', operation='INSERT', pgid='pgtrigger_insert_insert_82781', table='indicators_frameworkcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='frameworkcode',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_frameworkcodeevent" ("code", "framework", "id", "indicator_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."framework", NEW."id", NEW."indicator_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='1928d19bf0b5abc58fc1d9dad4f10d21f527a553', operation='UPDATE', pgid='pgtrigger_update_update_53fa7', table='indicators_frameworkcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='frameworkcode',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_frameworkcodeevent" ("code", "framework", "id", "indicator_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."framework", OLD."id", OLD."indicator_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='7d37fd5a61a38b874520b40aac2ebb39a90fa9f0', operation='DELETE', pgid='pgtrigger_delete_delete_abbe2', table='indicators_frameworkcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='frameworkcodeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='247ddec3d63d8031feef670a5512ae09034fd6ba', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d08b3', table='indicators_frameworkcodeevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='partof',
            constraint=models.UniqueConstraint(fields=('indicator', 'whole'), name='part_of_a_whole_once'),
        ),
        migrations.AddConstraint(
            model_name='partof',
            constraint=models.CheckConstraint(condition=models.Q(('indicator', models.F('whole')), _negated=True), name='nothing_is_part_of_itself'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partof',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_partofevent" ("id", "indicator_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "whole_id") VALUES (NEW."id", NEW."indicator_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."whole_id"); RETURN NULL;', hash='c147e531028d33458b0b27e5b7e869a71568bc58', operation='INSERT', pgid='pgtrigger_insert_insert_c0067', table='indicators_partof', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partof',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_partofevent" ("id", "indicator_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "whole_id") VALUES (NEW."id", NEW."indicator_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."whole_id"); RETURN NULL;', hash='1ebcbd3ada7d94d508219acf0785984cb7d21ac5', operation='UPDATE', pgid='pgtrigger_update_update_1d8d6', table='indicators_partof', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partof',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_partofevent" ("id", "indicator_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "whole_id") VALUES (OLD."id", OLD."indicator_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."whole_id"); RETURN NULL;', hash='1e85838935ab8de7246008208c93e738bab4b2e8', operation='DELETE', pgid='pgtrigger_delete_delete_aa834', table='indicators_partof', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partofevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7e51ebb7a8661fcfee5b29b71f518c9e0f91d69e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_69ff2', table='indicators_partofevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='population',
            constraint=models.UniqueConstraint(fields=('area', 'kind', 'part', 'mid_year', 'released_on'), name='population_once_in_a_release', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='population',
            constraint=models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='population_is_above_zero'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='population',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ca7bf30f6c8e457bc20e01b3cd2a5ce5730fd74d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a7cea', table='indicators_population', when='BEFORE')),
        ),
    ]
