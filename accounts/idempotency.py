"""Answer a POST once: the second click, or the retry of a lost answer, gets the first answer again."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import IdempotencyKey
from common.refused import Refused

KEPT = timedelta(hours=48)
HEADER = "HTTP_IDEMPOTENCY_KEY"


def key_of(request: Any) -> str:
    """Read the key from the header, or from the form's hidden field."""
    header = request.META.get(HEADER, "")
    if header or not request.content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return header[:200]
    return request.POST.get("idempotency_key", "")[:200]


def body_sha256(request: Any) -> str:
    """Hash what was sent, so that one key cannot stand for two requests."""
    if request.content_type.startswith("multipart/form-data"):
        pairs = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
        names = sorted((name, file.name, file.size) for name, file in request.FILES.items())
        return hashlib.sha256(repr((pairs, names)).encode()).hexdigest()
    if request.content_type.startswith("application/x-www-form-urlencoded"):
        pairs = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
        return hashlib.sha256(repr(pairs).encode()).hexdigest()
    return hashlib.sha256(request.body).hexdigest()


def once(request: Any, work: Callable[[], HttpResponse], *, clinic: Any = None, principal: str = "") -> HttpResponse:
    """Do the work of a POST in one transaction with its key; keep only an answer that says it was done."""
    key = key_of(request) if request.method == "POST" else ""
    clinic = clinic or getattr(request, "clinic", None)
    if not key or clinic is None:
        return work()
    principal = principal or f"user:{request.user.pk}"
    digest = body_sha256(request)
    with transaction.atomic():
        row = _claim(clinic, principal, key, request.path, digest)
        if row is None:
            return _replay(clinic, principal, key, digest)
        response = work()
        if hasattr(response, "render") and not getattr(response, "is_rendered", True):
            response.render()
        if response.status_code >= 400 or response.streaming:
            transaction.set_rollback(True)
            return response
        _keep(row, response)
    return response


def _claim(clinic: Any, principal: str, key: str, route: str, digest: str) -> IdempotencyKey | None:
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                clinic=clinic,
                principal=principal,
                key=key,
                route=route[:200],
                body_sha256=digest,
                created_at=timezone.now(),
            )
    except IntegrityError:
        return None


def _replay(clinic: Any, principal: str, key: str, digest: str) -> HttpResponse:
    first = IdempotencyKey.objects.get(clinic=clinic, principal=principal, key=key)
    if first.body_sha256 != digest:
        raise Refused(
            "idempotency_mismatch",
            _("This form was already sent with other values. Reload the page and send it again."),
        )
    kept = first.response or {}
    response = HttpResponse(kept.get("body", ""), status=first.status or 200, content_type=kept.get("type") or None)
    for name, value in kept.get("headers", {}).items():
        response[name] = value
    return response


def _keep(row: IdempotencyKey, response: HttpResponse) -> None:
    headers = {name: response[name] for name in ("Location", "HX-Redirect", "HX-Trigger") if name in response}
    row.status = response.status_code
    secret = "no-store" in response.get("Cache-Control", "")  # shown once: a retry gets an empty page
    row.response = {
        "body": "" if secret else response.content.decode(errors="replace"),
        "type": response.get("Content-Type", ""),
        "headers": headers,
    }
    row.save(update_fields=["status", "response"])


def forget_old(at: Any) -> int:
    """Drop the keys that no retry can still carry."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_idempotencykey WHERE created_at < %s", [at - KEPT])
        return int(cursor.rowcount)
