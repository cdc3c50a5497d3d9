"""When a patient may tell of a side effect, and what moment and place their words mean."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts import tokens
from accounts.models import Kind, User
from common.dates import local_day, resolve_local
from common.refused import Refusal, Refused
from common.rules import rule
from patients.models import LinkPurpose, Patient, PortalLink
from safety.models import Reporter
from safety.rules import suspects
from safety.rules.symptoms import GRADES, PARTS, SYMPTOMS

MOST_A_DAY = 5
LONGEST_AGO = timedelta(days=366)


def speaks_for(user: User, patient: Patient) -> bool:
    """Say whether somebody is the patient, or who speaks for them in the portal."""
    return user.kind == Kind.PATIENT and patient.portal_accesses.standing().filter(user=user).exists()


@rule
def tell(
    user: User, patient: Patient, *, symptom: str, severity: str, part: str, began_on: date, at: datetime
) -> Iterator[tuple[bool, Refusal]]:
    """A patient tells of their own, of a day that was, and not over and over within one day."""
    yield (
        speaks_for(user, patient),
        Refusal("not_allowed", _("This page is for the patient, or for who speaks for them.")),
    )
    yield (
        not (patient.merged_into_id or patient.entered_in_error or patient.erased_at),
        Refusal("wrong_state", _("This record is closed. Please call us.")),
    )
    yield (
        symptom in SYMPTOMS and severity in GRADES and part in PARTS,
        Refusal("invalid", _("Choose one of the answers.")),
    )
    today = local_day(at, patient.clinic.time_zone)
    yield began_on <= today, Refusal("invalid", _("This day has not come yet."))
    yield began_on >= today - LONGEST_AGO, Refusal("invalid", _("This is more than a year ago. Please call us."))
    told = patient.side_effects.filter(reporter=Reporter.PATIENT, reported_at__gt=at - timedelta(days=1)).count()
    yield (
        told < MOST_A_DAY,
        Refusal("too_many_reports", _("You have told us several times today, and we have it all. Please call us now.")),
    )


def onset_of(patient: Patient, *, began_on: date, part: str, at: datetime) -> datetime:
    """Give the moment that is meant by a day and a part of it: never in the future.

    On the day of a session it is never before the first injection, for a patient says "in the morning" of both.
    """
    zone = patient.clinic.time_zone
    try:
        onset = resolve_local(datetime.combine(began_on, time(PARTS[part][1])), zone)
    except Refused:
        onset = resolve_local(datetime.combine(began_on, time(12)), zone)
    onset = min(onset, at)
    begun = [suspects.began_at(each) for each in suspects.sessions_before(patient, at)]
    return min((each for each in begun if each > onset and local_day(each, zone) == began_on), default=onset)


def found(secret: str) -> PortalLink | None:
    """Find the link of a secret, usable or not."""
    rows = PortalLink.objects.select_related("clinic", "patient__clinic", "access__user")
    return rows.filter(token_sha256=tokens.digest(secret), purpose=LinkPurpose.REPORT).first()


@rule
def open_link(user: Any, link: PortalLink | None, *, at: datetime) -> Iterator[tuple[bool, Refusal]]:
    """A link to tell of a side effect opens that one page, as often as needed, until it runs out."""
    yield link is not None, Refusal("link_spent", _("This link is not complete. Open it again from the message."))
    if link is not None:
        yield link.withdrawn_at is None, Refusal("link_spent", _("This link was withdrawn."))
        yield link.expires_at > at, Refusal("link_spent", _("This link has run out."))
        yield (
            link.access is not None and link.access.ended_at is None and link.patient.erased_at is None,
            Refusal("link_spent", _("This link was withdrawn.")),
        )
