"""Computed values and cells are held by their own keys: no check and no index for each column of a row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0004_cases_at_scale'),
    ]

    operations = [
        migrations.AlterField(
            model_name='aggregate',
            name='area',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AlterField(
            model_name='aggregate',
            name='force',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.force'),
        ),
        migrations.AlterField(
            model_name='aggregate',
            name='indicator',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.indicator'),
        ),
        migrations.AlterField(
            model_name='aggregate',
            name='part',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.breakdownvalue'),
        ),
        migrations.AlterField(
            model_name='aggregate',
            name='source',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.datasource'),
        ),
        migrations.AlterField(
            model_name='casecell',
            name='area',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AlterField(
            model_name='casecell',
            name='category',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.category'),
        ),
        migrations.AlterField(
            model_name='casecell',
            name='force',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.force'),
        ),
        migrations.AlterField(
            model_name='stagedcell',
            name='area',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.area'),
        ),
        migrations.AlterField(
            model_name='stagedcell',
            name='category',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.category'),
        ),
    ]
