from django.conf import settings
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.access import Permission, staff
from common.refused import Refused
from patients.access import open_chart
from patients.actions import portal
from patients.forms.statements import ConfirmForm

DOORS = ("portal:enter",)


@staff(Permission.INVITE_TO_PORTAL)
def portal_invite(request, pk):
    patient = open_chart(request, pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    link = None
    if form.is_valid():
        try:
            link = portal.invite(patient, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {
        "patient": patient,
        "form": form,
        "link": link,
        "address": address(link.secret) if link else "",
        "issued": patient.portal_links.latest_first()[:5],
        "now": timezone.now(),
    }
    return render(request, "patients/portal_invite.html", shown, status=422 if form.errors else 200)


def address(secret):
    for name in DOORS:
        try:
            return settings.PUBLIC_URL + reverse(name, args=[secret])
        except NoReverseMatch:
            continue
    return f"{settings.PUBLIC_URL}/portal/enter/{secret}/"
