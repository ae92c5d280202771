#!/usr/bin/env python
"""The command line of Scrutiny. Starts the embedded services when no servers are given by URL."""

import os
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent


def main() -> None:
    """Run one management command, with services to run it on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    if settings.USES_EMBEDDED_SERVICES and needs_services(sys.argv[1:]):
        from portal.services import ensure_services

        ensure_services(settings.VAR)
    execute_from_command_line(sys.argv)


def needs_services(arguments: list[str]) -> bool:
    """Tell whether a command works on the database; help, static files and the like do not."""
    without = {"help", "--help", "-h", "version", "--version", "collectstatic", "findstatic", "test"}
    return bool(arguments) and arguments[0] not in without and "--help" not in arguments


if __name__ == "__main__":
    main()
