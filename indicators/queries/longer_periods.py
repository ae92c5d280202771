"""Values of longer periods that were supplied as such, where the portal works out others of the same series."""

from django.db.models import Q, QuerySet

from indicators.choices import Statistic
from indicators.kinds import Aggregation
from indicators.models.observation import Observation
from indicators.origins import LONGER


def supplied_for_longer(scope: Q) -> QuerySet[Observation]:
    """Return the supplied quarters, 12 months and years to date within a scope that are shown as figures.

    Left out are measures that nothing is worked out for, those that formulas give, and groups, which follow from their
    members.
    """
    rows = Observation.objects.filter(scope, statistic=Statistic.LEVEL, window__in=LONGER, value__isnull=False)
    own = rows.filter(area__group__isnull=True, indicator__formula__isnull=True)
    return own.exclude(indicator__over_time=Aggregation.SUPPLIED)
