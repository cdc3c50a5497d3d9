"""The wall between the two houses: a patient's session opens the portal and what is open to all, nothing else."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import Kind

OPEN = frozenset({"patient", "public"})
Handler = Callable[[Any], HttpResponse]


class PatientsStay:
    """Refuse a patient every page that does not say it is for patients or for anyone, whoever forgot to ask."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or request.user.kind != Kind.PATIENT or kind_of(view) in OPEN:
            return None
        if request.path == "/":
            return redirect("portal:home")
        raise PermissionDenied(_("This page is for the staff of the clinic. Your own pages are in the portal."))


def kind_of(view: Any) -> str:
    """Read for whom a view says that it is; one that says nothing is for no patient."""
    declaring = getattr(view, "view_class", None) or getattr(view, "cls", None)
    access = getattr(view, "access", None) or getattr(declaring, "access", None)
    return access.kind if access else ""
