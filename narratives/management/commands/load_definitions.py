"""load_definitions FILE --as EMAIL: portfolios, sources, indicators, exhibits and outlines, from one document."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.management.commands._people import analyst
from indicators.people import Refused
from narratives.actions import starting_set


class Command(BaseCommand):
    """Load definitions; existing ones are updated by their key."""

    help = (
        "Load definitions of indicators, exhibits and outlines from a JSON document; deploy/starting-set.json is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the analyst")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the document and load it in one transaction."""
        try:
            document = json.loads(options["file"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        try:
            counts = starting_set.load(document, by=analyst(options["email"]))
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(", ".join(f"{count} {words}" for words, count in counts.items()))
