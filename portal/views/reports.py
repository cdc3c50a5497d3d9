from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import idempotency
from accounts.access import anyone
from common.dates import local_day
from common.refused import Refused
from portal.access import patient
from portal.forms import ReportForm
from portal.tables.reports import newest_of, reports_of
from portal.views.links import speak_as
from safety.actions import tellings
from safety.rules import tellings as rules
from treatments.rules.emergencies import clinic_number, emergency_number


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_open(request, secret):
    link = rules.found(secret)
    speak(request, link)
    refusals = rules.open_link.reasons_against(None, link, at=timezone.now())
    if refusals:
        return spent(request, link, refusals)

    def answer():
        by, sent = link.access.user, reverse("portal:report_sent", args=[secret])
        return tell(request, link.patient, by=by, sent=sent, after_session=link.subject_id)

    return idempotency.once(request, answer, clinic=link.clinic, principal=f"report-link:{link.pk}")


@anyone
@never_cache
@require_safe
def report_sent(request, secret):
    link = rules.found(secret)
    speak(request, link)
    refusals = rules.open_link.reasons_against(None, link, at=timezone.now())
    return spent(request, link, refusals) if refusals else thank(request, link.patient)


@patient(clinical=False, methods=("GET", "POST"))
def report_tell(request):
    sent = reverse("portal:report_told")
    return tell(request, request.portal.patient, by=request.user, sent=sent)


@patient(clinical=False)
def report_told(request):
    return thank(request, request.portal.patient)


@patient()
def report_list(request):
    return render(request, "portal/report_list.html", {"reports": reports_of(request.portal.patient)})


def speak(request, link):
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        translation.activate(translation.get_language_from_request(request))
    else:
        speak_as(request, link)


def spent(request, link, refusals):
    shown = {"clinic": link.clinic if link else None, "link": link, "refusals": refusals}
    return render(request, "portal/link_spent.html", shown, status=404)


def tell(request, patient, *, by, sent, after_session=None):
    clinic = patient.clinic
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        zones=clinic.zones.injectable(),
        today=local_day(timezone.now(), clinic.time_zone),
    )
    if form.is_valid():
        try:
            more = {"language": get_language() or "", "after_session": after_session}
            tellings.tell(patient, **form.values, **more, by=by, at=timezone.now())
            return redirect(sent)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "clinic": clinic, "emergency": emergency_number(clinic), "number": clinic_number(clinic)}
    return render(request, "portal/report_tell.html", shown, status=422 if form.errors else 200)


def thank(request, patient):
    told = newest_of(patient, timezone.now())
    clinic = patient.clinic
    shown = {"clinic": clinic, "emergency": emergency_number(clinic), "number": clinic_number(clinic)}
    return render(request, "portal/report_told.html", {"told": told, **shown})
