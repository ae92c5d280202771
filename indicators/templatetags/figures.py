"""Template filters that print figures, periods and times; all through the one formatter."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from indicators import formatting, periods

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """Print a day in words: 30 September 2020."""
    return periods.date_text(value) if value else ""


@register.filter
def month(value: date | str | None) -> str:
    """Print a month in words: September 2020; also from its ISO form."""
    if isinstance(value, str) and value:
        value = date.fromisoformat(value)
    return periods.month_text(value) if isinstance(value, date) else ""


@register.filter
def period(value: periods.Period) -> str:
    """Print a period in words: 12 months to 30 September 2020."""
    return periods.label(value)


@register.filter
def quarter(value: periods.Period | None) -> str:
    """Return the key of the quarter in which a period begins, for an address: 2020-21-Q2."""
    return periods.Quarter.containing(value.start).key if value and value.start else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Print a moment in London time: 14:02 on 23 November 2020."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local:%H:%M} on {periods.date_text(local.date())}"


@register.filter
def plain(value: Decimal) -> str:
    """Print a number with thousands separators and the decimals it has."""
    return f"{value:,f}"


@register.filter
def thousands(value: Any) -> str:
    """Print a whole number with thousands separators."""
    return formatting.number_text(Decimal(int(value or 0)), 0)
