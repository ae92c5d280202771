"""demo [--exit] [--json FILE] [--port N]: the whole portal with its demonstration quarter, in one command."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from indicators.choices import ROLE_NAMES
from indicators.models.area import Force
from indicators.people import Refused
from indicators.periods import Quarter
from portal.demonstration import people, quarter, report, supplied
from portal.demonstration.processes import processes
from portal.services import Services
from portal.supervision import ServicesError, Supervisor, free_port

THIS, NEXT = Quarter(2020, 2), Quarter(2020, 3)
CASES = "Recorded crime and incidents"


class Command(BaseCommand):
    """Start everything, load the demonstration, run its quarter, and serve until Ctrl-C."""

    help = "Start the portal with its demonstration and serve it until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--exit", action="store_true", help="end when every step has succeeded")
        parser.add_argument("--json", type=Path, help="write people, addresses, commands and files here")
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1; the next free one is taken")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps; the first failure stops everything and ends with status 1."""
        if not settings.DEBUG:
            raise CommandError("The demonstration runs with DEBUG on only: it makes accounts with known passwords.")
        self.began = time.monotonic()
        self.record: dict[str, Any] = {"steps": [], "files": []}
        port = free_port(options["port"])
        supervisor = Supervisor(processes(port), settings.VAR / "logs", tell=self.say)
        try:
            self.run(supervisor, port)
            self.finish(port, options["json"])
            if not options["exit"]:
                self.stdout.write("\nServing. Press Ctrl-C to stop.")
                heal = Services.at(settings.VAR).heal if settings.USES_EMBEDDED_SERVICES else None
                supervisor.serve_until_interrupted(heal)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        except (ServicesError, quarter.StepFailed, Refused) as error:
            raise CommandError(str(error)) from error
        finally:
            supervisor.stop()

    def run(self, supervisor: Supervisor, port: int) -> None:
        """Take the steps in their order."""
        folder = settings.VAR / "demonstration"
        # The case files need no database: another process writes them while this one prepares it.
        writers = ProcessPoolExecutor(1)
        writing = writers.submit(quarter.case_files, folder)
        self.step("Preparing the database", lambda: call_command("migrate", verbosity=0))
        self.step("Making the people", lambda: people.make(people.password(folder)))
        self.step("Starting web, worker and scheduler", lambda: self.start(supervisor))
        force = self.step("Loading areas and definitions", lambda: quarter.define(self.say))
        self.step("Saying what should arrive", lambda: quarter.expect(force, self.say))
        files = self.step("Writing synthetic cases", writing.result)
        writers.shutdown()
        reason = "Loaded for the demonstration"

        def load(delivery: str, first: date, path: Path) -> Callable[[], object]:
            return lambda: quarter.load(force, (delivery, first), path, reason, self.say)

        first, second = (quarter.FILES / f"observations-{one.key}.csv" for one in (THIS, NEXT))
        self.step("Entering a partner's return", lambda: supplied.enter_return(force, THIS, self.say))
        self.step("Importing observations", load("Figures of the published report", THIS.start, first))
        # A zip holds several months; it is loaded for the newest of them.
        self.step("Importing cases", load(CASES, THIS.months[-1], files.quarter))
        self.step("Explaining differences", lambda: supplied.explain_differences(force, THIS, self.say))
        self.report(force)
        self.step("Importing the next quarter's cases", load(CASES, NEXT.months[-1], files.following))
        self.step("Importing the next quarter's observations", load("Invented figures", NEXT.start, second))
        self.step("Asking for figures to a day", lambda: supplied.ask_for_days(force, self.say))
        self.step("Proposing a correction", lambda: supplied.propose_correction(force, self.say))
        dates = (date(2021, 1, 25), date(2021, 1, 29), date(2021, 2, 23))
        opened = self.step("Opening 2020/21 Q3", lambda: report.open_quarter(force, NEXT, dates, self.say))
        self.step("Leaving its sections in every state", lambda: report.leave_in_every_state(opened, self.say))
        self.record["files"] += [str(files.quarter), str(files.following)]

    def report(self, force: Force) -> None:
        """Take the quarter's report from the first word to the commissioner."""
        dates = (date(2020, 10, 25), date(2020, 10, 30), date(2020, 11, 24))
        cycle = self.step("Opening 2020/21 Q2", lambda: report.open_quarter(force, THIS, dates, self.say))
        self.step("Writing", lambda: report.write(cycle, self.say))
        self.step("Returning one section", lambda: report.return_one(cycle, self.say))
        self.step("Reviewing", lambda: report.approve(cycle, self.say))
        self.step("Assembling, signing off, presenting", lambda: report.finish(cycle, self.say))

    def start(self, supervisor: Supervisor) -> None:
        """Start the processes and wait until each answers."""
        supervisor.start()
        supervisor.wait_ready(60)

    def step(self, title: str, act: Callable[[], Any]) -> Any:
        """Take one step, printing its title and its time."""
        began = time.monotonic()
        self.stdout.write(f"{began - self.began:6.1f} s  {title} ...")
        result = act()
        seconds = time.monotonic() - began
        self.record["steps"].append({"title": title, "seconds": round(seconds, 2)})
        self.stdout.write(f"          done in {seconds:.1f} s")
        return result

    def say(self, words: str) -> None:
        """Print one line of progress."""
        self.stdout.write(f"          {words}")
        self.stdout.flush()

    def finish(self, port: int, path: Path | None) -> None:
        """Print addresses and people; write them as JSON where asked."""
        address = f"http://127.0.0.1:{port}/"
        secret = people.password(settings.VAR / "demonstration")
        self.stdout.write(f"\nThe portal is at {address}\n\nPeople (all with the password {secret}):\n")
        for one in people.PEOPLE:
            self.stdout.write(f"  {one.email:45} {one.post}")
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.described(address, secret), indent=1), encoding="utf-8")
            self.stdout.write(f"\nWritten to {path}")

    def described(self, address: str, secret: str) -> dict[str, Any]:
        """Describe what was made, for whoever wants to try it by program."""
        manage = f"{sys.executable} manage.py"
        return {
            "ok": True,
            "seconds": round(time.monotonic() - self.began, 1),
            "address": address,
            "addresses": {name: f"{address}{path}" for name, path in ADDRESSES.items()},
            "people": [
                {
                    "name": one.name,
                    "email": one.email,
                    "password": secret,
                    "post": one.post,
                    "roles": [ROLE_NAMES[role] for role in one.roles],
                    "portfolios": list(one.portfolios),
                }
                for one in people.PEOPLE
            ],
            "commands": {
                "figures": f"{manage} figures --quarter 2020-21-Q2 --json",
                "load_areas": f"{manage} load_areas FILE --force SLUG --name NAME --as EMAIL",
                "import_cases": f"{manage} import_cases FILE --force SLUG --as EMAIL --yes --reason TEXT",
                "import_observations": f"{manage} import_observations FILE --force SLUG --as EMAIL --yes",
            },
            **self.record,
        }


ADDRESSES = {
    "home": "",
    "sign in": "sign-in/",
    "indicators": "indicators/",
    "deliveries": "deliveries/",
    "imports": "imports/",
}
