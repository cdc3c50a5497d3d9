from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import Permission, chart, staff
from patients.access import is_masked
from reminders import kinds


@staff(Permission.VIEW_MESSAGES)
def appointment_story(request, pk):
    rows = request.clinic.appointments.visible_to(request.user).with_day_list()
    appointment = get_object_or_404(rows, pk=pk)
    chart(request, appointment.patient)
    shown = {
        "appointment": appointment,
        "patient": appointment.patient,
        "lines": kinds.story(appointment, timezone.now()),
        "masked": is_masked(request.membership),
    }
    partial = request.htmx and not request.htmx.boosted
    template = "reminders/_appointment_story.html" if partial else "reminders/appointment_story.html"
    response = render(request, template, shown)
    response["Vary"] = "HX-Request"
    return response
