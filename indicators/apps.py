"""The Django application of the figures."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Areas, sources, indicators, cases, imports, observations, aggregates."""

    name = "indicators"
    verbose_name = "Indicators"
    default_auto_field = "django.db.models.BigAutoField"
