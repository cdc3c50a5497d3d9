"""Consents: composed from the plan, signed by the patient, countersigned by who treats, withdrawn at any time."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override as language_of

from accounts.models import User
from audit.actions import audited, note_fields
from common.money import amount
from common.refused import Refused
from documents.actions import documents
from formulations.models import EvidenceGrade
from treatments import dates
from treatments.models import Consent, ConsentIngredient, ConsentState, Measure, TreatmentPlan
from treatments.rules import consents as rules
from treatments.rules.spoken import spoken_of

OPTIONS = ("photos_record", "photos_teaching", "photos_marketing", "follow_up", "statistics", "observers")
MEASURED = frozenset(Measure.values) - {Measure.PHOTO}


@audited("consent.presented")
def present(
    plan: TreatmentPlan, *, options: Mapping[str, bool] | None = None, language: str = "", by: User, at: datetime
) -> Consent:
    """Put everything that the patient must know of a plan on paper, frozen, ready to be read and signed."""
    plan = TreatmentPlan.objects.select_for_update().get(pk=plan.pk)
    rules.present_consent.check(by, plan)
    chosen = {name: bool((options or {}).get(name)) for name in OPTIONS}
    spoken = language or plan.language
    with language_of(spoken):
        payload = payload_of(plan, chosen)
    paper = documents.issue(
        plan.clinic, kind="consent", patient=plan.patient, payload=payload, language=spoken, by=by, at=at
    )
    consent = Consent.objects.create(
        clinic=plan.clinic,
        patient=plan.patient,
        plan=plan,
        protocol=plan.protocol,
        practitioner=plan.practitioner,
        document=paper,
        language=paper.language,
        options=chosen,
        state=ConsentState.PRESENTED,
        created_at=at,
        created_by=by,
        presented_at=at,
        presented_by=by,
    )
    ConsentIngredient.objects.bulk_create(
        ConsentIngredient(clinic=plan.clinic, consent=consent, ingredient=row) for row in current_substances(plan)
    )
    return consent


def current_substances(plan: TreatmentPlan) -> list[Any]:
    """List the plan's substances as the catalogue has them today, in the plan's order."""
    slugs = list(plan.plan_ingredients.order_by("ordinal").values_list("ingredient__slug", flat=True))
    known = plan.clinic.ingredients.current().filter(slug__in=slugs)
    return sorted(known, key=lambda row: slugs.index(row.slug))


def payload_of(plan: TreatmentPlan, options: Mapping[str, bool]) -> dict[str, Any]:
    """Gather what the consent says: substances, purpose, status, risks, evidence word for word, price, who treats."""
    protocol, practitioner, count = plan.protocol, plan.practitioner, plan.planned_sessions.count()
    rows = current_substances(plan)
    effects = {effect.slug: effect for effect in plan.clinic.effects.current()}
    price = plan.price_per_session
    return {
        "practitioner": {
            "name": str(practitioner),
            "profession": practitioner.profession,
            "licence_number": practitioner.licence_number,
            "licence_issuer": practitioner.licence_issuer,
            "insurance": practitioner.insurance,
        },
        "protocol": {
            "name": spoken_of("protocol", protocol.slug, protocol.name),
            "evidence_grade": protocol.evidence_grade,
            "evidence_note": spoken_of("protocol", protocol.slug, protocol.evidence_note, "evidence_note"),
        },
        "sessions": count,
        "interval_text": interval_text(protocol.phases, count),
        "price_per_session": str(amount(price)) if price is not None else "",
        "price": str(amount(price * count)) if price is not None else "",
        "currency": plan.currency,
        "aim": _sentence(plan.aim),
        "measures": [str(Measure(slug).label) for slug in protocol.outcome_measures if slug in MEASURED],
        "ingredients": [_substance(row, effects) for row in rows],
        "risks": sorted(spoken_of("effect", row.slug, row.name) for row in merged_risks(rows, effects)),
        "options": dict(options),
    }


def _sentence(words: str) -> str:
    """End what somebody typed with a full stop, for another sentence follows it on the paper."""
    said = words.strip()
    return f"{said}." if said and said[-1] not in ".!?…" else said


def _substance(row: Any, effects: Mapping[str, Any]) -> dict[str, Any]:
    known = [effects[slug] for slug in row.expected_side_effects if slug in effects]
    named = [spoken_of("effect", effect.slug, effect.name) for effect in known]
    return {
        "name": spoken_of("ingredient", row.slug, row.name),
        "purpose": spoken_of("ingredient", row.slug, row.purpose, "purpose"),
        "status": _standing_of(row),
        "evidence_grade": _evidence_of(row),
        "side_effects": named,
    }


def _evidence_of(row: Any) -> str:
    """Say how good the evidence is; of a diluent nobody asks for any."""
    if row.is_diluent:
        return ""
    return str(row.evidence_grade) if row.evidence_grade != EvidenceGrade.NONE else _("none found")


def _standing_of(row: Any) -> str:
    """Say what the authorities say of a substance for this use; what no label allows is off-label."""
    if row.is_diluent:
        return _("diluent")
    if row.cap_kind in ("label", "label_dose") and row.evidence_grade == "A":
        return _("approved for this use")
    return _("off-label: not approved for this use")


def merged_risks(rows: Any, effects: Mapping[str, Any]) -> list[Any]:
    """List once each effect that the procedure or any of the substances is expected to have."""
    slugs = {slug for row in rows for slug in row.expected_side_effects}
    slugs |= {slug for slug, effect in effects.items() if effect.scope == "procedure" and effect.expected}
    return sorted((effects[slug] for slug in slugs if slug in effects), key=lambda effect: effect.name)


def interval_text(phases: str, count: int) -> str:
    """Say in words how far apart the sessions are."""
    parts, left = [], count
    for phase in dates.parse_phases(phases):
        if left <= 0:
            break
        parts.append(
            _("%(count)s sessions, each %(least)s to %(most)s days after the one before")
            % {"count": min(left, phase.sessions), "least": phase.min_days, "most": phase.max_days}
        )
        left -= phase.sessions
    return "; ".join(parts)


def _locked(consent: Consent) -> Consent:
    return (
        Consent.objects.select_for_update(of=("self",)).select_related("document", "plan", "patient").get(pk=consent.pk)
    )


@audited("consent.signed")
def sign(
    consent: Consent,
    *,
    role: str,
    strokes: Any,
    sha256: str,
    signer_name: str = "",
    typed_name: str = "",
    witness: bool = False,
    ip: str = "",
    user_agent: str = "",
    by: User,
    at: datetime,
) -> Consent:
    """Take a signature: the patient's first, then the practitioner's, each under the fingerprint that was shown.

    It is drawn as strokes; who cannot draw types the name.
    """
    consent = _locked(consent)
    typed_name = "" if strokes else " ".join(typed_name.split())
    rules.sign_consent.check(by, consent, role=role)
    paper = consent.document
    if paper is None:
        raise Refused("wrong_state", _("There is no paper to sign yet: present the consent first."))
    documents.sign(
        paper,
        role=role,
        strokes=strokes,
        sha256=sha256,
        signer_name=typed_name or signer_name or _signer(consent, role),
        typed=bool(typed_name),
        witness=witness,
        ip=ip,
        user_agent=user_agent,
        by=by,
        at=at,
    )
    if role == "patient":
        consent.state, consent.signed_at, consent.signed_by = ConsentState.SIGNED, at, by
    else:
        consent.state, consent.countersigned_at, consent.countersigned_by = ConsentState.COUNTERSIGNED, at, by
    consent.save(update_fields=["state", "signed_at", "signed_by", "countersigned_at", "countersigned_by"])
    note_fields([role])
    return consent


def _signer(consent: Consent, role: str) -> str:
    return consent.patient.full_name if role == "patient" else str(consent.practitioner)


@audited("consent.withdrawn")
def withdraw(consent: Consent, *, reason: str, by: User, at: datetime) -> Consent:
    """Take a consent back; nothing more is injected under it."""
    consent = _locked(consent)
    rules.withdraw_consent.check(by, consent)
    consent.state, consent.withdrawn_at, consent.withdrawn_by = ConsentState.WITHDRAWN, at, by
    consent.withdraw_reason = reason
    consent.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdraw_reason"])
    return consent


def valid_for(plan: TreatmentPlan, on: date) -> tuple[Consent | None, str]:
    """Give the consent under which the plan may go on that day, or the code that says why there is none."""
    return rules.standing(plan, on)
