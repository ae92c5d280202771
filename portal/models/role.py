"""Roles: who may act, for which portfolio, between which dates."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from indicators.choices import ROLE_NAMES, Role, pairs
from indicators.models.portfolio import Portfolio

PORTFOLIO_ROLES = (Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoleHolding(models.Model):
    """A role that a person holds between two dates; leads, deputies and contributors hold it for a portfolio."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holdings")
    role = models.CharField(max_length=20, choices=pairs(Role, ROLE_NAMES))
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, null=True, blank=True, related_name="holdings")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["user", "role"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "portfolio", "since"], nulls_distinct=False, name="role_held_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=PORTFOLIO_ROLES, portfolio__isnull=False)
                | (~Q(role__in=PORTFOLIO_ROLES) & Q(portfolio__isnull=True)),
                name="portfolio_roles_name_a_portfolio",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                name="role_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{ROLE_NAMES[Role(self.role)]}"
