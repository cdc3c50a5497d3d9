"""The file of one issued paper: drawn from what was frozen, handed out, and read again to see that its seal holds."""

from typing import Any

from django.http import FileResponse, Http404

from documents import rendering, sealing
from documents.models import Document, TemplateVersion


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


def flaws_of_version(version: TemplateVersion) -> list[str]:
    """List what no longer agrees with the fingerprint of a template's words."""
    kind, language, number = version.template.kind, version.language, version.number
    now = sealing.version_sha256(version.body, kind=kind, language=language, number=number)
    return [] if now == version.sha256 else ["the words are not those that were fingerprinted"]


def flaws_of_document(document: Document) -> list[str]:
    """List what no longer agrees with the fingerprints of a paper: its payload, its signatures, its file."""
    flaws = []
    template = document.template_version.sha256
    now = sealing.document_sha256(document.payload, template_sha256=template, number=document.number)
    if now != document.sha256:
        flaws.append("what fills it is not what was issued")
    if any(each.shown_sha256 != document.sha256 for each in document.signatures.all()):
        flaws.append("a signature names another text")
    if document.file:
        flaws += _flaws_of_file(document)
    return flaws


def _flaws_of_file(document: Document) -> list[str]:
    try:
        with document.file.open("rb") as file:
            found = sealing.file_sha256(file.read())
    except FileNotFoundError:
        return ["its file is missing"]
    return [] if found == document.file_sha256 else ["its file was changed"]
