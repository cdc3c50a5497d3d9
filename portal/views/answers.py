from types import SimpleNamespace

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import idempotency
from accounts.access import anyone
from common.forms import RefusableForm
from common.refused import Refused
from portal.actions import visits
from portal.tables.course import Appointed
from portal.views.reports import speak, spent
from reminders.actions import answers, stops
from reminders.forms.stops import StopForm
from reminders.rules import answers as rules
from reminders.rules import links
from safety.actions import check_ins
from safety.rules import tellings
from treatments.rules.emergencies import clinic_number, emergency_number


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit_reply(request, secret):
    link, visit = links.found(secret)
    speak(request, link)
    refusals = rules.open_link.reasons_against(None, link, visit, at=timezone.now())
    if refusals:
        return spent(request, link, refusals)
    return idempotency.once(
        request,
        lambda: reply(request, link, visit, secret),
        clinic=link.clinic,
        principal=f"visit-link:{link.pk}",
    )


def reply(request, link, visit, secret):
    said = request.POST.get("answer") if request.method == "POST" else request.GET.get("said")
    form = RefusableForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and said in ("yes", "no"):
        try:
            act = visits.confirm if said == "yes" else answers.cannot_come
            act(visit, by=link.access.user, at=timezone.now())
            return redirect(f"{reverse('portal:visit_reply', args=[secret])}?said={said}")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {
        "clinic": link.clinic,
        "visit": Appointed(visit, visit.location.phone or link.clinic.phone),
        "said": said if request.method != "POST" else "",
        "may_answer": rules.answer.allows(None, visit, at=timezone.now()),
        "form": form,
    }
    return render(request, "portal/visit_reply.html", shown, status=422 if form.errors else 200)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_answer(request, secret, after):
    link = tellings.found(secret)
    speak(request, link)
    refusals = tellings.open_link.reasons_against(None, link, at=timezone.now())
    if refusals:
        return spent(request, link, refusals)
    return idempotency.once(
        request,
        lambda: check(request, link, after, secret),
        clinic=link.clinic,
        principal=f"report-link:{link.pk}",
    )


def check(request, link, day, secret):
    session = get_object_or_404(link.clinic.treatment_sessions, pk=link.subject_id, patient=link.patient_id)
    form = RefusableForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            check_ins.answer(session, day=day, by=link.access.user, at=timezone.now())
            return redirect("portal:check_answer", secret, day)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {
        "clinic": link.clinic,
        "emergency": emergency_number(link.clinic),
        "number": clinic_number(link.clinic),
        "answered": session.check_ins.filter(day=day).first(),
        "asks_for_lumps": day > 1,
        "secret": secret,
        "form": form,
    }
    return render(request, "portal/check_answer.html", shown, status=422 if form.errors else 200)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def messages_stop(request, token):
    patient, channel = links.stopping(token)
    if patient is None:
        return spent(request, None, rules.open_link.reasons_against(None, None, None, at=timezone.now()))
    speak(request, SimpleNamespace(patient=patient))
    return idempotency.once(
        request,
        lambda: stop(request, patient, channel),
        clinic=patient.clinic,
        principal=f"stop:{patient.pk}",
    )


def stop(request, patient, channel):
    form = StopForm(
        request.POST if request.method == "POST" else None, chosen=stops.stopped(patient, channel), channel=channel
    )
    is_done = form.is_valid()
    if is_done:
        stops.choose(patient, channel=channel, kinds=form.cleaned_data["kinds"], at=timezone.now())
    shown = {"clinic": patient.clinic, "form": form, "is_done": is_done}
    return render(request, "portal/messages_stop.html", shown, status=422 if form.errors else 200)
