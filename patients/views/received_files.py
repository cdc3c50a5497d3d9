from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, may, staff
from common.refused import Refused
from patients import papers
from patients.access import open_chart
from patients.actions import received_files
from patients.forms.received_files import ErrorForm, ReceivedFileForm


@staff(Permission.RECEIVE_PAPERS)
def received_file_add(request, pk):
    patient = open_chart(request, pk)
    form = ReceivedFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        values = form.values
        content = values.pop("file").read()
        try:
            paper = received_files.add(patient, content=content, **values, by=request.user, at=timezone.now())
            messages.success(request, _("“%(title)s” is in the chart.") % {"title": paper.title})
            return redirect(place_of(request, patient))
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"patient": patient, "form": form, "leads_back": place_of(request, patient)}
    return render(request, "patients/received_file_add.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_DOCUMENTS)
def received_file_show(request, pk):
    return papers.answer_with(paper_or_404(request, pk))


@staff(Permission.VIEW_DOCUMENTS, post=Permission.RECEIVE_PAPERS)
def received_file_mark_error(request, pk):
    paper = paper_or_404(request, pk)
    form = ErrorForm(request.POST or None)
    if form.is_valid():
        try:
            received_files.mark_error(paper, reason=form.values["reason"], by=request.user, at=timezone.now())
            messages.success(request, _("The paper is crossed out."))
            return redirect(place_of(request, paper.patient))
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"patient": paper.patient, "paper": paper, "form": form, "leads_back": place_of(request, paper.patient)}
    return render(request, "patients/received_file_mark_error.html", shown, status=422 if form.errors else 200)


def paper_or_404(request, pk):
    """Fetch a paper of a patient whom this member reaches, and have it written down that it was seen."""
    rows = request.clinic.received_files.visible_to(request.user).select_related("patient", "clinic")
    paper = get_object_or_404(rows, pk=pk)
    chart(request, paper.patient)
    return paper


def place_of(request, patient):
    """Give the page to go back to: the papers, or for who may not read them the overview."""
    if may(request.membership, Permission.VIEW_DOCUMENTS):
        return f"{reverse('documents:document_list')}?patient={patient.pk}"
    return reverse("patients:patient_detail", args=[patient.pk])
