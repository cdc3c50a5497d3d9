"""Who may be invited, changed, let go; an owner only by two people, and never the last one."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Clinic, Membership, Practitioner, PractitionerCompetence, Role, User
from common.refused import Refusal
from common.rules import rule

Clauses = Iterator[tuple[bool, Refusal]]
APPROVALS = reverse_lazy("accounts:approval_list")


def touches_ownership(membership: Membership, roles: Iterable[str]) -> bool:
    """Say whether a change makes somebody an owner or ends that they are one."""
    return membership.has_role(Role.OWNER) != (Role.OWNER in roles)


def _an_owner_stays(membership: Membership, roles: Iterable[str]) -> tuple[bool, Refusal]:
    others = membership.clinic.memberships.active().with_role(Role.OWNER).exclude(pk=membership.pk)
    leaves = membership.is_active and membership.has_role(Role.OWNER) and Role.OWNER not in roles
    return (
        not leaves or others.exists(),
        Refusal("last_owner", _("This is the last owner of the clinic: make somebody else an owner first.")),
    )


def _two_people(membership: Membership, roles: Iterable[str], agreed: bool) -> tuple[bool, Refusal]:
    return (
        agreed or not touches_ownership(membership, roles),
        Refusal(
            "second_person_required",
            _("Who owns the clinic is changed by two people: a second owner must agree."),
            url=str(APPROVALS),
        ),
    )


@rule
def invite(user: User, clinic: Clinic, *, email: str, roles: Iterable[str]) -> Clauses:
    """An address joins a team once, and not as an owner at once."""
    known = clinic.memberships.filter(user__email__iexact=email).first()
    yield (
        known is None or not known.is_active,
        Refusal("already_done", _("This address belongs to somebody of the team already.")),
    )
    yield (
        known is None or known.is_active,
        Refusal("already_done", _("This person worked here before: let them in again from the team's list.")),
    )
    yield (
        Role.OWNER not in roles,
        Refusal("second_person_required", _("Invite with another role first; a second owner then agrees to “Owner”.")),
    )


@rule
def change_roles(user: User, membership: Membership, *, roles: Iterable[str], agreed: bool = False) -> Clauses:
    """Somebody who works here gets other roles; a clinic always keeps an owner."""
    yield membership.is_active, Refusal("wrong_state", _("This person does not work here now."))
    yield _an_owner_stays(membership, roles)
    yield _two_people(membership, roles, agreed)


@rule
def disable(user: User, membership: Membership, *, agreed: bool = False) -> Clauses:
    """Somebody who works here is let go; the last owner never."""
    yield membership.is_active, Refusal("already_done", _("This person does not work here any more already."))
    yield _an_owner_stays(membership, ())
    yield _two_people(membership, (), agreed)


@rule
def enable(user: User, membership: Membership) -> Clauses:
    """Somebody who worked here comes back; a former owner comes back without that role."""
    yield not membership.is_active, Refusal("already_done", _("This person works here already."))


@rule
def license_practitioner(user: User, membership: Membership) -> Clauses:
    """A licence is recorded for somebody who treats or helps to treat."""
    yield membership.is_active, Refusal("wrong_state", _("This person does not work here now."))
    yield (
        membership.has_role(Role.PRACTITIONER) or membership.has_role(Role.NURSE),
        Refusal("wrong_state", _("A licence belongs to somebody who treats: give the role first.")),
    )


@rule
def grant_competence(
    user: User, practitioner: Practitioner, *, valid_until: date | None = None, today: date
) -> Clauses:
    """Somebody who works here was trained for something, and it counts for some time yet."""
    yield practitioner.membership.is_active, Refusal("wrong_state", _("This person does not work here now."))
    yield (
        valid_until is None or valid_until >= today,
        Refusal("not_valid", _("This day has passed: write until when it counts, or leave it open.")),
    )


@rule
def end_competence(user: User, held: PractitionerCompetence, *, today: date) -> Clauses:
    """What somebody may do is ended once."""
    yield held.counts_on(today), Refusal("already_done", _("This counts no longer already."))


@rule
def issue_token(user: User, membership: Membership) -> Clauses:
    """A key acts as somebody who works here, and as somebody who treats only if they ask for it themselves."""
    yield membership.is_active, Refusal("wrong_state", _("This person does not work here now."))
    yield (
        user.pk == membership.user_id or not membership.has_role(Role.PRACTITIONER),
        Refusal("not_allowed", _("A key never acts as somebody else who treats patients.")),
    )


@rule
def revoke_token(user: User, token: ApiToken) -> Clauses:
    """A key is taken back once."""
    yield token.revoked_at is None, Refusal("already_done", _("This key was taken back already."))
