"""import_cases FILE|ZIP --force SLUG --as EMAIL [--profile NAME] [--yes] [--reason TEXT]: record-level cases."""

from indicators.choices import ImportKind
from indicators.management.commands._importing import ImportCommand


class Command(ImportCommand):
    """Load cases in the street-level format, or as a profile of the force says."""

    help = "Load a case file (CSV or Excel workbook, also packed with gzip), or a zip of them, for a force."
    kind = ImportKind.CASES
