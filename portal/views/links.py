from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import anyone
from common.forms import RefusableForm
from common.refused import Refused
from patients.actions import portal
from portal import phones
from portal.access import open_session, remember_phone
from portal.rules import links as rules


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request, secret):
    link = rules.found(secret)
    speak_as(request, link)
    if request.user.is_authenticated and request.user.kind == "staff":
        raise PermissionDenied(_("You are logged in as staff. Log out, or open this link in a private window."))
    refusals = rules.enter.reasons_against(None, link, at=timezone.now())
    form = RefusableForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not refusals:
        try:
            open_session(request, portal.enter(secret, at=timezone.now()))
            response = redirect("portal:home")
            if "remember" in request.POST:
                remember_phone(request, response, link.access)
            return response
        except Refused as refused:
            refusals = refused.reasons
    shown = {"clinic": link.clinic if link else None, "link": link, "refusals": refusals}
    if refusals:
        return render(request, "portal/link_spent.html", shown, status=404)
    return render(request, "portal/enter.html", shown)


def speak_as(request, link):
    if link and translation.check_for_language(link.patient.language):
        translation.activate(link.patient.language)
        request.LANGUAGE_CODE = translation.get_language()


@anyone
@require_POST
def leave(request):
    response = redirect("portal:welcome")
    phones.forget(request, response, timezone.now())
    if request.user.is_authenticated and request.user.kind == "patient":
        logout(request)
    return response
