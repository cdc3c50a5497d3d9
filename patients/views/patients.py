from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.refused import Refused
from patients.access import (
    alerts_of,
    found,
    is_masked,
    names_in,
    only_own_acts,
    open_chart,
    patient_or_404,
    reads_history,
    tasks_of,
    trail_of,
    twins,
)
from patients.actions import patients
from patients.forms.patients import PatientEditForm, PatientRegisterForm, SearchForm

PER_PAGE = 25


@staff(Permission.VIEW_PATIENTS)
def patient_list(request):
    text = SearchForm(request.GET).text
    rows, is_capped = found(request, text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "q": text, "is_capped": is_capped, "is_masked": is_masked(request.membership)}
    shown["may_ask_merge"] = may(request.membership, Permission.REQUEST_MERGE)
    return render(request, "patients/patient_list.html", shown)


@staff(Permission.VIEW_PATIENTS)
def patient_find(request):
    rows, _is_capped = found(request, SearchForm(request.GET).text)
    shown = {"patients": rows[:8], "is_masked": is_masked(request.membership)}
    return render(request, "patients/patient_find.html", shown)


@staff(Permission.EDIT_PATIENTS)
def patient_alike(request):
    form = PatientRegisterForm(request.GET, clinic=request.clinic)
    return render(request, "patients/patient_alike.html", {"alike": twins(request, form.likeness())})


@staff(Permission.EDIT_PATIENTS)
def patient_register(request):
    form = PatientRegisterForm(request.POST or None, clinic=request.clinic)
    alike = []
    if form.is_valid():
        alike = [] if form.cleaned_data["is_somebody_else"] else twins(request, form.likeness())
        if not alike:
            try:
                patient = patients.register(request.clinic, **form.person, by=request.user, at=timezone.now())
                told = {"name": patient.full_name, "number": patient.number}
                messages.success(request, _("%(name)s is registered as %(number)s.") % told)
                return redirect("patients:patient_detail", patient.pk)
            except Refused as refusal:
                form.add_refusal(refusal)
        else:
            form.ask_whether_new()
    status = 422 if form.errors else 200
    return render(request, "patients/patient_register.html", {"form": form, "alike": alike}, status=status)


@staff(Permission.VIEW_PATIENTS)
def patient_detail(request, pk):
    patient = open_chart(request, pk)
    shown = {
        "patient": patient,
        "is_masked": is_masked(request.membership),
        "reads_history": reads_history(request.membership),
        "alerts": alerts_of(request, patient),
        "team": patient.care_team.standing().with_people(),
        "may_ask_merge": may(request.membership, Permission.REQUEST_MERGE),
        "tasks": tasks_of(request).open().filter(patient=patient).hardest_first(),
    }
    return render(request, "patients/patient_detail.html", shown)


@staff(Permission.EDIT_PATIENTS)
def patient_edit(request, pk):
    patient = patient_or_404(request, pk)
    form = PatientEditForm.of(patient, request.POST or None)
    if form.is_valid():
        try:
            patients.edit(patient, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("patients:patient_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, "patients/patient_edit.html", {"form": form, "patient": patient}, status=status)


@staff(Permission.VIEW_AUDIT)
def patient_log(request, pk):
    patient = patient_or_404(request, pk)
    page = Paginator(trail_of(request, patient), PER_PAGE * 2).get_page(request.GET.get("page"))
    shown = {"patient": patient, "page": page, "people": names_in(request.clinic), "only_own": only_own_acts(request)}
    return render(request, "patients/patient_log.html", shown)
