"""Exhibits: keeping the definition of a table, chart or list, tried on the newest figures, and loading definitions."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from indicators import rules
from indicators.actions.bringing import bring, named, rows_by
from indicators.exhibits.checking import form_faults
from indicators.models.exhibit import Exhibit
from indicators.models.portfolio import Portfolio
from indicators.people import Person, Refused, Verdict
from indicators.queries.exhibits import book_for, state_of, trial

CHANGED = (
    "Somebody else has changed this exhibit since you opened it. Open it in another window and see what is new there "
    "before you save yours."
)
TAKEN = "Somebody else has just made an exhibit that is called “{}”. Choose another short name."


class NotDrawn(Refused):
    """A definition cannot be drawn; `faults` says each thing that is wrong."""

    def __init__(self, verdict: Verdict, faults: tuple[str, ...]) -> None:
        super().__init__(verdict)
        self.faults = faults


@transaction.atomic
def save(exhibit: Exhibit, *, by: Person, opened: str | None = None) -> None:
    """Keep a new or changed exhibit. `opened` is the state that the person saw, where it was on a page.

    Raises Refused for whoever may not, NotDrawn for a definition that cannot be drawn, and Refused (a conflict) when
    the exhibit was changed meanwhile or another took its short name.
    """
    rules.require(rules.can_edit_exhibit(by))
    faults = trial(exhibit, book_for(exhibit.definition))[1]
    verdict = rules.can_save_exhibit(by, faults)
    if not verdict:
        raise NotDrawn(verdict, faults)
    if exhibit.pk is not None:
        held = Exhibit.objects.select_for_update().get(pk=exhibit.pk)
        if opened is not None and state_of(held) != opened:
            raise Refused(Verdict(False, CHANGED, is_conflict=True))
    try:
        with transaction.atomic():
            exhibit.save()
    except IntegrityError as taken:
        raise Refused(Verdict(False, TAKEN.format(exhibit.key), is_conflict=True)) from taken


def load(entries: Iterable[dict[str, Any]], *, by: Person) -> None:
    """Create or update the exhibits of a document by their keys, in the caller's transaction.

    Only their form is looked at: a document is loaded before its figures. Raises Refused naming every fault.
    """
    rows = list(entries)
    wrong = [f"{row['key']}: {words}" for row in rows for words in form_faults(row["definition"])]
    if rows:
        rules.require(rules.can_save_exhibit(by, wrong))
    portfolios, held = rows_by("slug", Portfolio.objects.all()), rows_by("key", Exhibit.objects.all())
    for row in rows:
        portfolio = named(portfolios, row["portfolio"], f"The exhibit “{row['key']}” names the portfolio")
        fields = {"title": row["title"], "portfolio": portfolio, "definition": row["definition"]}
        bring(held, row["key"], Exhibit(key=row["key"]), fields)
