from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from documents import pdfs
from portal.access import chart, patient

PER_PAGE = 25


@patient()
def document_list(request):
    chart(request)
    page = Paginator(papers(request), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/document_list.html", {"page": page})


@patient(narrow=True)
def document_show(request, pk):
    document = paper(request, pk)
    shown = {
        "document": document,
        "sections": pdfs.sections_of(document),
        "signatures": pdfs.signatures_of(document),
    }
    return render(request, "portal/document_show.html", shown)


@patient(narrow=True)
def document_file(request, pk):
    return pdfs.answer_with(paper(request, pk))


def papers(request):
    released = request.portal.patient.documents.in_portal()
    if request.portal.consent_pk:
        released = released.filter(consent=request.portal.consent_pk)
    return released.select_related("consent", "template_version").latest_first()


def paper(request, pk):
    document = get_object_or_404(papers(request), pk=pk)
    chart(request)
    return document
