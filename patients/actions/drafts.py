"""What somebody types is kept every few seconds until it is saved, so that nothing is lost when something breaks.

That a draft was begun and that it went away are events; the keystrokes in between are not.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from audit.actions import audited
from common.refused import Refused
from patients.models import Draft, Patient

KEPT = timedelta(days=7)


def keep(
    clinic: Clinic, *, key: str, body: dict[str, Any], revision: int, patient: Patient | None, by: User, at: datetime
) -> Draft:
    """Keep what is typed now, on top of the revision that was seen; 0 begins a draft."""
    if revision:
        if _replace(clinic, key=key, body=body, revision=revision, by=by, at=at):
            return clinic.drafts.typed_by(by).get(key=key)
    elif not clinic.drafts.typed_by(by).filter(key=key).exists():
        try:
            return begin(clinic, key=key, body=body, patient=patient, by=by, at=at)
        except IntegrityError:  # another window was first
            pass
    raise Refused(
        "stale_revision",
        _("The same step was typed or saved in another window."),
        theirs=shown(clinic.drafts.typed_by(by).filter(key=key).first()),
    )


def shown(draft: Draft | None) -> dict[str, Any]:
    """Say a draft as a window needs it; where there is none, an empty one of revision 0."""
    if draft is None:
        return {"body": {}, "revision": 0, "saved_at": None}
    return {"body": draft.body, "revision": draft.revision, "saved_at": draft.saved_at.isoformat()}


def _replace(clinic: Clinic, *, key: str, body: dict[str, Any], revision: int, by: User, at: datetime) -> bool:
    mine = clinic.drafts.typed_by(by).filter(key=key, revision=revision)
    return bool(mine.update(body=body, revision=F("revision") + 1, saved_at=at))


@audited("draft.begun")
def begin(clinic: Clinic, *, key: str, body: dict[str, Any], patient: Patient | None, by: User, at: datetime) -> Draft:
    """Begin to keep what somebody types into one step of a page."""
    return Draft.objects.create(clinic=clinic, user=by, patient=patient, key=key, body=body, saved_at=at)


def drop(clinic: Clinic, *, key: str, by: User, at: datetime) -> None:
    """Let a draft go: the step was saved, or its author does not want it any more."""
    draft = clinic.drafts.typed_by(by).filter(key=key).first()
    if draft is not None:
        _drop(draft, by=by, at=at)


@audited("draft.dropped")
def _drop(draft: Draft, *, by: User, at: datetime) -> None:
    Draft.objects.filter(pk=draft.pk).delete()


def drop_about(clinic: Clinic, *, subject: str, by: User, at: datetime) -> None:
    """Let go of everything that somebody typed into a page that is closed now."""
    for draft in clinic.drafts.typed_by(by).about(subject):
        _drop(draft, by=by, at=at)


def forget_old(*, by: User, at: datetime) -> int:
    """Let go of what was typed days ago and never saved."""
    old = list(Draft.objects.before(at - KEPT).select_related("clinic"))
    for draft in old:
        _drop(draft, by=by, at=at)
    return len(old)
