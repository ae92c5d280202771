"""Rows in the order in which windows are listed, which is not that of the words they are stored as."""

from django.db.models import Case, IntegerField, Value, When

from indicators.choices import WINDOW_PLACES

# What is for every window comes first.
BY_WINDOW = Case(
    *(When(window=window.value, then=Value(place)) for window, place in WINDOW_PLACES.items()),
    default=Value(-1),
    output_field=IntegerField(),
)
