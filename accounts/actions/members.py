"""Clinics and the people who work in them."""

from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import F
from django.utils.text import slugify

from accounts import tokens
from accounts.models import (
    ApiToken,
    Clinic,
    Competence,
    Location,
    Membership,
    Practitioner,
    PractitionerCompetence,
    Role,
    StepUp,
    User,
)
from accounts.rules import members as rules
from audit.actions import audited, note_fields
from common.dates import local_day


@audited("clinic.founded")
def found(
    *,
    name: str,
    time_zone: str,
    language: str = "en",
    currency: str = "EUR",
    jurisdiction: str = "ZZ",
    slug: str = "",
    is_demo: bool = False,
    phone: str = "",
    emergency_phone: str = "",
    email: str = "",
    by: User,
    at: datetime,
) -> Clinic:
    """Open a clinic with its first place of work."""
    clinic = Clinic.objects.create(
        name=name,
        slug=slug or slugify(name) or "clinic",
        time_zone=time_zone,
        language=language,
        currency=currency,
        jurisdiction=jurisdiction,
        is_demo=is_demo,
        phone=phone,
        email=email,
        emergency_phone=emergency_phone,
    )
    Location.objects.create(clinic=clinic, name=name, time_zone=time_zone, phone=phone)
    return clinic


@audited("member.invited")
def add(
    clinic: Clinic,
    *,
    email: str,
    display_name: str,
    password: str | None,
    roles: list[str],
    is_medical_director: bool = False,
    language: str = "",
    by: User | None,
    at: datetime,
) -> Membership:
    """Let somebody work in a clinic with these roles; a known address keeps its password."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User(email=email, display_name=display_name, language=language)
        user.set_password(password) if password else user.set_unusable_password()
        user.save()
        _confirm_address(user)
    return Membership.objects.create(clinic=clinic, user=user, roles=roles, is_medical_director=is_medical_director)


def _confirm_address(user: User) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


@audited("practitioner.licensed")
def license_practitioner(
    membership: Membership,
    *,
    profession: str,
    licence_number: str,
    licence_issuer: str,
    licence_expires_on: date,
    title: str = "",
    may_prescribe: bool = True,
    by: User,
    at: datetime,
) -> Practitioner:
    """Record that a member treats patients, under which licence and until when."""
    return Practitioner.objects.create(
        clinic=membership.clinic,
        membership=membership,
        title=title,
        profession=profession,
        licence_number=licence_number,
        licence_issuer=licence_issuer,
        licence_expires_on=licence_expires_on,
        may_prescribe=may_prescribe,
    )


@audited("practitioner.licence_changed")
def change_licence(practitioner: Practitioner, *, by: User, at: datetime, **licence: Any) -> Practitioner:
    """Record a renewed or corrected licence; what was recorded before stays in the row's history."""
    practitioner = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    changed = [name for name, value in licence.items() if getattr(practitioner, name) != value]
    for name in changed:
        setattr(practitioner, name, licence[name])
    practitioner.save(update_fields=changed)
    note_fields(changed)
    return practitioner


@audited("practitioner.competence_granted")
def grant_competence(
    practitioner: Practitioner, *, slug: str, name: str = "", valid_until: date | None = None, by: User, at: datetime
) -> PractitionerCompetence:
    """Record that a practitioner was trained for a protocol or a device, or that it was renewed."""
    rules.grant_competence.check(by, practitioner, valid_until=valid_until, today=_today(practitioner, at))
    competence, _created = Competence.objects.get_or_create(
        clinic=practitioner.clinic, slug=slug, defaults={"name": name or slug}
    )
    held, _created = PractitionerCompetence.objects.update_or_create(
        clinic=practitioner.clinic,
        practitioner=practitioner,
        competence=competence,
        defaults={"valid_until": valid_until},
    )
    return held


@audited("practitioner.competence_ended")
def end_competence(held: PractitionerCompetence, *, by: User, at: datetime) -> PractitionerCompetence:
    """Let a competence count no longer from today on; that it counted before is kept."""
    held = PractitionerCompetence.objects.select_for_update().get(pk=held.pk)
    today = _today(held, at)
    rules.end_competence.check(by, held, today=today)
    held.valid_until = today - timedelta(days=1)
    held.save(update_fields=["valid_until"])
    note_fields(["valid_until"])
    return held


def _today(row: Practitioner | PractitionerCompetence, at: datetime) -> date:
    return local_day(at, row.clinic.time_zone)


@audited("member.clinic_entered")
def enter(membership: Membership, *, by: User, at: datetime) -> Membership:
    """Note that somebody who belongs to several clinics now works in this one."""
    return membership


@audited("member.roles_changed")
def change_roles(
    membership: Membership,
    *,
    roles: list[str],
    is_medical_director: bool | None = None,
    agreed: bool = False,
    by: User,
    at: datetime,
) -> Membership:
    """Give a member other roles; every log-in they have ends, and the next one has the new rights."""
    membership = _locked(membership)
    rules.change_roles.check(by, membership, roles=roles, agreed=agreed)
    membership.roles = roles
    if is_medical_director is not None:
        membership.is_medical_director = is_medical_director
    membership.save(update_fields=["roles", "is_medical_director"])
    note_fields(["roles"] if is_medical_director is None else ["roles", "is_medical_director"])
    end_log_ins(membership.user)
    return membership


@audited("member.disabled")
def disable(membership: Membership, *, reason: str, agreed: bool = False, by: User, at: datetime) -> Membership:
    """Let somebody no longer work here; their log-ins and tokens stop at once."""
    membership = _locked(membership)
    rules.disable.check(by, membership, agreed=agreed)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    membership.api_tokens.filter(revoked_at=None).update(revoked_at=at)
    end_log_ins(membership.user)
    return membership


@audited("member.enabled")
def enable(membership: Membership, *, reason: str, by: User, at: datetime) -> Membership:
    """Let somebody work here again, with the roles they had; ownership is not among them."""
    membership = _locked(membership)
    rules.enable.check(by, membership)
    membership.roles = [role for role in membership.roles if role != Role.OWNER] or [Role.FRONT_DESK]
    membership.is_active = True
    membership.save(update_fields=["roles", "is_active"])
    return membership


def _locked(membership: Membership) -> Membership:
    """Lock the owners of a clinic and then this member, so that two owners cannot both be the last to leave."""
    everybody = membership.clinic.memberships.select_for_update().order_by("pk")
    list(everybody.with_role(Role.OWNER))
    return everybody.get(pk=membership.pk)


def end_log_ins(user: User) -> None:
    """End every log-in that a person has open."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


@audited("token.issued")
def issue_token(
    membership: Membership, *, name: str, secret: str = "", expires_at: datetime | None = None, by: User, at: datetime
) -> ApiToken:
    """Give a program a key to act as one member; the secret is shown once, on `token.secret`."""
    secret = secret or tokens.new_secret()[0]
    token, _created = ApiToken.objects.get_or_create(
        clinic=membership.clinic,
        digest=tokens.digest(secret),
        defaults={"membership": membership, "name": name, "created_at": at, "expires_at": expires_at},
    )
    token.secret = secret  # type: ignore[attr-defined]
    return token


@audited("token.revoked")
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> ApiToken:
    """Take a key back: the program that holds it is refused from now on."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    rules.revoke_token.check(by, token)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    return token


@audited("member.stepped_up")
def step_up(membership: Membership, *, by: User, at: datetime) -> StepUp:
    """Remember for five minutes that a member of the API has confirmed who they are."""
    secret, kept = tokens.new_secret()
    proof = StepUp.objects.create(
        clinic=membership.clinic, membership=membership, digest=kept, expires_at=at + timedelta(minutes=5)
    )
    proof.secret = secret  # type: ignore[attr-defined]
    return proof


def confirms(user: User, *, password: str = "", code: str = "") -> bool:
    """Say whether a password, or a code of the authenticator app, is this person's."""
    if password:
        return user.check_password(password)
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return bool(code and authenticator and authenticator.wrap().validate_code(code))


def owners(clinic: Clinic) -> list[Membership]:
    """List the owners of a clinic who work here now."""
    return list(clinic.memberships.active().with_role(Role.OWNER))
