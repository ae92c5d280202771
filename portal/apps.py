"""The Django application of the portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """People, report, editions, doors."""

    name = "portal"
    verbose_name = "Portal"
    default_auto_field = "django.db.models.BigAutoField"
