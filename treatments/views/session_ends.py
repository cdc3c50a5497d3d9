"""How a session closes: signed, amended afterwards, or given up."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from common.refused import Refused
from treatments.actions import addenda, sessions
from treatments.forms.sessions import AbandonForm, AddendumForm, SignOffForm
from treatments.rules import gates
from treatments.rules import sessions as rules
from treatments.tables.drafts import unsaved
from treatments.tables.sessions import Room
from treatments.views import drafted
from treatments.views.rooms import posted, session_or_404


@staff(Permission.SIGN_SESSIONS)
def session_sign_off(request, pk):
    session = session_or_404(request, pk)
    at = timezone.now()
    room = Room(session, at)
    form = SignOffForm(
        posted(request), mixes=[(line["mix"], line["injected"]) for line in room.tray if line["is_open"]]
    )
    if form.is_valid():
        try:
            sessions.sign_off(session, wasted=form.wasted, by=request.user, at=at)
            drafted.closed(request, session)
            messages.success(request, _("The session is signed."))
            return redirect("treatments:session_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {
        "session": session,
        "patient": session.patient,
        "room": room,
        "form": form,
        "drafting": drafted.drafting(request, session),
        "unsaved": unsaved(session, request.user),
        "missing": rules.sign_session.reasons_against(request.user, session),
        "findings": [] if room.is_closed else gates.at_the_signature(session, at=at),
    }
    return render(request, "treatments/session_sign_off.html", shown, status=422 if form.errors else 200)


@staff(Permission.AMEND_SESSIONS)
def session_addendum(request, pk):
    session = session_or_404(request, pk)
    form = AddendumForm(posted(request))
    if form.is_valid():
        try:
            addenda.add(session, **form.values, by=request.user, at=timezone.now())
            drafted.saved(request, session, "addendum")
            messages.success(request, _("The addendum is added."))
            return redirect("treatments:session_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"session": session, "patient": session.patient, "form": form}
    shown["drafting"] = drafted.drafting(request, session)
    return render(request, "treatments/session_addendum.html", shown, status=422 if form.errors else 200)


@staff(Permission.RECORD_SESSIONS)
def session_abandon(request, pk):
    session = session_or_404(request, pk)
    form = AbandonForm(posted(request))
    if form.is_valid():
        try:
            sessions.abandon(session, **form.values, by=request.user, at=timezone.now())
            drafted.closed(request, session)
            messages.success(request, _("The session is given up."))
            return redirect("treatments:session_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"session": session, "patient": session.patient, "form": form}
    shown["drafting"] = drafted.drafting(request, session)
    return render(request, "treatments/session_abandon.html", shown, status=422 if form.errors else 200)
