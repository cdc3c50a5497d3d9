from dataclasses import replace

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refused import Refused
from documents import pdfs
from portal.access import chart, patient
from portal.forms import ConsentForm
from treatments.actions import consents
from treatments.rules.consents import sign_consent


@patient(methods=("GET", "POST"), narrow=True)
def consent_sign(request, pk):
    consent = own_consent(request, pk)
    is_open = sign_consent.allows(request.user, consent, role="patient")
    form = ConsentForm(request.POST if request.method == "POST" else None, initial={"sha256": consent.document.sha256})
    if form.is_valid():
        try:
            sign(request, consent, form.values)
            messages.success(request, _("Thank you. Your signature is kept."))
            return redirect("portal:consent_sign", pk)
        except Refused as refused:
            form.add_refusal(Refused.of(replace(reason, url="") for reason in refused.reasons))
    shown = {
        "consent": consent,
        "document": consent.document,
        "sections": pdfs.sections_of(consent.document),
        "is_open": is_open,
        "form": form,
    }
    return render(request, "portal/consent_sign.html", shown, status=422 if form.errors else 200)


def own_consent(request, pk):
    own = request.portal.patient.consents.filter(document__released_at__isnull=False)
    if request.portal.consent_pk:
        own = own.filter(pk=request.portal.consent_pk)
    own = own.select_related("document__template_version", "practitioner__membership__user")
    consent = get_object_or_404(own, pk=pk)
    chart(request)
    return consent


def sign(request, consent, values):
    consents.sign(
        consent,
        role="patient",
        strokes=values["strokes"],
        sha256=values["sha256"],
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.headers.get("User-Agent", ""),
        by=request.user,
        at=timezone.now(),
    )
