import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.access import Permission, Scope, chart, may, reach, staff
from common.dates import local_day
from common.refused import Refused
from scheduling import rules
from scheduling.actions import changes
from scheduling.forms.boards import CallForm, PlaceForm
from scheduling.forms.bookings import read_later
from scheduling.tables.days import calls_of, steps_of
from scheduling.tables.offers import alternatives_of, later_of
from scheduling.views.appointments import appointment_of
from scheduling.views.wishes import chosen_of, people_of


def is_part(request):
    """Whether a part of a page is asked for, to stand in a sheet."""
    return request.headers.get("HX-Request") == "true"


def told(response, **events):
    response["HX-Trigger"] = json.dumps(events)
    return response


def sheet(request, appointment, *, refusal=None, status=200):
    is_masked = reach(request.membership, Permission.VIEW_CALENDAR) == Scope.LIMITED
    if not is_masked:
        chart(request, appointment.patient)
    may_change = rules.bookings.keep.allows(request.user, appointment)
    shown = {
        "appointment": appointment,
        "patient": appointment.patient,
        "is_masked": is_masked,
        "steps": steps_of(appointment, at=timezone.now()) if may_change else [],
        "may_change": may_change,
        "may_move": may_change and rules.bookings.move.allows(request.user, appointment),
        "may_record": may(request.membership, Permission.RECORD_SESSIONS),
        "may_call": may(request.membership, Permission.MANAGE_TASKS),
        "calls": [] if is_masked else calls_of(appointment),
        "call_form": CallForm(),
        "refusal": refusal,
    }
    return render(request, "scheduling/_sheet.html", shown, status=status)


@staff(Permission.VIEW_CALENDAR)
def appointment_sheet(request, pk):
    appointment = appointment_of(request, pk)
    return sheet(request, appointment) if is_part(request) else redirect("scheduling:appointment_detail", pk)


@staff(Permission.BOOK_APPOINTMENTS)
def appointment_status(request, pk):
    appointment, refused = appointment_of(request, pk), None
    wanted, back = request.POST.get("status", ""), request.POST.get("next", "")
    if request.method == "POST":
        try:
            changes.set_status(appointment, status=wanted, by=request.user, at=timezone.now())
        except Refused as refusal:
            refused = refusal
    appointment = appointment_of(request, pk)
    said = _("%(who)s: %(status)s") % {"who": appointment.patient, "status": appointment.get_status_display()}
    if is_part(request) and not refused:
        return told(HttpResponse(status=204), **stepped(appointment, said))
    if is_part(request):
        return sheet(request, appointment, refusal=refused, status=422)
    if refused or request.method == "POST":
        (messages.error if refused else messages.success)(request, refused.detail if refused else said)
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back) if safe and back else redirect("scheduling:appointment_detail", pk)


def stepped(appointment, said):
    """What the page is told after a step: that it was taken, and for ten seconds how it is taken back."""
    back, note = changes.previous_status(appointment), {"text": said, "about": "visit"}
    if back:
        url = reverse("scheduling:appointment_status", args=[appointment.pk])
        note |= {"undo_url": url, "undo_status": back, "undo": _("Undo")}
    return {"toast": note, "visit-changed": {"visit": appointment.pk, "close": True}}


@staff(Permission.BOOK_APPOINTMENTS)
def appointment_place(request, pk):
    appointment = appointment_of(request, pk)
    zone, clinic, now = appointment.location.time_zone, request.clinic, timezone.now()
    people = {appointment.practitioner_id: str(appointment.practitioner), **people_of(clinic)}
    rooms, later = list(clinic.rooms.active().order_by("position", "name")), []
    given = {"appointment": appointment, "people": people, "rooms": rooms, "zone": zone}
    here = chosen_place(request, appointment, zone)
    form = PlaceForm(here, **given) if request.method == "POST" else PlaceForm(initial=here, **given)
    if form.is_valid():
        wanted = form.wanted
        try:
            moved = changes.move(
                appointment,
                starts_at=form.cleaned_data["starts"],
                practitioner=named(clinic.practitioners.with_person(), wanted["practitioner"]),
                room=named(clinic.rooms, wanted["room"]),
                later=read_later(request.POST, zone),
                overrides=form.overrides,
                by=request.user,
                at=now,
            )
            return after_move(request, moved, zone)
        except Refused as refusal:
            form.add_refusal(refusal)
            later = later_of(refusal, zone)
    shown = {
        "appointment": appointment,
        "patient": appointment.patient,
        "form": form,
        "later": later,
        "alternatives": alternatives_of(form.taken, zone, clinic),
    }
    page = "scheduling/_place.html" if is_part(request) else "scheduling/appointment_place.html"
    return render(request, page, shown, status=422 if form.errors else 200)


def chosen_place(request, appointment, zone):
    """What was typed, or where the visit is now; a time tapped among those that are free counts as typed."""
    local = appointment.starts_at.astimezone(appointment.zone).strftime("%Y-%m-%dT%H:%M")
    here = {"starts": local, "practitioner": appointment.practitioner_id, "room": ""}
    given = {name: text for name, text in (request.POST or request.GET).items() if text or name == "room"}
    if request.POST.get("slot"):
        chosen = chosen_of(request, zone)
        given |= {"starts": chosen.starts_at.isoformat(), "practitioner": chosen.practitioner_id}
        given["room"] = chosen.room_id or ""
    return {**here, **given}


def named(rows, pk):
    return rows.filter(pk=pk).first() if pk else None


def after_move(request, moved, zone):
    when = date_format(moved.starts_at.astimezone(moved.zone), "D j M, H:i")
    said = _("%(who)s: %(when)s, %(with)s") % {"who": moved.patient, "when": when, "with": moved.practitioner}
    if is_part(request):
        changed = {"visit": moved.pk, "close": True}
        return told(HttpResponse(status=204), **{"toast": {"text": said, "about": "visit"}, "visit-changed": changed})
    messages.success(request, said)
    return redirect("scheduling:day_board", local_day(moved.starts_at, zone))
