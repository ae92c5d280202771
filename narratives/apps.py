"""The Django application of the words."""

from django.apps import AppConfig


class NarrativesConfig(AppConfig):
    """Outline, cycle, sections, revisions, review."""

    name = "narratives"
    verbose_name = "Narratives"
    default_auto_field = "django.db.models.BigAutoField"
