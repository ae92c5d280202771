"""Where numbers come from."""

from typing import ClassVar

import pghistory
from django.db import models

from indicators.choices import SourceKind, pairs


@pghistory.track()
class DataSource(models.Model):
    """A system, dashboard or partner that delivers cases or observations.

    Values after `checked_to` are provisional. Synthetic and invented sources say so wherever they print.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=pairs(SourceKind))
    owner = models.CharField(max_length=120, blank=True)
    method = models.TextField(blank=True)
    note = models.TextField(blank=True)
    is_synthetic = models.BooleanField(default=False)
    is_invented = models.BooleanField(default=False)
    checked_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
