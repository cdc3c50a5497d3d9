"""The file of one issued paper, from what was frozen at issue and the signatures under it."""

from typing import Any

from django.http import FileResponse, Http404

from documents import rendering
from documents.models import Document


def signatures_of(document: Document) -> Any:
    """Give the signatures under a paper, in the order in which they were put."""
    return document.signatures.order_by("at", "id")


def sections_of(document: Document) -> list[rendering.Section]:
    """Give the text of a paper as it is read on screen: the same words, the same payload."""
    return rendering.sections_of(document.template_version.body, document.payload, document.language)


def page_of(document: Document) -> str:
    """Write the page that the file is drawn from."""
    version = document.template_version
    return rendering.page_of(
        body=version.body,
        payload=document.payload,
        kind=document.kind,
        document={
            "number": document.number,
            "title": document.title,
            "language": document.language,
            "issued_at": document.issued_at,
            "sha256": document.sha256,
            "version": version.number,
        },
        signatures=signatures_of(document),
    )


def file_of(document: Document) -> bytes:
    """Draw the file of a paper."""
    return rendering.pdf_of(page_of(document))


def answer_with(document: Document) -> FileResponse:
    """Hand out the file of a paper: to be kept, never guessed at, never cached, and without a right to run anything."""
    if not document.file:
        raise Http404
    answer = FileResponse(
        document.file.open("rb"), as_attachment=True, filename=f"{document.number}.pdf", content_type="application/pdf"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer
