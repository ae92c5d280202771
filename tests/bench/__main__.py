"""`make bench`: how fast and how lean the portal imports cases, as ratios measured in one run.

Everything is real: services as the demonstration has them, worker processes, files of a million rows. Nothing fails
where a bar is missed; the table says so.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from portal.services import Services

BASE = Path(__file__).resolve().parent.parent.parent


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument("--quick", action="store_true", help="one round with about 200,000 rows, for a rough look")
    return parser.parse_args()


def say(words: str) -> None:
    """Tell what is done now."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {words}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, print one table, keep all numbers."""
    chosen = arguments()
    months, long, rounds = (7, 14, 1) if chosen.quick else (36, 144, chosen.rounds)
    folder = Path(os.environ.get("SCRUTINY_VAR", BASE / "var" / "test")).resolve() / "bench"
    var = folder / "portal"
    var.mkdir(parents=True, exist_ok=True)
    for name in ("DATABASE_URL", "REDIS_URL"):  # servers given for another purpose are not used up here
        os.environ.pop(name, None)
    os.environ |= {"SCRUTINY_VAR": str(var), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    results = folder / f"results-{time.strftime('%Y%m%d-%H%M%S')}.json"
    services = Services.at(var)
    services.discard()
    with services.hold():
        services.start()
        import django

        django.setup()
        from tests.bench import bars, measures
        from tests.bench.running import Running

        portal = Running(services, var)
        try:
            say("preparing")
            portal.prepare()
            shared = measures.history(portal, folder / "files", long)
            shared["rows"] = float(measures.Kind("", months).rows)
            found = []
            for number in range(1, rounds + 1):
                say(f"round {number} of {rounds}")
                portal.fresh(1)
                one = measures.Round(portal, folder / "files", months, number)
                found.append({**shared, **one.run(lambda words: say(f"  {words}"))})
                bars.keep(results, found)
        finally:
            portal.close()
        sys.stdout.write(f"\n{bars.table(found)}\n\n")
    services.discard()


if __name__ == "__main__":
    main()
