"""When the words of a paper may be written and issued."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import Permission, may
from accounts.models import Kind
from common.refused import Refusal
from common.rules import rule
from documents.claims import Claim
from documents.models import TemplateState, TemplateVersion

ALONE_WAITS = timedelta(hours=24)


@rule
def draft(user: Any, *, flaws: Sequence[str], claims: Sequence[Claim]) -> Iterator[tuple[bool, Refusal]]:
    """Words can be filled in, name only what there is to fill in, and promise nothing."""
    yield from sound(flaws, claims)


@rule
def publish(
    user: Any, version: TemplateVersion, *, flaws: Sequence[str], claims: Sequence[Claim], at: datetime
) -> Iterator[tuple[bool, Refusal]]:
    """Only a draft is published, by somebody else than who wrote it, and only one whose words are sound."""
    yield (
        version.state == TemplateState.DRAFT,
        Refusal("wrong_state", _("These words are already published; write a new version.")),
    )
    yield (
        version.created_by_id != user.pk or user.kind == Kind.SYSTEM or _alone(user, version, at),
        Refusal("second_person_required", _("You wrote these words: another owner publishes them.")),
    )
    yield from sound(flaws, claims)


def sound(flaws: Sequence[str], claims: Sequence[Claim]) -> Iterator[tuple[bool, Refusal]]:
    """Say what is wrong with words: what cannot be filled in, and each promise with its sentence and its mending."""
    yield (
        not flaws,
        Refusal("template_flawed", _("The words hold something that a paper may not: ") + ", ".join(flaws)),
    )
    for claim in claims:
        words = {"found": claim.found, "sentence": claim.sentence, "mending": claim.mending}
        yield False, Refusal("claim_found", _("“%(found)s” is a promise, in: “%(sentence)s” %(mending)s") % words)


def _alone(user: Any, version: TemplateVersion, at: datetime) -> bool:
    """In a clinic where nobody else could publish, a day stands for the second person."""
    others = version.clinic.memberships.active().exclude(user=user)
    waited = version.created_at + ALONE_WAITS <= at
    return waited and not any(may(member, Permission.PUBLISH_TEMPLATES) for member in others)
