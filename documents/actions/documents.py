"""Papers: frozen when they are issued, signed by those who must, made once into a sealed file."""

import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions import counters
from accounts.models import Clinic, User
from audit.actions import audited
from common.dates import local_day
from common.refused import Refused
from documents import rendering, sealing
from documents.models import Document, DocumentState, Signature, TemplateVersion
from documents.rules import documents as rules
from documents.rules import strokes as drawings
from patients.actions import tasks
from patients.models import Patient, TaskKind

MOST_ATTEMPTS = 3
SILENT_AFTER = timedelta(seconds=30)
NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)


@audited("document.issued")
def issue(
    clinic: Clinic,
    *,
    kind: str,
    payload: Mapping[str, Any],
    patient: Patient | None = None,
    language: str = "",
    release: bool = True,
    by: User,
    at: datetime,
) -> Document:
    """Issue a paper: its words and all that fills them are frozen now, under one fingerprint."""
    version = words_for(clinic, kind=kind, languages=(language, clinic.language, "en"))
    filled = sealing.frozen({**_standing(clinic, patient, version.language), **payload})
    year = local_day(at, clinic.time_zone).year
    number = f"D-{year}-{counters.take(clinic, f'document-{year}'):06d}"
    return Document.objects.create(
        clinic=clinic,
        number=number,
        kind=kind,
        patient=patient,
        template_version=version,
        language=version.language,
        title=rendering.title_of(version.body, filled, version.language)[:200],
        payload=filled,
        sha256=sealing.document_sha256(filled, template_sha256=version.sha256, number=number),
        issued_at=at,
        issued_by=by,
        render_after=at if rules.is_complete(kind, ()) else NOT_YET,
        released_at=at if release and patient else None,
        released_by=by if release and patient else None,
    )


def words_for(clinic: Clinic, *, kind: str, languages: tuple[str, ...]) -> TemplateVersion:
    """Give the published words of a paper in the first of the languages in which there are any."""
    for language in languages:
        found = clinic.template_versions.published().of(kind, language[:2]).select_related("template").first()
        if found:
            return found
    raise Refused(
        "template_missing",
        _("There are no published words for this paper. Publish a template first."),
        url=reverse("documents:template_list"),
    )


def _standing(clinic: Clinic, patient: Patient | None, language: str) -> dict[str, Any]:
    location = clinic.locations.filter(is_active=True).order_by("pk").first()
    standing: dict[str, Any] = {
        "language": language,
        "currency": clinic.currency,
        "clinic": {
            "name": clinic.name,
            "phone": clinic.phone or (location.phone if location else ""),
            "emergency_phone": clinic.emergency_phone,
            "email": clinic.email,
            "address": location.address if location else "",
            "time_zone": clinic.time_zone,
            "is_demo": clinic.is_demo,
        },
    }
    if patient:
        standing["patient"] = {"name": patient.full_name, "number": patient.number, "born_on": patient.born_on}
    return standing


@audited("document.signed")
def sign(
    document: Document,
    *,
    role: str,
    strokes: Any,
    sha256: str,
    signer_name: str,
    by: User,
    at: datetime,
    ip: str = "",
    user_agent: str = "",
    witness: bool = False,
    typed: bool = False,
) -> Signature:
    """Put a signature under a paper, naming the fingerprint that was shown; with the last one the file is made.

    Who cannot draw types the name instead: then `signer_name` is what was typed.
    """
    document = Document.objects.select_for_update().get(pk=document.pk)
    roles = set(document.signatures.values_list("role", flat=True))
    rules.sign.check(by, document, role=role, sha256=sha256, roles=roles)
    signature = Signature.objects.create(
        clinic_id=document.clinic_id,
        document=document,
        role=role,
        strokes=drawings.TYPED if typed else drawings.clean(strokes),
        shown_sha256=sha256,
        signer_name=signer_name[:200],
        witnessed_by=by if witness else None,
        at=at,
        by=by,
        ip=ip or None,
        user_agent=user_agent[:300],
    )
    if rules.is_complete(document.kind, roles | {role}):
        document.render_after = at
        document.save(update_fields=["render_after"])
    return signature


@audited("document.claimed")
def claim(document: Document, *, by: User, at: datetime) -> Document:
    """Take a paper to make its file; whoever else looks passes it by until this worker falls silent."""
    due = Document.objects.to_render(at, attempts=MOST_ATTEMPTS, stale_before=at - SILENT_AFTER)
    taken = due.select_for_update(skip_locked=True).filter(pk=document.pk).first()
    if taken is None:
        raise Refused("already_done", _("Another worker makes this paper."))
    taken.claimed_at, taken.attempts = at, taken.attempts + 1
    taken.save(update_fields=["claimed_at", "attempts"])
    return taken


@audited("document.sealed")
def seal(document: Document, *, content: bytes, by: User, at: datetime) -> Document:
    """Keep the file of a paper, once: the row is locked while it is written, a second file is refused."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.state != DocumentState.ISSUED:
        raise Refused("already_done", _("The file of this paper is already made."))
    name = file_key(document)
    _write(Path(default_storage.path(name)), content)
    document.file, document.file_sha256 = name, sealing.file_sha256(content)
    document.state, document.sealed_at, document.last_error = DocumentState.SEALED, at, ""
    document.save(update_fields=["file", "file_sha256", "state", "sealed_at", "last_error"])
    return document


def file_key(document: Document) -> str:
    """Name the place of a paper's file: it cannot be guessed, and a second attempt writes over a lost first one."""
    secret = f"document file {document.clinic_id} {document.pk}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), secret, hashlib.sha256).hexdigest()[:32]
    return f"documents/{document.clinic_id}/{digest}.pdf"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".unfinished")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


@audited("document.stumbled")
def stumble(document: Document, *, error: str, by: User, at: datetime) -> Document:
    """Note that making the file went wrong: it is tried again a little later, and after the last try staff is told."""
    document = Document.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=document.pk)
    if document.state != DocumentState.ISSUED:
        raise Refused("already_done", _("The file of this paper is already made."))
    document.claimed_at, document.last_error = None, error[:500]
    document.render_after = at + SILENT_AFTER * document.attempts
    if document.attempts >= MOST_ATTEMPTS:
        document.state = DocumentState.FAILED
        _tell_staff(document, by=by, at=at)
    document.save(update_fields=["claimed_at", "last_error", "render_after", "state"])
    return document


def _tell_staff(document: Document, *, by: User, at: datetime) -> None:
    tasks.add(
        document.clinic,
        kind=TaskKind.DOCUMENT_FAILED,
        text=_("The paper %(number)s could not be made. Open it and try again.") % {"number": document.number},
        patient=document.patient,
        due_at=at,
        url=reverse("documents:document_show", args=[document.pk]),
        reason_key=f"document:{document.pk}",
        by=by,
        at=at,
    )


@audited("document.retried")
def retry(document: Document, *, by: User, at: datetime) -> Document:
    """Try again to make a paper that failed; staff asks for it."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    rules.retry.check(by, document)
    document.state, document.attempts, document.render_after, document.claimed_at = DocumentState.ISSUED, 0, at, None
    document.save(update_fields=["state", "attempts", "render_after", "claimed_at"])
    open_task = document.clinic.tasks.open().filter(reason_key=f"document:{document.pk}").first()
    if open_task:
        tasks.done(open_task, by=by, at=at)
    return document


@audited("document.released")
def release(document: Document, *, by: User, at: datetime) -> Document:
    """Let the patient read a paper in the portal."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.released_at is None:
        document.released_at, document.released_by = at, by
        document.save(update_fields=["released_at", "released_by"])
    return document
