from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, staff
from common.dates import local_day
from common.refused import Refused
from scheduling.actions import set_up
from scheduling.forms.set_up import (
    ClosureForm,
    ExceptionForm,
    HoursForm,
    KindEditForm,
    KindForm,
    RoomEditForm,
    RoomForm,
)


def today_of(request):
    return local_day(timezone.now(), request.clinic.time_zone)


@staff(Permission.SET_UP_CALENDAR)
def calendar_show(request):
    clinic, today = request.clinic, today_of(request)
    hours = clinic.working_hours.holding_from(today).with_whose()
    shown = {
        "rooms": clinic.rooms.select_related("location").order_by("-is_active", "position", "name"),
        "kinds": clinic.appointment_kinds.prefetch_related("rooms").order_by("-is_active", "position", "name"),
        "hours": hours,
        "exceptions": clinic.hours_exceptions.filter(day__gte=today)
        .select_related("practitioner__membership__user", "location", "room")
        .order_by("day"),
        "closures": clinic.closures.filter(ends_on__gte=today).select_related("location").order_by("starts_on"),
    }
    return render(request, "scheduling/calendar_show.html", shown)


def settle(request, form, action, heading, submit):
    """Show a form of the set-up, or do what it says and go back to the overview."""
    if form.is_valid():
        try:
            action(**form.values, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("scheduling:calendar_show")
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"form": form, "heading": heading, "submit": submit}
    return render(request, "scheduling/calendar_edit.html", shown, status=422 if form.errors else 200)


@staff(Permission.SET_UP_CALENDAR)
def room_add(request):
    form = RoomForm(request.POST or None, clinic=request.clinic)
    return settle(request, form, lambda **said: set_up.add_room(request.clinic, **said), _("Add a room"), _("Add room"))


@staff(Permission.SET_UP_CALENDAR)
def room_edit(request, pk):
    room = get_object_or_404(request.clinic.rooms, pk=pk)
    now = {"name": room.name, "position": room.position, "is_active": room.is_active}
    form = RoomEditForm(request.POST or None, clinic=request.clinic, initial=now)
    return settle(request, form, lambda **said: set_up.edit_room(room, **said), room.name, _("Save"))


@staff(Permission.SET_UP_CALENDAR)
def kind_add(request):
    form = KindForm(request.POST or None, clinic=request.clinic)
    heading = _("Add a kind of visit")
    return settle(request, form, lambda **said: set_up.add_kind(request.clinic, **said), heading, _("Add kind"))


@staff(Permission.SET_UP_CALENDAR)
def kind_edit(request, pk):
    kind = get_object_or_404(request.clinic.appointment_kinds, pk=pk)
    now = {name: getattr(kind, name) for name in KindEditForm.base_fields if hasattr(kind, name)}
    form = KindEditForm(request.POST or None, clinic=request.clinic, initial={**now, "rooms": kind.rooms.all()})
    return settle(request, form, lambda **said: set_up.edit_kind(kind, **said), kind.name, _("Save"))


@staff(Permission.SET_UP_CALENDAR)
def hours_add(request):
    form = HoursForm(request.POST or None, clinic=request.clinic, initial={"valid_from": today_of(request)})
    heading = _("Add working hours")
    return settle(request, form, lambda **said: set_up.add_hours(request.clinic, **said), heading, _("Add hours"))


@staff(Permission.SET_UP_CALENDAR)
@require_POST
def hours_end(request, pk):
    hours = get_object_or_404(request.clinic.working_hours, pk=pk)
    set_up.end_hours(hours, on=today_of(request), by=request.user, at=timezone.now())
    messages.success(request, _("These hours end today."))
    return redirect("scheduling:calendar_show")


@staff(Permission.SET_UP_CALENDAR)
def exception_add(request):
    form = ExceptionForm(request.POST or None, clinic=request.clinic)
    heading = _("Add a day that differs")
    return settle(request, form, lambda **said: set_up.add_exception(request.clinic, **said), heading, _("Add day"))


@staff(Permission.SET_UP_CALENDAR)
@require_POST
def exception_remove(request, pk):
    exception = get_object_or_404(request.clinic.hours_exceptions, pk=pk)
    set_up.remove_exception(exception, by=request.user, at=timezone.now())
    messages.success(request, _("The day follows the weekly hours again."))
    return redirect("scheduling:calendar_show")


@staff(Permission.SET_UP_CALENDAR)
def closure_add(request):
    form = ClosureForm(request.POST or None, clinic=request.clinic)
    heading = _("Add a closure")
    return settle(request, form, lambda **said: set_up.add_closure(request.clinic, **said), heading, _("Add closure"))


@staff(Permission.SET_UP_CALENDAR)
@require_POST
def closure_remove(request, pk):
    closure = get_object_or_404(request.clinic.closures, pk=pk)
    set_up.remove_closure(closure, by=request.user, at=timezone.now())
    messages.success(request, _("The closure is gone."))
    return redirect("scheduling:calendar_show")
