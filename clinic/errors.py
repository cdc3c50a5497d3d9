"""What a person or a program reads when a request cannot be answered."""

from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django_ratelimit.exceptions import Ratelimited

MACHINE_DOORS = ("/api/", "/fhir/")
SENTENCES = {
    400: ("bad_request", _("This request could not be understood. Go back and try again.")),
    403: ("not_allowed", _("You may not open this page. Ask the clinic's owner if you need it.")),
    404: ("not_found", _("There is nothing at this address, or it is not yours to see.")),
    405: ("method_not_allowed", _("This address does not take that kind of request.")),
    413: ("too_large", _("What was sent is too large. Send a smaller file or a shorter text.")),
    429: ("too_many_requests", _("Too many attempts. Wait a few minutes, then try again.")),
    500: ("server_error", _("Something went wrong on our side. Nothing was saved. Try again in a moment.")),
    503: ("busy", _("The clinic's system is busy. Nothing was saved. Try again in a few seconds.")),
}
WAIT_SECONDS = {429: 60, 503: 5}


def answer(request: HttpRequest, status: int, *, code: str = "", sentence: Any = "") -> HttpResponse:
    """The same refusal as a page or as problem+json, by the door it was asked through."""
    usual_code, usual_sentence = SENTENCES[status]
    code, sentence = code or usual_code, str(sentence or usual_sentence)
    if request.path.startswith(MACHINE_DOORS):
        response: HttpResponse = problem(status, code, sentence)
    else:
        response = HttpResponse(page(status, code, sentence), status=status)
    if status in WAIT_SECONDS:
        response.headers["Retry-After"] = str(WAIT_SECONDS[status])
    return response


def problem(status: int, code: str, sentence: str) -> JsonResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": sentence,
        "reasons": [{"code": code, "message": sentence, "severity": "block", "source": "", "fix_url": ""}],
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def page(status: int, code: str, sentence: str) -> str:
    """A page that needs neither database nor session, or one plain sentence where even its template is missing."""
    try:
        return render_to_string(
            f"errors/{status}.html", {"status": status, "code": code, "sentence": sentence, "request_id": request_id()}
        )
    except TemplateDoesNotExist:
        return f"<!doctype html><title>{status}</title><h1>{status}</h1><p>{escape(sentence)}</p>"


def request_id() -> str:
    """Give the number under which this request stands in the logs."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return answer(request, 413 if too_large else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, Ratelimited):
        return answer(request, 429)
    return answer(request, 403, sentence=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = _("This page was open for too long or was opened in another window. Go back, reload it and try again.")
    return answer(request, 403, code="stale_page", sentence=sentence)
