"""Exhibits: a table or a chart, defined once on data."""

from typing import ClassVar

import pghistory
from django.db import models

from indicators.models.indicator import key_form
from indicators.models.portfolio import Portfolio


@pghistory.track()
class Exhibit(models.Model):
    """A saved definition of a table or chart; `indicators.exhibits.making` explains its form."""

    key = models.CharField(max_length=60, unique=True, validators=[key_form])
    title = models.CharField(max_length=200)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="exhibits")
    definition = models.JSONField()

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.title
