"""Portfolios: the fields of business that own indicators and sections."""

from typing import ClassVar

import pghistory
from django.db import models


@pghistory.track()
class Portfolio(models.Model):
    """A field of business with a lead, for example response and contact."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
