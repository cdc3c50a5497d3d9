"""What happens to every request before and after the pages: who sent it, how large it is, what each answer carries."""

import ipaddress
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from clinic import errors

Handler = Callable[[HttpRequest], HttpResponseBase]
CLOSED = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
CLOSED += "microphone=(), midi=(), payment=(), usb=()"
TIMED_OUT = frozenset({"57014", "55P03", "40P01", "40001"})


class Forwarded:
    """Believe a forwarded address or scheme only from the proxies that are configured; drop it from anyone else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.trusted = [ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if self.trusts(request.META.get("REMOTE_ADDR", "")):
            for address in reversed([part.strip() for part in forwarded.split(",")]):
                if not address_of(address):
                    break
                request.META["REMOTE_ADDR"] = address
                if not self.trusts(address):
                    break
        else:
            for name in ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED"):
                request.META.pop(name, None)
        return self.get_response(request)

    def trusts(self, address: str) -> bool:
        found = address_of(address)
        return found is not None and any(found in network for network in self.trusted)


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


class Headers:
    """The headers that Django does not set; a page that needs the camera, or may be kept, says so itself."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", CLOSED)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class BodyLimit:
    """Refuse a body that is larger than any form or upload of ours, before it is read."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return errors.answer(request, 400)
        multipart = request.content_type == "multipart/form-data"
        limit = settings.BODY_MAX_BYTES if multipart else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length > limit:
            return errors.answer(request, 413)
        return self.get_response(request)


class ClinicOnLog:
    """Name the clinic on each log line of the request, by its number."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        clinic = getattr(request, "clinic", None)
        if clinic is not None:
            structlog.contextvars.bind_contextvars(clinic_id=clinic.pk)
        return self.get_response(request)


class Busy:
    """Try once more when the database timed out under load; then say that the clinic is busy."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        found = request.resolver_match
        if not passing(exception) or connections["default"].in_atomic_block or found is None:
            return None
        try:
            return found.func(request, *found.args, **found.kwargs)
        except OperationalError as error:
            if not passing(error):
                raise
        return errors.answer(request, 503)


def passing(error: Exception) -> bool:
    """Whether the database only ran out of time or patience: the same request may well succeed a moment later."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", None) in TIMED_OUT
