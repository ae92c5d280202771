"""import_observations FILE --force SLUG --as EMAIL [--profile NAME] [--yes] [--reason TEXT]: a file of observations.

With --profile the file holds wide sheets; with --printed-in 2019-20-Q2 they are what that quarter's report printed.
"""

from indicators.choices import ImportKind
from indicators.management.commands._importing import ImportCommand


class Command(ImportCommand):
    """Load observations in the tidy format, or in wide sheets as a profile of the force says."""

    help = "Load a file of observations (CSV or XLSX) for a force: a tidy file, or wide sheets by a profile."
    kind = ImportKind.OBSERVATIONS
