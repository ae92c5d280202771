"""figures --quarter 2020-21-Q2 [--force SLUG] [--at VERSION] --json: every figure of a quarter."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.exports import figure_record
from indicators.models.area import Force
from indicators.periods import Quarter
from indicators.queries import books


class Command(BaseCommand):
    """Print every figure of a quarter, as text or JSON."""

    help = "Print every figure of a quarter as known now, or at a data version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--quarter", required=True, help="for example 2020-21-Q2")
        parser.add_argument("--force", help="short name of the force; not needed when there is one")
        parser.add_argument("--at", type=int, help="data version")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the book and print it."""
        try:
            quarter = Quarter.parse(options["quarter"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        chosen = {"slug": options["force"]} if options["force"] else {}
        forces = list(Force.objects.filter(**chosen)[:2])
        if len(forces) != 1:
            raise CommandError("Name one force with --force." if forces else "There is no such force.")
        book = books.figure_book(forces[0], quarter, options["at"], with_districts=True)
        records = [figure_record(figure) for figure in book.of_quarter()]
        if options["json"]:
            answer = {"force": forces[0].slug, "quarter": quarter.key, "version": book.version, "figures": records}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
            return
        for record in records:
            self.stdout.write(f"{record['key']}: {record['text']}; {record['change_text']} ({record['period']})")
