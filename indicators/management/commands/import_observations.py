"""import_observations FILE --force SLUG --as EMAIL [--yes] [--reason TEXT]: a tidy file of observations."""

from indicators.choices import ImportKind
from indicators.management.commands._importing import ImportCommand


class Command(ImportCommand):
    """Load observations in the tidy format."""

    help = "Load a tidy file of observations (CSV or XLSX) for a force."
    kind = ImportKind.OBSERVATIONS
