"""import_official FILE --force SLUG --feed NAME --as EMAIL [--yes] [--reason TEXT]: a release of official tables."""

from indicators.choices import ImportKind
from indicators.management.commands._importing import ImportCommand


class Command(ImportCommand):
    """Load a release of an official publication as a mapping of the force says."""

    help = "Load official police force area tables (XLSX) or the open data of recorded crime (CSV) for a force."
    kind = ImportKind.OFFICIAL
