"""The portal: people and sign-in, the report and its editions, the doors, settings and embedded services."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
