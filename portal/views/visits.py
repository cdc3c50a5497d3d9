from django.contrib import messages as notes
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.refused import Refused
from portal.access import patient
from portal.actions import visits
from portal.forms import MoveForm, QuestionsForm
from portal.tables.course import Appointed
from reminders.rules.letters import calendar_file


@patient(clinical=False, methods=("POST",))
def visit_confirm(request, pk):
    try:
        visits.confirm(own_visit(request, pk), by=request.user, at=timezone.now())
        notes.success(request, _("Thank you. We expect you."))
    except Refused as refused:
        notes.error(request, refused.detail)
    return redirect("portal:home")


@patient(clinical=False, methods=("GET", "POST"))
def visit_move(request, pk):
    visit = own_visit(request, pk)
    form = MoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            visits.ask_to_move(visit, **form.values, by=request.user, at=timezone.now())
            notes.success(request, _("We have your wish and call you. Until then your visit stands as it is."))
            return redirect("portal:home")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"visit": Appointed(visit, visit.location.phone or visit.clinic.phone), "form": form}
    return render(request, "portal/visit_move.html", shown, status=422 if form.errors else 200)


@patient(clinical=False)
def visit_calendar(request, pk):
    file = calendar_file(own_visit(request, pk), get_language() or "en")
    response = HttpResponse(file.content, content_type=file.mimetype)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@patient(methods=("GET", "POST"))
def visit_answer(request, pk):
    visit = own_visit(request, pk)
    form = QuestionsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            visits.answer(visit, answers=form.values, by=request.user, at=timezone.now())
            notes.success(request, _("Thank you. Your practitioner reads it before the visit."))
            return redirect("portal:home")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"visit": Appointed(visit, visit.location.phone or visit.clinic.phone), "form": form}
    return render(request, "portal/visit_answer.html", shown, status=422 if form.errors else 200)


def own_visit(request, pk):
    own = request.portal.patient.appointments.exclude(status="held")
    return get_object_or_404(
        own.select_related("location", "clinic", "patient", "practitioner__membership__user"), pk=pk
    )
