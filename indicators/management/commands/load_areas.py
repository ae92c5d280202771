"""load_areas FILE --force SLUG [--name NAME] --as EMAIL: the small areas of a force."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from indicators.actions import areas
from indicators.formatting import counted
from indicators.management.commands._people import analyst
from indicators.people import Refused
from indicators.readers.areas import read_areas
from indicators.readers.problems import FileRefused


class Command(BaseCommand):
    """Load small areas, districts and divisions; makes the force when it is new."""

    help = "Load the small areas of a force: lsoa_code, lsoa_name, district, division."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", required=True, help="short name of the force, for example lancashire")
        parser.add_argument("--name", default="", help="name of the force, when it is new")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the analyst")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, load; every problem of the file is listed and then nothing is changed."""
        by = analyst(options["email"])
        try:
            rows, problems = read_areas(options["file"])
        except FileRefused as refused:
            rows, problems = [], refused.problems
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {options['file']}.") from error
        if problems:
            for problem in problems.listed:
                self.stderr.write(f"row {problem.row}, {problem.column}: {problem.message}")
            raise CommandError(f"{counted(problems.count, 'problem')}. Nothing was changed.")
        try:
            with transaction.atomic():
                force = areas.ensure_force(options["force"], options["name"])
                counts = areas.load(force, rows, by=by)
        except Refused as refused:
            raise CommandError(f"{refused.verdict.reason} Nothing was changed.") from refused
        self.stdout.write(f"{force.name}: " + ", ".join(f"{count} {words}" for words, count in counts.items()))
