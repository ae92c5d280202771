"""Expected deliveries: which files should arrive for a quarter, and where each stands."""

from operator import itemgetter

from django.utils import timezone

from indicators.api.asked import QUARTER, Asked, Scope, quarter_named
from indicators.api.describing import described, on_day, one_of, text, whole
from indicators.api.doors import Listing
from indicators.api.paging import Key, Keyed, Record, of_list
from indicators.choices import Cadence, DeliveryState, ImportKind
from indicators.queries import boards
from indicators.queries.boards import Expected

DeliveryRecord = described(
    "Delivery",
    "One period of an expected delivery.",
    {
        "delivery": text("Name of the delivery."),
        "source": text("Slug of the source."),
        "kind": one_of(ImportKind),
        "cadence": one_of(Cadence),
        "sender": text("Who sends it."),
        "period_start": on_day("First day of the period it covers."),
        "period_end": on_day("Last day of the period it covers."),
        "period": text(),
        "due_on": on_day("The day by which it should be here."),
        "state": one_of(DeliveryState),
        "state_words": text(),
        "data_import": whole("Number of the import to look at.", empty=True),
        "file_name": text(),
        "reason": text("Why it is not available, where somebody has said so."),
    },
)


class Deliveries(Listing):
    """The files that should arrive for a quarter, by default the newest that is over, as they stand today."""

    name = "deliveries"
    permission = "delivery.see"
    scope = Scope.FORCE
    parameters = (QUARTER,)
    record = DeliveryRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the periods delivery by delivery, in the order in which these were first expected."""
        today, named = timezone.localdate(), asked.given.get(QUARTER.name)
        quarter = quarter_named(named) if named else boards.newest_quarter(asked.own, today)
        expected = [one for line in boards.board(asked.own, quarter, today) for one in line.expected]
        keyed = sorted((((one.delivery.pk, one.key), one) for one in expected), key=itemgetter(0))
        return of_list(keyed, after, _expected)


def _expected(one: Expected) -> Record:
    delivery, file, period = one.delivery, one.file, one.period
    return {
        "delivery": delivery.name,
        "source": delivery.source.slug,
        "kind": delivery.kind,
        "cadence": delivery.cadence,
        "sender": delivery.sender,
        "period_start": period.start.isoformat() if period.start else None,
        "period_end": period.end.isoformat() if period.end else None,
        "period": one.name,
        "due_on": one.due_on.isoformat(),
        "state": one.state.value,
        "state_words": one.words,
        "data_import": file.pk if file else None,
        "file_name": file.file_name if file else "",
        "reason": one.note.reason if one.note else "",
    }
