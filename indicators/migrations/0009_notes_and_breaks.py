"""Dated notes: series breaks, annotations and footnotes, with their history."""

import django.contrib.postgres.fields
import django.db.models.deletion
import indicators.choices
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0008_kinds'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DatedNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(blank=True, max_length=60)),
                ('kind', models.CharField(choices=[('break', 'Series break'), ('annotation', 'Annotation'), ('footnote', 'Footnote')], max_length=12)),
                ('label', models.CharField(max_length=120)),
                ('words', models.TextField()),
                ('indicators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=80), blank=True, default=list, size=None)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('window', models.CharField(blank=True, choices=[('month', 'Month'), ('quarter', 'Quarter'), ('r12', '12 months'), ('fytd', 'Financial year to date'), ('cytd', 'Calendar year to date'), ('span', 'From and to'), ('snapshot', 'As at'), ('annual', 'Year'), ('rytd', 'Rolling year to date'), ('not-stated', 'Period not stated')], max_length=20)),
                ('end', models.DateField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('force', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dated_notes', to='indicators.force')),
                ('part', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.breakdownvalue')),
            ],
            options={
                'ordering': ['starts_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DatedNoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.SlugField(blank=True, db_index=False, max_length=60)),
                ('kind', models.CharField(choices=[('break', 'Series break'), ('annotation', 'Annotation'), ('footnote', 'Footnote')], max_length=12)),
                ('label', models.CharField(max_length=120)),
                ('words', models.TextField()),
                ('indicators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=80), blank=True, default=list, size=None)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('window', models.CharField(blank=True, choices=[('month', 'Month'), ('quarter', 'Quarter'), ('r12', '12 months'), ('fytd', 'Financial year to date'), ('cytd', 'Calendar year to date'), ('span', 'From and to'), ('snapshot', 'As at'), ('annual', 'Year'), ('rytd', 'Rolling year to date'), ('not-stated', 'Period not stated')], max_length=20)),
                ('end', models.DateField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('force', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.force')),
                ('part', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='indicators.breakdownvalue')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='indicators.datednote')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='datednote',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('key',), name='one_note_per_key'),
        ),
        migrations.AddConstraint(
            model_name='datednote',
            constraint=models.CheckConstraint(condition=models.Q(('kind', indicators.choices.NoteKind['FOOTNOTE']), ('starts_on__isnull', False), _connector='OR'), name='break_and_annotation_have_a_day'),
        ),
        migrations.AddConstraint(
            model_name='datednote',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), models.Q(models.Q(('kind', indicators.choices.NoteKind['BREAK']), _negated=True), models.Q(('starts_on__isnull', True), ('starts_on__lte', models.F('ends_on')), _connector='OR')), _connector='OR'), name='note_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='datednote',
            constraint=models.CheckConstraint(condition=models.Q(('part__isnull', True), ('indicators__len', 1), _connector='OR'), name='note_on_a_part_names_one_indicator'),
        ),
        migrations.AddConstraint(
            model_name='datednote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('window', ''), ('end__isnull', True)), models.Q(models.Q(('window', ''), _negated=True), ('areas__len', 1), ('end__isnull', False), ('indicators__len', 1), ('kind', indicators.choices.NoteKind['FOOTNOTE']), ('ends_on__isnull', True), ('starts_on__isnull', True)), _connector='OR'), name='note_on_one_value_names_it'),
        ),
        migrations.AddConstraint(
            model_name='datednote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='an_ended_note_has_a_person'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='datednote',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "indicators_datednoteevent" ("areas", "end", "ended_at", "ended_by_id", "ends_on", "force_id", "id", "indicators", "key", "kind", "label", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "version", "window", "words") VALUES (NEW."areas", NEW."end", NEW."ended_at", NEW."ended_by_id", NEW."ends_on", NEW."force_id", NEW."id", NEW."indicators", NEW."key", NEW."kind", NEW."label", NEW."part_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."version", NEW."window", NEW."words"); RETURN NULL;', hash='f57e4e619e33bd9d048b1c936b2edcd298047cc1', operation='INSERT', pgid='pgtrigger_insert_insert_f34ff', table='indicators_datednote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='datednote',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "indicators_datednoteevent" ("areas", "end", "ended_at", "ended_by_id", "ends_on", "force_id", "id", "indicators", "key", "kind", "label", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "version", "window", "words") VALUES (NEW."areas", NEW."end", NEW."ended_at", NEW."ended_by_id", NEW."ends_on", NEW."force_id", NEW."id", NEW."indicators", NEW."key", NEW."kind", NEW."label", NEW."part_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."version", NEW."window", NEW."words"); RETURN NULL;', hash='20c1aae93f4ba4fdfe0b0fec4cfb3435bb76508d', operation='UPDATE', pgid='pgtrigger_update_update_4ef47', table='indicators_datednote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='datednoteevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='64ef95184c61abc45827b747efaf5d5628178760', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_50999', table='indicators_datednoteevent', when='BEFORE')),
        ),
    ]
