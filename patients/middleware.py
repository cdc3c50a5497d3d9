"""What happens to an address that names a file which is part of another one now."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from patients.access import MergedAway


class MergedFiles:
    """Lead every old link and bookmark to the file that stayed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MergedAway):
            return None
        number = request.clinic.patients.get(pk=exception.pk).number
        messages.info(request, _("%(number)s was merged into this file.") % {"number": number})
        if request.method not in ("GET", "HEAD"):
            return redirect("patients:patient_detail", exception.into)
        return redirect(address(request, exception))


def address(request: Any, gone: MergedAway) -> str:
    """Write the same address with the file that stayed, in its path or in its question."""
    found, asked = request.resolver_match, request.GET.copy()
    named = {name: gone.into for name in ("pk", "other_pk") if found.kwargs.get(name) == gone.pk}
    kwargs = {**found.kwargs, **named}
    if asked.get("patient") == str(gone.pk):
        asked["patient"] = str(gone.into)
    path = reverse(found.view_name, kwargs=kwargs)
    return f"{path}?{asked.urlencode()}" if asked else path
