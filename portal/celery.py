"""The queue. A message is only a wake-up: what has to be done stands in the job rows of the database."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("scrutiny")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def collect_less_often(**_: object) -> None:
    """Let the search for cyclic garbage neither look at what was loaded at the start nor run every 700 objects.

    A worker that reads files makes millions of lists without a cycle; the search took a fifth of its time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


worker_process_init.connect(collect_less_often)
