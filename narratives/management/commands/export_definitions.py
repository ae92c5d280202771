"""`manage.py export_definitions`: write the definitions as one document, which `load_definitions` reads."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from narratives.shipping import document


class Command(BaseCommand):
    """Write indicators, exhibits, groups, outlines and the rest to a file; no figure and no person is in it."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        made = document()
        options["file"].write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        self.stdout.write(", ".join(f"{len(entries)} {name}" for name, entries in made.items()))
