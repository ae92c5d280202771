"""count_cases --source SLUG --by rows|distinct --from DATE --reason TEXT --as EMAIL: how cases are counted."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.actions import counting
from indicators.choices import CountingPolicy
from indicators.management.commands._people import analyst
from indicators.models.source import DataSource
from indicators.people import Refused
from indicators.queries.case_series import policy_of


class Command(BaseCommand):
    """Settle whether rows or distinct identifiers are counted."""

    help = "Count the cases of a source by rows, or each identifier once in its month, from a day on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--source", required=True, help="short name of the source")
        parser.add_argument("--by", required=True, choices=[policy.value for policy in CountingPolicy])
        parser.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
        parser.add_argument("--reason", default="", help="why; it is shown beside the figures")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the analyst")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change the policy and say what it is now."""
        source = DataSource.objects.filter(slug=options["source"], kind="cases").first()
        if source is None:
            raise CommandError(f"There is no source of cases “{options['source']}”.")
        try:
            by, policy = analyst(options["email"]), CountingPolicy(options["by"])
            counting.change(source, policy, options["starts_on"], by=by, reason=options["reason"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"The cases of {source} are counted by {policy_of(source).value}.")
