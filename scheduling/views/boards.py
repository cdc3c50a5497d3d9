from datetime import timedelta

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission, Scope, may, reach, staff
from common.dates import local_day
from patients.access import tasks_of
from scheduling.forms.boards import BoardForm
from scheduling.tables.boards import PRACTITIONER, ROOM
from scheduling.tables.waiting import waiting_of

WORKLIST = 8


def allowed(request):
    return {
        "may_book": may(request.membership, Permission.BOOK_APPOINTMENTS),
        "may_set_up": may(request.membership, Permission.SET_UP_CALENDAR),
        "may_call": may(request.membership, Permission.MANAGE_TASKS),
        "is_masked": reach(request.membership, Permission.VIEW_CALENDAR) == Scope.LIMITED,
    }


def present(request, at):
    is_masked = reach(request.membership, Permission.VIEW_CALENDAR) == Scope.LIMITED
    return waiting_of(request.clinic, is_masked=is_masked, at=at)


def worklist(request):
    if not may(request.membership, Permission.MANAGE_TASKS):
        return None
    return list(tasks_of(request).with_worklist().chosen(request.membership)[: WORKLIST + 1])


@staff(Permission.VIEW_CALENDAR)
def day_board(request, day):
    now, form = timezone.now(), BoardForm(request.GET)
    if form.cleaned_data.get("on"):
        query = f"?{form.query}" if form.query else ""
        return redirect(reverse("scheduling:day_board", args=[form.cleaned_data["on"]]) + query)
    today, tasks = local_day(now, request.clinic.time_zone), worklist(request)
    shown = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "first": day,
        "end": day + timedelta(days=1),
        "today": today,
        "form": form,
        "by_room": form.mode == ROOM,
        "guests": present(request, now) if day == today else None,
        "tasks": tasks[:WORKLIST] if tasks else tasks,
        "has_more_tasks": bool(tasks and len(tasks) > WORKLIST),
    }
    return render(request, "scheduling/day_board.html", shown | allowed(request))


@staff(Permission.VIEW_CALENDAR)
def week_board(request, day):
    form = BoardForm(request.GET)
    if form.cleaned_data.get("on"):
        query = f"?{form.query}" if form.query else ""
        return redirect(reverse("scheduling:week_board", args=[form.cleaned_data["on"]]) + query)
    first = day - timedelta(days=day.weekday())
    people = {person.pk: person for person in request.clinic.practitioners.active().with_person()}
    mine = next((pk for pk, person in people.items() if person.membership_id == request.membership.pk), None)
    asked = form.cleaned_data.get("only")
    only = asked if asked in people else mine or next(iter(people), None)
    shown = {
        "day": day,
        "first": first,
        "end": first + timedelta(days=7),
        "last": first + timedelta(days=6),
        "before": first - timedelta(days=7),
        "after": first + timedelta(days=7),
        "today": local_day(timezone.now(), request.clinic.time_zone),
        "form": form,
        "people": people,
        "only": only,
        "mode": PRACTITIONER,
    }
    return render(request, "scheduling/week_board.html", shown | allowed(request))


@staff(Permission.VIEW_CALENDAR)
def day_waiting(request):
    return render(request, "scheduling/_waiting.html", {"guests": present(request, timezone.now())})
