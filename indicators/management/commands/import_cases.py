"""import_cases FILE|ZIP --force SLUG --as EMAIL [--yes] [--reason TEXT]: record-level cases."""

from indicators.choices import ImportKind
from indicators.management.commands._importing import ImportCommand


class Command(ImportCommand):
    """Load cases in the street-level format."""

    help = "Load a case file, or a zip of case files, for a force."
    kind = ImportKind.CASES
