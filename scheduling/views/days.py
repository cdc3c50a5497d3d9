from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission, Scope, may, reach, staff
from common.dates import local_day
from scheduling.forms.days import DayForm
from scheduling.tables.days import day_of


@staff(Permission.VIEW_CALENDAR)
def day_today(request):
    today = local_day(timezone.now(), request.clinic.time_zone)
    return redirect("scheduling:day_board", today.isoformat())


@staff(Permission.VIEW_CALENDAR)
def day_show(request, day):
    now, form = timezone.now(), DayForm(request.GET, clinic=request.clinic)
    if form.jump:
        return redirect(f"{reverse('scheduling:day_show', args=[form.jump])}?{form.query}")
    shown = day_of(
        form.narrowed(request.clinic.appointments.all()),
        day=day,
        zone=request.clinic.time_zone,
        by=form.grouping,
        at=now,
        is_masked=reach(request.membership, Permission.VIEW_CALENDAR) == Scope.LIMITED,
        with_steps=may(request.membership, Permission.BOOK_APPOINTMENTS),
    )
    today = local_day(now, request.clinic.time_zone)
    allowed = {
        "may_book": may(request.membership, Permission.BOOK_APPOINTMENTS),
        "may_set_up": may(request.membership, Permission.SET_UP_CALENDAR),
    }
    return render(request, "scheduling/day_show.html", {"day": shown, "form": form, "today": today, **allowed})
