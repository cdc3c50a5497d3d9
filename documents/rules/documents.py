"""When a paper may be signed, made again or handed out."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refusal
from common.rules import rule
from documents.models import Document, DocumentKind, DocumentState, SignatureRole

Clauses = Iterator[tuple[bool, Refusal]]
SIGNED_BY: dict[str, tuple[frozenset[str], ...]] = {
    DocumentKind.CONSENT: (
        frozenset({SignatureRole.PATIENT, SignatureRole.REPRESENTATIVE}),
        frozenset({SignatureRole.PRACTITIONER}),
    ),
}


def is_complete(kind: str, roles: Iterable[str]) -> bool:
    """Say whether everybody has signed who must, so that the file can be made and sealed."""
    given = set(roles)
    return all(needed & given for needed in SIGNED_BY.get(kind, ()))


@rule
def sign(user: Any, document: Document, *, role: str, sha256: str, roles: Iterable[str]) -> Clauses:
    """What was shown is what was issued; each role signs once, the patient before the practitioner."""
    given = set(roles)
    needed = SIGNED_BY.get(document.kind, ())
    yield (
        bool(needed) and role in SignatureRole.values,
        Refusal("wrong_state", _("Nobody signs this paper in that role.")),
    )
    yield (
        document.state == DocumentState.ISSUED,
        Refusal("wrong_state", _("This paper is closed; it cannot be signed any more.")),
    )
    yield (
        sha256 == document.sha256,
        Refusal("consent_outdated", _("The text that was shown is not the text that was issued. Open it again.")),
    )
    yield role not in given, Refusal("already_done", _("This paper is already signed in that role."))
    yield (
        role != SignatureRole.PRACTITIONER or not needed or bool(needed[0] & given),
        Refusal("wrong_state", _("The patient signs first.")),
    )


@rule
def retry(user: Any, document: Document) -> Clauses:
    """Only a paper that could not be made is tried again."""
    yield (
        document.state == DocumentState.FAILED,
        Refusal("wrong_state", _("This paper did not fail; there is nothing to try again.")),
    )
