"""recompute --check | --as EMAIL [--force SLUG]: count cells and windows anew, and compare or write."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.actions import recomputing
from indicators.management.commands._people import analyst
from indicators.models.area import Force


class Command(BaseCommand):
    """Prove that every figure follows from the rows that are held, or make it so."""

    help = "Count every cell from the cases that are held and every figure from the cells, and compare or write."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--force", help="short name of one force; all without it")
        parser.add_argument("--check", action="store_true", help="write nothing; status 1 when anything differs")
        parser.add_argument("--as", dest="email", help="e-mail address of the analyst, needed to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare force by force."""
        chosen = {"slug": options["force"]} if options["force"] else {}
        forces = list(Force.objects.filter(**chosen).order_by("slug"))
        if not forces:
            raise CommandError("There is no such force.")
        if not options["check"] and not options["email"]:
            raise CommandError("Add --check to compare, or --as with an analyst's e-mail address to write.")
        differing = 0
        for force in forces:
            found = recomputing.differences(force)
            differing += found.cells + found.values
            self.stdout.write(f"{force.slug}: {found.months} months, {found.words}")
            if not options["check"] and (found.cells or found.values):
                version = recomputing.recompute(force, by=analyst(options["email"]))
                self.stdout.write(f"{force.slug}: recomputed as data version {version.number}")
        if options["check"] and differing:
            raise CommandError("Some figures do not follow from the rows. Run it with --as to recompute them.")
