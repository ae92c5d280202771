from django.db import migrations

# Reports that were presented before are what the next ones are compared with.
FILL = """
INSERT INTO indicators_reportedversion (force_id, quarter_key, version_id)
SELECT cycle.force_id, cycle.quarter_key, version.id
FROM portal_report report
JOIN narratives_cycle cycle ON cycle.id = report.cycle_id
JOIN indicators_dataversion version ON version.force_id = cycle.force_id AND version.number = cycle.cut
WHERE report.state = 'presented'
ORDER BY report.id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0005_signed_document'),
        ('narratives', '0002_audit'),
        ('indicators', '0018_reported_version'),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
