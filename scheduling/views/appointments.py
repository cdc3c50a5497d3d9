from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, Scope, chart, may, reach, staff
from common.dates import local_day
from common.refused import Refused
from scheduling import rules
from scheduling.actions import changes
from scheduling.forms.bookings import CancelForm, MoveForm, WhenForm, read_later
from scheduling.tables.days import history_of, steps_of
from scheduling.tables.offers import alternatives_of, later_of
from scheduling.views.wishes import Wish, chosen_of, doctor_of, offered, room_of


def appointment_of(request, pk):
    return get_object_or_404(request.clinic.appointments.with_day_list(), pk=pk)


@staff(Permission.VIEW_CALENDAR)
def appointment_detail(request, pk):
    appointment = appointment_of(request, pk)
    is_masked = reach(request.membership, Permission.VIEW_CALENDAR) == Scope.LIMITED
    if not is_masked:
        chart(request, appointment.patient)
    shown = {
        "appointment": appointment,
        "patient": appointment.patient,
        "is_masked": is_masked,
        "steps": steps_of(appointment, at=timezone.now()),
        "may_change": rules.bookings.keep.allows(request.user, appointment),
        "may_move": rules.bookings.move.allows(request.user, appointment),
        "may_take_payment": may(request.membership, Permission.TAKE_PAYMENTS)
        and appointment.status in ("done", "left"),
        "may_see_plan": may(request.membership, Permission.VIEW_PLANS),
        "history": history_of(appointment, with_calls=not is_masked),
        "may_call": may(request.membership, Permission.MANAGE_TASKS),
        "day": local_day(appointment.starts_at, appointment.zone),
    }
    return render(request, "scheduling/appointment_detail.html", shown)


@staff(Permission.BOOK_APPOINTMENTS)
def appointment_move(request, pk):
    appointment = appointment_of(request, pk)
    visit = changes.visit_of(appointment)
    window = rules.windows.of_visit(visit) if visit else None
    wish = Wish(request.clinic, appointment.patient, appointment.kind, visit, window)
    form, later = MoveForm(request.POST or None), []
    if form.is_valid():
        chosen = chosen_of(request, wish.zone)
        doctor, room = doctor_of(request.clinic, chosen), room_of(request.clinic, chosen)
        try:
            changes.move(
                appointment, starts_at=chosen.starts_at, practitioner=doctor, room=room,
                later=read_later(request.POST, wish.zone), overrides=form.overrides, by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("The visit has its new time."))
            return redirect("scheduling:appointment_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
            later = later_of(refusal, wish.zone)
    shown = {"appointment": appointment, "patient": appointment.patient, "wish": wish, "form": form, "later": later}
    shown |= {"alternatives": alternatives_of(form.taken, wish.zone, request.clinic)}
    shown |= {"typed": WhenForm(zone=wish.zone)}
    shown |= offered(request, wish, default_practitioner=appointment.practitioner_id, leaving=appointment)
    return render(request, "scheduling/appointment_move.html", shown, status=422 if form.errors else 200)


@staff(Permission.BOOK_APPOINTMENTS)
def appointment_cancel(request, pk):
    appointment = appointment_of(request, pk)
    form, later = CancelForm(request.POST or None), []
    if form.is_valid():
        try:
            choices = read_later(request.POST, appointment.location.time_zone)
            changes.cancel(appointment, reason=form.said, later=choices, by=request.user, at=timezone.now())
            messages.success(request, _("The visit is cancelled and its time is free again."))
            return redirect("scheduling:appointment_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
            later = later_of(refusal, appointment.location.time_zone)
    shown = {"appointment": appointment, "patient": appointment.patient, "form": form, "later": later}
    return render(request, "scheduling/appointment_cancel.html", shown, status=422 if form.errors else 200)
