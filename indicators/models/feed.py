"""Feeds: how an official publication is read."""

from typing import ClassVar

import pghistory
from django.db import models

from indicators.choices import OfficialLayout, pairs
from indicators.models.area import Area, Force
from indicators.models.profile import ProfileFields
from indicators.models.source import DataSource


@pghistory.track()
class OfficialFeed(ProfileFields):
    """Which tables and columns of an official publication feed which indicators, as data that analysts edit.

    `definition` is the document of a mapping (`indicators.readers.official`), sound since `version` 1. `found` keeps
    what the last file held, for the page: {"tables": [{"title", "columns"}]}. `own` is the area of the publication
    that is this force.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="feeds")
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="feeds")
    layout = models.CharField(max_length=20, choices=pairs(OfficialLayout))
    own = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["force", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "name"], name="feed_name_once_per_force"),
        ]
