from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, may, staff
from common.forms import RefusableForm
from common.refused import Refused
from documents import pdfs
from documents.actions import documents
from documents.rules import documents as rules
from patients.access import open_chart

PER_PAGE = 25
MOST_RECEIVED = 200


@staff(Permission.VIEW_DOCUMENTS)
def document_list(request):
    asked = request.GET.get("patient", "")
    patient = open_chart(request, int(asked)) if asked.isdigit() and len(asked) < 19 else None
    rows = request.clinic.documents.visible_to(request.user).select_related("patient").latest_first()
    failed = rows.failed()
    rows = rows.filter(patient=patient) if patient else rows
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "patient": patient,
        "failed": None if patient else failed[:20],
        "received": patient.received_files.visible_to(request.user).latest_first()[:MOST_RECEIVED] if patient else (),
        "may_receive": may(request.membership, Permission.RECEIVE_PAPERS),
    }
    return render(request, "documents/document_list.html", shown)


@staff(Permission.VIEW_DOCUMENTS)
def document_show(request, pk):
    document = _document(request, pk)
    shown = {
        "document": document,
        "sections": pdfs.sections_of(document),
        "signatures": pdfs.signatures_of(document),
        "may_retry": rules.retry.allows(request.user, document),
        "form": RefusableForm(),
    }
    return render(request, "documents/document_show.html", shown)


@staff(Permission.VIEW_DOCUMENTS)
def document_file(request, pk):
    return pdfs.answer_with(_document(request, pk))


@staff(Permission.VIEW_DOCUMENTS, post=Permission.SEND_CONSENTS)
def document_retry(request, pk):
    document = _document(request, pk)
    form = RefusableForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            documents.retry(document, by=request.user, at=timezone.now())
            messages.success(request, _("%(number)s is being made again.") % {"number": document.number})
            return redirect("documents:document_show", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, "documents/document_retry.html", {"document": document, "form": form}, status=status)


def _document(request, pk):
    rows = request.clinic.documents.visible_to(request.user).select_related("patient", "template_version")
    document = get_object_or_404(rows, pk=pk)
    if document.patient:
        chart(request, document.patient)
    return document
