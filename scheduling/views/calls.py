from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import Permission, staff
from common.refused import Refused
from scheduling.actions import calls
from scheduling.forms.boards import CallForm, CallSearchForm
from scheduling.views.appointments import appointment_of
from scheduling.views.sheets import is_part, sheet, told

PER_PAGE = 50


@staff(Permission.MANAGE_TASKS)
def call_note(request, pk):
    appointment, refused = appointment_of(request, pk), None
    form = CallForm(request.POST or None)
    if form.is_valid():
        try:
            noted = calls.note(
                appointment.patient, appointment=appointment, **form.values, by=request.user, at=timezone.now()
            )
            said = f"{appointment.patient}: {noted.get_outcome_display()}"
            if is_part(request):
                return told(sheet(request, appointment), toast={"text": said})
            messages.success(request, said)
            return redirect("scheduling:appointment_detail", pk)
        except Refused as refusal:
            refused = refusal
            form.add_refusal(refusal)
    if is_part(request):
        return sheet(request, appointment, refusal=refused, status=422)
    shown = {"appointment": appointment, "patient": appointment.patient, "form": form}
    return render(request, "scheduling/call_note.html", shown, status=422 if form.errors else 200)


@staff(Permission.MANAGE_TASKS)
def call_list(request):
    words = CallSearchForm(request.GET).words
    rows = request.clinic.call_notes.saying(words).with_lines().newest_first()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "scheduling/call_list.html", {"page": page, "words": words})
