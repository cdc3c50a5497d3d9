from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from common.refused import Refused
from patients.access import open_chart
from patients.actions import portal, portal_phones
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
        "phones": request.clinic.portal_phones.remembered(timezone.now()).filter(access__patient=patient),
        "now": timezone.now(),
    }
    return render(request, "patients/portal_invite.html", shown, status=422 if form.errors else 200)


@staff(Permission.INVITE_TO_PORTAL)
def portal_phone_forget(request, pk):
    phone = get_object_or_404(request.clinic.portal_phones.select_related("access"), pk=pk)
    patient = open_chart(request, phone.access.patient_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        portal_phones.forget(phone, by=request.user, at=timezone.now())
        messages.success(request, _("This phone is forgotten; it opens nothing any more."))
        return redirect("patients:portal_invite", patient.pk)
    shown = {"patient": patient, "phone": phone, "form": form}
    return render(request, "patients/portal_phone_forget.html", shown, status=422 if form.errors else 200)


def address(secret):
    for name in DOORS:
        try:
            return settings.PUBLIC_URL + reverse(name, args=[secret])
        except NoReverseMatch:
            continue
    return f"{settings.PUBLIC_URL}/portal/enter/{secret}/"
