"""Agreeing a plan: a protocol is chosen, its dates and findings are shown, then it is made, or declined."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, demand, staff
from common.refused import Refused
from formulations.rules.preparations import needs_proof
from patients.access import open_chart, today_of
from treatments.actions import declines, plans
from treatments.forms.plans import AgreeForm, DeclineForm, WhenForm
from treatments.rules import plans as rules
from treatments.rules import schedules
from treatments.tables.protocols import offered


def protocol_of(request):
    """Read which protocol the address names; another clinic's, or a retired one, does not exist."""
    return get_object_or_404(request.clinic.protocols.current(), slug=request.GET.get("protocol", ""))


def when_of(request, protocol):
    """Read when a plan would begin, with whom and how often; what is not said yet is proposed."""
    own = getattr(request.membership, "practitioner", None)
    proposed = {
        "start_on": today_of(request, timezone.now()).isoformat(),
        "practitioner": str(own.pk) if own else "",
        "sessions": str(protocol.default_sessions),
    }
    asked = {name: given[name] for given in (request.GET, request.POST) for name in proposed if name in given}
    people = request.clinic.practitioners.active().with_person()
    return WhenForm({**proposed, **asked}, protocol=protocol, practitioners=people)


def dates_of(request, protocol, when):
    """Say where the sessions would lie, or why the plan cannot begin like that."""
    if not when.is_valid():
        return {"rows": [], "refusals": []}
    given = when.cleaned_data
    place = schedules.usual_place(request.clinic)
    try:
        rows = schedules.outlook(protocol, start_on=given["start_on"], sessions=given["sessions"], location=place)
        return {"rows": rows, "refusals": []}
    except Refused as refused:
        return {"rows": [], "refusals": refused.reasons}


def findings_of(patient, protocol):
    """Find what speaks against the plan as the protocol has it."""
    slugs = [row.slug for row in schedules.substances_of(protocol)]
    return rules.suitability(patient, protocol=protocol, slugs=slugs, at=timezone.now())


@staff(Permission.EDIT_PLANS)
def plan_start(request, pk):
    patient = open_chart(request, pk)
    if "protocol" not in request.GET:
        shown = {"patient": patient, "groups": offered(request.clinic)}
        return render(request, "treatments/plan_start_choose.html", shown)
    protocol = protocol_of(request)
    findings = findings_of(patient, protocol)
    when = when_of(request, protocol)
    form = AgreeForm(request.POST or None, findings=findings, initial={"language": patient.language})
    if form.is_valid() and when.is_valid():
        if needs_proof(findings, form.overrides):
            demand(request, [Permission.OVERRIDE_FINDINGS])
        try:
            plan = plans.start(
                patient,
                protocol=protocol,
                start_on=when.cleaned_data["start_on"],
                practitioner=when.doctor,
                sessions=when.cleaned_data["sessions"],
                overrides=form.overrides,
                **form.agreed,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The plan is agreed. Next: its consent, and the first visit."))
            return redirect("treatments:plan_detail", plan.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {
        "patient": patient,
        "protocol": protocol,
        "when": when,
        "form": form,
        "findings": findings,
        "stops": [each for each in findings if each.severity == "block" and each.override == "none"],
        "substances": schedules.substances_of(protocol),
        **dates_of(request, protocol, when),
    }
    return render(request, "treatments/plan_start.html", shown, status=422 if form.errors else 200)


@staff(Permission.EDIT_PLANS)
def plan_dates(request, pk):
    patient = open_chart(request, pk)
    protocol = protocol_of(request)
    when = when_of(request, protocol)
    shown = {"patient": patient, "protocol": protocol, "when": when, **dates_of(request, protocol, when)}
    return render(request, "treatments/_dates.html", shown)


@staff(Permission.EDIT_PLANS)
def request_decline(request, pk):
    patient = open_chart(request, pk)
    if request.method == "GET" and "protocol" not in request.GET:
        raise Http404
    slug = request.POST.get("protocol") or request.GET.get("protocol", "")
    protocol = get_object_or_404(request.clinic.protocols.current(), slug=slug)
    form = DeclineForm(request.POST or None, initial={"protocol": protocol.slug})
    if form.is_valid():
        try:
            declines.decline(patient, protocol=protocol, **form.declined, by=request.user, at=timezone.now())
            messages.success(request, _("The declined request is on file. No plan was made."))
            return redirect("treatments:patient_plans", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {
        "patient": patient,
        "protocol": protocol,
        "form": form,
        "findings": findings_of(patient, protocol),
        "back": f"{reverse('treatments:plan_start', args=[pk])}?protocol={protocol.slug}",
    }
    return render(request, "treatments/request_decline.html", shown, status=422 if form.errors else 200)
