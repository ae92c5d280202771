"""Health: is the process alive, and can it reach its database and its queue."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis, RedisError


@login_not_required
def live(request: HttpRequest) -> HttpResponse:
    """Answer that this process serves."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """Say what can be reached: 503 without the database, 200 and degraded without the queue."""
    found = {"database": _database(), "queue": _queue()}
    degraded = not all(found.values())
    answer = {name: "reached" if ok else "not reached" for name, ok in found.items()}
    return JsonResponse(
        {"state": "degraded" if degraded else "ready", **answer}, status=200 if found["database"] else 503
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queue() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
