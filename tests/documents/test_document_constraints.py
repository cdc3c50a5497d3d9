import pytest
from django.db import transaction

from documents.models import Document, Signature, TemplateVersion
from tests.cast import NOON
from tests.factories import rows


def refused(make):
    with pytest.raises(rows.REFUSED) as caught, transaction.atomic():
        make()
    return rows.refusal(caught)


@pytest.mark.parametrize(
    "change", [{"payload": {"name": "Eve"}}, {"sha256": "c" * 64}, {"title": "Other"}, {"language": "fr"}]
)
def test_an_issued_document_never_changes(clinic, change):
    document = rows.document(clinic)

    assert refused(lambda: Document.objects.filter(pk=document.pk).update(**change)) == "document_frozen"


def test_the_file_of_a_document_is_written_once(clinic):
    mine = Document.objects.filter(pk=rows.document(clinic).pk)
    sealed = {"state": "sealed", "sealed_at": NOON}
    mine.update(file="documents/a.pdf", file_sha256="d" * 64, **sealed)

    assert refused(lambda: mine.update(file="documents/b.pdf")) == "document_file_once"
    assert refused(lambda: mine.update(file_sha256="e" * 64)) == "document_file_once"


def test_a_document_is_never_deleted(clinic):
    rows.document(clinic)

    with pytest.raises(rows.REFUSED, match="permission denied"), transaction.atomic():
        Document.objects.all().delete()


def test_published_words_change_only_as_a_new_version(clinic):
    rows.document(clinic)

    assert refused(lambda: TemplateVersion.objects.update(body={"paragraphs": []})) == "template_version_frozen"


def sign(document, **values):
    return Signature.objects.create(
        clinic=document.clinic,
        document=document,
        role="patient",
        signer_name="Ada Row",
        at=NOON,
        by=rows.system(),
        **{"strokes": [[[0, 0, 0], [1, 1, 5]]], "shown_sha256": document.sha256, **values},
    )


def test_a_signature_names_what_was_shown(clinic):
    document = rows.document(clinic)

    assert refused(lambda: sign(document, shown_sha256="f" * 64)) == "signature_of_what_was_shown"


def test_a_signature_is_given_once_and_kept(clinic):
    document = rows.document(clinic)
    sign(document)

    assert refused(lambda: sign(document)) == "signature_once_per_role"
    with pytest.raises(rows.REFUSED, match="permission denied"), transaction.atomic():
        Signature.objects.update(signer_name="Eve")
