"""What a case is: crime type, offence, flags."""

from typing import ClassVar

from django.db import models


class Category(models.Model):
    """A crime type of the street-level format, or an offence within it (offence empty = the type alone)."""

    id = models.SmallAutoField(primary_key=True)
    crime_type = models.CharField(max_length=60)
    offence = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["crime_type", "offence"]
        verbose_name_plural = "categories"
        constraints: ClassVar = [models.UniqueConstraint(fields=["crime_type", "offence"], name="category_once")]

    def __str__(self) -> str:
        return f"{self.crime_type}: {self.offence}" if self.offence else self.crime_type


class Flag(models.Model):
    """A marker on a case, for example domestic abuse or COVID-19."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
