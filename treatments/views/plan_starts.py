"""Agreeing a plan: a protocol is chosen, its dates and findings are shown, then it is made, or declined."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, demand, may, staff
from common.refused import Refused
from formulations.rules.preparations import needs_proof
from patients.access import open_chart, today_of
from treatments.actions import declines, plans
from treatments.forms.plans import AgreeForm, DeclineForm, WhatForm, WhenForm
from treatments.rules import plans as rules
from treatments.rules import schedules
from treatments.tables.protocols import offered

TREATING = {"practitioner", "nurse"}


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


def what_of(request):
    """Read what a plan would inject, as it was chosen; the recipes are those that the director approved."""
    versions = (
        request.clinic.formulation_versions.approved().select_related("formulation").order_by("formulation__name")
    )
    rows = request.clinic.ingredients.current().order_by("name")
    given = request.POST if request.method == "POST" else request.GET
    return WhatForm(given, versions=versions, ingredients=rows)


def colleagues_of(request, patient):
    """Those whom this member may put on the patient's team, and who are not on it."""
    if not may(request.membership, Permission.EDIT_PATIENTS):
        return []
    standing = patient.care_team.standing().values("membership")
    rows = request.clinic.memberships.active().with_person().exclude(pk__in=standing)
    return [each for each in rows.exclude(user=request.user) if TREATING & set(each.roles)]


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


def findings_of(patient, protocol, substances=None):
    """Find what speaks against the plan with these substances, or as the protocol has it."""
    rows = schedules.substances_of(protocol) if substances is None else substances
    return rules.suitability(patient, protocol=protocol, slugs=[row.slug for row in rows], at=timezone.now())


@staff(Permission.EDIT_PLANS)
def plan_start(request, pk):
    patient = open_chart(request, pk)
    if "protocol" not in request.GET:
        shown = {"patient": patient, "groups": offered(request.clinic)}
        return render(request, "treatments/plan_start_choose.html", shown)
    protocol, what = protocol_of(request), what_of(request)
    substances = schedules.substances_of(protocol, version=what.version, ingredients=what.chosen)
    findings, when = findings_of(patient, protocol, substances), when_of(request, protocol)
    form = AgreeForm(
        request.POST or None, findings=findings, colleagues=colleagues_of(request, patient),
        initial={"language": patient.language},
    )  # fmt: skip
    if form.is_valid() and when.is_valid():
        if needs_proof(findings, form.overrides):
            demand(request, [Permission.OVERRIDE_FINDINGS])
        try:
            plan = plans.start(
                patient, protocol=protocol, start_on=when.cleaned_data["start_on"], practitioner=when.doctor,
                sessions=when.cleaned_data["sessions"], version=what.version, ingredients=what.chosen or None,
                team=form.joining, overrides=form.overrides, **form.agreed, by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("The plan is agreed. Next: its consent, and the first visit."))
            return redirect("treatments:plan_detail", plan.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {
        "patient": patient,
        "protocol": protocol,
        "when": when,
        "what": what,
        "what_form": what.offer(substances),
        "form": form,
        "findings": findings,
        "stops": [each for each in findings if each.severity == "block" and each.override == "none"],
        "substances": substances,
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
