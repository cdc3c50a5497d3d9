"""Is it alive, is it ready, and how does it do: asked by proxies and monitors, not by people."""

import hmac
import ipaddress
import shutil
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from redis import Redis
from redis.exceptions import RedisError

from accounts.access import anyone

LEAST_FREE_BYTES = 200 * 1024 * 1024


@anyone
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@anyone
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    found = {name: check() for name, check in CHECKS.items()}
    ready = all(sentence == "ok" for sentence in found.values())
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


@anyone
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read_metrics(request):
        raise Http404
    return ExportToDjangoView(request)


def may_read_metrics(request: HttpRequest) -> bool:
    """A monitor shows the token; without one configured, only this machine may ask, and only outside production."""
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
    try:
        return not settings.IN_PRODUCTION and ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except ValueError:
        return False


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "does not answer"
    return "ok"


def redis() -> str:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except (RedisError, OSError):
        return "does not answer"
    return "ok"


def migrations() -> str:
    try:
        return "ok" if all_applied() else "some are not applied"
    except (Error, ImproperlyConfigured, Unapplied):
        return "some are not applied"


class Unapplied(Exception):
    """There are migrations that this database has not seen."""


@cache
def all_applied() -> bool:
    """Whether the database has this code's shape; once it has, this process need not ask again."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unapplied
    return True


def disk() -> str:
    if not settings.DATA_DIR.exists():
        return "missing"
    return "ok" if shutil.disk_usage(settings.DATA_DIR).free > LEAST_FREE_BYTES else "nearly full"


CHECKS: dict[str, Callable[[], str]] = {"database": database, "redis": redis, "migrations": migrations, "disk": disk}
