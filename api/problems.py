"""How the machine's door says no: application/problem+json, with the same codes and sentences as the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.access import Denied, StepUpRequired
from common.refused import Refusal, Refused
from patients.access import MergedAway

CONTENT_TYPE = "application/problem+json"
FORBIDDEN = {"not_allowed", "step_up_required"}
MALFORMED = {"unknown_field", "invalid_local_time", "invalid", "session_count_out_of_range"}


def problem(status: int, code: str, detail: str, reasons: list[dict[str, Any]] | None = None, **extra: Any) -> Response:
    """Answer with one problem."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": str(detail)}
    body["reasons"] = reasons if reasons is not None else [Refusal(code, str(detail)).as_dict()]
    return Response({**body, **extra}, status=status, content_type=CONTENT_TYPE)


def status_of(refused: Refused) -> int:
    """Give the status that a refusal deserves."""
    if refused.code in FORBIDDEN:
        return 403
    if refused.code in MALFORMED:
        return 400
    if refused.code == "second_person_required":
        return 202
    if refused.code == "busy":
        return 503
    return 409


def refused_response(refused: Refused) -> Response:
    """Say a refusal with all its reasons and what else helps, such as alternatives."""
    reasons = [reason.as_dict() for reason in refused.reasons]
    response = problem(status_of(refused), refused.code, refused.detail, reasons, **refused.extra)
    if refused.code == "busy":
        response["Retry-After"] = "3"
    return response


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem; anything unknown is a bug and crashes."""
    request = context["request"]
    if isinstance(error, Refused):
        return refused_response(error)
    if isinstance(error, PermissionDenied):
        return forbidden(error, request)
    if isinstance(error, MergedAway):
        return problem(409, "merged_away", _("This file is part of another one now."), into=error.into)
    if isinstance(error, Http404 | exceptions.NotFound):
        return problem(404, "not_found", _("There is nothing here, or it is not yours to see."))
    if isinstance(error, exceptions.ValidationError):
        return invalid(error.detail)
    if isinstance(error, RequestDataTooBig | DataError | OverflowError) or is_unwritable(error):
        return beyond(error)
    if isinstance(error, OperationalError) and is_timeout(error):
        return refused_response(Refused("busy", _("The clinic's database is busy. Send it again in a moment.")))
    if isinstance(error, exceptions.APIException):
        response = problem(error.status_code, str(error.default_code), str(error.detail))
        for name, value in _headers(error).items():
            response[name] = value
        return response
    return None


def forbidden(error: PermissionDenied, request: Any) -> Response:
    """Say that a person may not, or must first confirm who they are; what the table denies leaves a trace."""
    if isinstance(error, StepUpRequired):
        return problem(403, "step_up_required", str(error))
    if isinstance(error, Denied):
        request._request.denied = str(error.permission)
    return problem(403, "not_allowed", str(error) or _("This is not allowed."))


def beyond(error: Exception) -> Response:
    """Say that what was sent, or one value in it, is more than can be kept or counted with."""
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", _("This is too large to be sent at once."))
    return problem(400, "invalid", _("A number, a day or a text here is beyond what can be kept."))


def is_unwritable(error: Exception) -> bool:
    """Tell the character that no text in the database can hold, which the driver names before it asks."""
    return isinstance(error, ValueError) and "NUL (0x00)" in str(error)


def is_timeout(error: OperationalError) -> bool:
    """Tell a lock or statement that took too long from a database that is away."""
    return getattr(error.__cause__, "pgcode", "") in {"55P03", "57014", "40P01", "40001"}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))
    return headers


def invalid(detail: Any) -> Response:
    """Say which fields of a body are wrong, and how; a code that a field raised itself leads."""
    reasons = list(_flatten(detail))
    leading = next((reason["code"] for reason in reasons if reason["code"] in MALFORMED), "invalid")
    sentence = " ".join(reason["message"] for reason in reasons)
    return problem(400, leading, sentence, reasons)


def _flatten(detail: Any, path: str = "") -> Any:
    if isinstance(detail, dict):
        for name, part in detail.items():
            yield from _flatten(part, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for part in detail:
            yield from _flatten(part, path)
    else:
        label = "" if not path or path.endswith("non_field_errors") else f"{path}: "
        yield {**Refusal(getattr(detail, "code", "invalid"), f"{label}{detail}").as_dict(), "field": path}
