"""What is posted from the page of a session, one step each."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, demand, staff
from common.refused import Refused
from formulations.rules.preparations import needs_proof
from treatments.actions import sessions, zone_tables
from treatments.forms.sessions import TimeOutForm, ZonesForm
from treatments.rules import gates
from treatments.rules import zones as zone_rules
from treatments.tables import sessions as tables
from treatments.views import drafted, rooms
from treatments.views.rooms import session_or_404, show


def back_to(session, place):
    """Go back to the page of the session, at a step."""
    return redirect(f"{reverse('treatments:session_detail', args=[session.pk])}#{place}")


def prove(request, findings, overrides):
    """Who goes past a block that policy leaves to them proves first who they are."""
    if overrides and needs_proof(findings, overrides):
        demand(request, [Permission.OVERRIDE_FINDINGS])


@staff(Permission.RECORD_SESSIONS)
def session_screen(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session, "check")
    at = timezone.now()
    form = rooms.screening_form(request, session, request.POST)
    if form.is_valid():
        try:
            said, weight = form.overrides, form.cleaned_data["weight_kg"]
            prove(request, gates.screening_findings(session, answers=form.answers, at=at), said)
            sessions.screen(session, answers=form.answers, weight_kg=weight, overrides=said, by=request.user, at=at)
            drafted.saved(request, session, "check")
            messages.success(request, _("The answers are written down."))
            return back_to(session, "check")
        except Refused as refused:
            form.add_refusal(refused)
    return show(request, session, typed={"screening_form": form}, status=422)


@staff(Permission.RECORD_SESSIONS)
def session_time_out(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session, "preparation")
    at = timezone.now()
    findings = gates.before_the_needle(session, by=request.user, at=at)
    asked = tables.asked(request.user, session, findings)
    form = TimeOutForm(request.POST, findings=asked, auto_id="id_timeout_%s")
    if form.is_valid():
        try:
            prove(request, findings, form.overrides)
            sessions.time_out(session, overrides=form.overrides, by=request.user, at=at)
            messages.success(request, _("Time-out: everything fits."))
            return back_to(session, "zones")
        except Refused as refused:
            form.add_refusal(refused)
    return show(request, session, typed={"time_out_form": form}, status=422, time_out_found=asked)


@staff(Permission.RECORD_SESSIONS)
def session_zones(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session, "zones")
    at, rows = timezone.now(), rooms.zone_rows(session, request.POST)
    form = ZonesForm(request.POST, auto_id="id_zonesaid_%s")
    if rows.is_valid():
        filled = rows.filled(session)
        asked = tables.asked(request.user, session, zone_rules.of_rows(session, filled, at=at))
        form = ZonesForm(request.POST, findings=asked, auto_id="id_zonesaid_%s")
        if form.is_valid():
            try:
                revision = form.cleaned_data["revision"]
                said = form.overrides
                zone_tables.record(session, rows=filled, overrides=said, revision=revision, by=request.user, at=at)
                drafted.saved(request, session, "zones")
                messages.success(request, _("The zones are recorded."))
                return back_to(session, "zones")
            except Refused as refused:
                form.add_refusal(refused)
    return show(request, session, typed={"zone_rows": rows, "zones_form": form}, status=422)


@staff(Permission.RECORD_SESSIONS)
def session_injection(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session, "injection")
    at, form = timezone.now(), rooms.injection_form(session, request.POST)
    if form.is_valid():
        changes = numbed(session, form.values, request.POST.get("now") == "cream", at)
        now = {"start": "injection_started_at", "stop": "injection_ended_at"}.get(request.POST.get("now", ""))
        if now:
            changes[now] = at
        try:
            sessions.edit(session, **changes, by=request.user, at=at)
            drafted.saved(request, session, "injection")
            messages.success(request, _("Written down."))
            return back_to(session, "reaction" if now == "injection_ended_at" else "injection")
        except Refused as refused:
            form.add_refusal(refused)
    return show(request, session, typed={"injection_form": form}, status=422)


def numbed(session, changes, is_now, at):
    """Say since when the cream is on: since this moment, or since the one that is written down."""
    pain = changes["anaesthetic"]
    since = at.isoformat() if is_now else (session.anaesthetic or {}).get("applied_at")
    if is_now:
        pain["kind"] = "cream"
    if since and pain.get("kind") == "cream":
        pain["applied_at"] = since
    return changes


@staff(Permission.RECORD_SESSIONS)
def session_reaction(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session, "reaction")
    at, form = timezone.now(), rooms.reaction_form(session, request.POST)
    if form.is_valid():
        ends = {"ended_at": at} if request.POST.get("end") and session.ended_at is None else {}
        try:
            sessions.edit(session, reaction=form.reaction, **ends, by=request.user, at=at)
            drafted.saved(request, session, "reaction")
            messages.success(request, _("The session has ended.") if ends else _("Written down."))
            return back_to(session, "aftercare")
        except Refused as refused:
            form.add_refusal(refused)
    return show(request, session, typed={"reaction_form": form}, status=422)
