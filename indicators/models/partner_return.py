"""Partner returns: the table that a partner sends for each quarter, and every time one was sent in."""

from typing import ClassVar
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from indicators.choices import WINDOW_NAMES, Role, Window
from indicators.models.area import Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.data_import import DataImport
from indicators.models.indicator import Indicator, key_form
from indicators.models.portfolio import Portfolio
from indicators.models.source import DataSource
from indicators.people import Person

MOST_QUARTERS = 12
# The windows of which a quarter has one: they end with it.
RETURN_WINDOWS = (
    Window.QUARTER, Window.ROLLING_YEAR_TO_DATE, Window.ROLLING_12, Window.YEAR_TO_DATE, Window.CALENDAR_TO_DATE,
    Window.SNAPSHOT,
)  # fmt: skip


class PartnerReturnQuerySet(models.QuerySet["PartnerReturn"]):
    """Returns by who may see them."""

    def visible_to(self, person: Person) -> "PartnerReturnQuerySet":
        """Those of the portfolios that somebody writes for; all for those who keep the figures or look after them."""
        if person.has(Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR):
            return self
        return self.filter(portfolio__in=person.portfolios(Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR))


@pghistory.track()
class PartnerReturn(models.Model):
    """A table of a partner: its rows in order, and how many quarters it shows, up to the one it is sent for.

    `partner` is on whose behalf it is entered by the force's own people.
    """

    key = models.CharField(max_length=60, unique=True, validators=[key_form])
    name = models.CharField(max_length=160)
    partner = models.CharField(max_length=160)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="partner_returns")
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="partner_returns")
    quarters = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(MOST_QUARTERS)]
    )
    instructions = models.TextField(blank=True)
    is_retired = models.BooleanField(default=False)

    objects = PartnerReturnQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["partner", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z0-9_]+$"), name="return_key_form"),
            models.CheckConstraint(
                condition=Q(quarters__gte=1, quarters__lte=MOST_QUARTERS), name="return_shows_some_quarters"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReturnRow(models.Model):
    """One row: a series by its indicator, part and area, and the kind of period that its figures are of.

    `area` is the slug of a comparator or of an area of the force, empty for the force itself. Without a `label` the
    row is called after its series.
    """

    partner_return = models.ForeignKey(PartnerReturn, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=200, blank=True)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="return_rows")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    area = models.SlugField(max_length=80, blank=True)
    window = models.CharField(
        max_length=20, choices=[(one.value, WINDOW_NAMES[one]) for one in RETURN_WINDOWS], default=Window.QUARTER
    )

    class Meta:
        ordering: ClassVar = ["partner_return", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner_return", "indicator", "part", "area", "window"],
                nulls_distinct=False,
                name="return_row_once",
            ),
            models.CheckConstraint(
                condition=Q(window__in=sorted(one.value for one in RETURN_WINDOWS)),
                name="return_row_ends_with_a_quarter",
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.indicator_id} {self.window}"


@pghistory.track()
class ReturnSubmission(models.Model):
    """One return as it was sent in: by whom and for whom, and the file in which it was received.

    Its values are those of its import, whose rows are named after `reference`. `on_behalf_of` is empty where the
    partner's own contributor entered it.
    """

    partner_return = models.ForeignKey(PartnerReturn, on_delete=models.PROTECT, related_name="submissions")
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(max_length=12)
    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    on_behalf_of = models.CharField(max_length=160, blank=True)
    file_name = models.CharField(max_length=300, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.BigIntegerField(default=0)
    data_import = models.OneToOneField(DataImport, on_delete=models.PROTECT, related_name="submission")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(file_name="", file_sha256="") | ~(Q(file_name="") | Q(file_sha256="")),
                name="a_received_file_has_a_name_and_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_return}, {self.quarter}"
