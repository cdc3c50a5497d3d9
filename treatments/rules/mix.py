"""What the check of a mix must know of the patient, the plan and the session: gathered here, decided below."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from common.dates import local_day
from formulations.checks import Check, charts, contexts
from formulations.checks.findings import Finding, Override, Severity, in_order, verdict
from formulations.rules import mix
from patients.models import Patient
from scheduling.models import CourseVisit
from scheduling.rules import windows
from treatments.models import Protocol, TreatmentPlan, TreatmentSession
from treatments.rules import consents, orders

YES, NO, UNKNOWN = "yes", "no", "unknown"
ENABLED, DISABLED = "protocols.enabled", "protocols.disabled"
MUST_ASK = ("pregnancy", "blood_thinners_nsaids_7d", "infection", "allergy", "last_reaction")


def patient_facts(patient: Patient, *, on: date, answers: dict[str, Any] | None = None) -> charts.Patient:
    """Say what is known of a patient on a day: chart, what nobody has reviewed yet, and today's answers."""
    weight = patient.weight_on(on)
    conditions = [charts.Condition(row.slug, row.name, known=bool(row.slug)) for row in patient.conditions.counting()]
    return charts.Patient(
        weight_kg=weight.kg if weight else None,
        age_years=patient.age_on(on),
        allergies=tuple(
            charts.Allergy(row.name, frozenset(row.allergens), known=row.checked)
            for row in patient.allergies.counting()
        ),
        conditions=(*conditions, *_answered_conditions(answers or {})),
        medicines=tuple(
            charts.Medicine(row.name, frozenset(row.classes), known=row.checked) for row in patient.medicines.counting()
        ),
        answers=_answered_washouts(answers or {}),
    )


def _answered_conditions(answers: dict[str, Any]) -> list[charts.Condition]:
    found = []
    if answers.get("pregnancy") == YES:
        found.append(charts.Condition("pregnancy"))
    if answers.get("infection") == YES:
        found.append(charts.Condition("infection-at-site"))
    return found


def _answered_washouts(answers: dict[str, Any]) -> tuple[charts.Answer, ...]:
    if answers.get("blood_thinners_nsaids_7d") == YES:
        return (charts.Answer("nsaid-self-medicated"),)
    return ()


def rules_of(clinic: Any) -> tuple[tuple[contexts.ConditionPolicy, ...], tuple[contexts.Washout, ...]]:
    """Give the clinic's policies on conditions and its washouts, as they stand today."""
    policies = tuple(
        contexts.ConditionPolicy(
            row.condition,
            tuple(row.applies_to),
            row.scope,
            row.severity,
            row.override,
            row.source,
            row.signed_at is not None,
        )
        for row in clinic.condition_policies.current()
    )
    return policies, tuple(contexts.Washout.of(row) for row in clinic.washouts.current())


def context_of(
    protocol: Protocol,
    *,
    practitioner: Any = None,
    gate: contexts.Gate | None = None,
    rules: tuple[tuple[contexts.ConditionPolicy, ...], tuple[contexts.Washout, ...]] | None = None,
    **more: Any,
) -> contexts.Context:
    """Describe the treatment that a mix is for: its domain, indication, depth, and the clinic's rules."""
    policies, washouts = rules or rules_of(protocol.clinic)
    deepest = protocol.depth_max_mm
    depth = (protocol.depth_min_mm or Decimal(0), deepest) if deepest is not None else None
    return contexts.Context(
        domain=protocol.domain,
        indication=protocol.indication,
        prescriber=str(practitioner or ""),
        policies=policies,
        washouts=washouts,
        protocol_depth_mm=depth,
        gate=gate or gate_of_protocol(protocol),
        **more,
    )


def gate_of_protocol(protocol: Protocol, **more: Any) -> contexts.Gate:
    """Say whether a protocol is available in the clinic."""
    decided = protocol.clinic.policies.filter(key__in=[ENABLED, DISABLED]).order_by("version")
    said = dict(decided.values_list("key", "value"))
    is_disabled = protocol.slug in said.get(DISABLED, [])
    return contexts.Gate(
        protocol_status="restricted" if is_disabled else protocol.status,
        protocol_name=protocol.name,
        protocol_enabled=not is_disabled and protocol.slug in said.get(ENABLED, []),
        **more,
    )


class Surroundings:
    """What stands around the mixes of a session at one moment, each fact read once: chart, rules, papers, interval.

    It lives as long as one look at the session; whoever looks again, at the time-out or the needle, reads again.
    """

    def __init__(self, session: TreatmentSession, *, answers: dict[str, Any] | None = None, at: datetime) -> None:
        self.session, self.at = session, at
        screening = getattr(session, "screening", None)
        self.answers = dict(screening.answers) if answers is None and screening else answers or {}
        self.today = local_day(at, session.location.time_zone)

    @cached_property
    def facts(self) -> charts.Patient:
        """The chart of the patient with today's answers."""
        return patient_facts(self.session.patient, on=self.today, answers=self.answers)

    @cached_property
    def _rules(self) -> tuple[tuple[contexts.ConditionPolicy, ...], tuple[contexts.Washout, ...]]:
        return rules_of(self.session.clinic)

    @cached_property
    def _consent(self) -> tuple[Any, str]:
        return consents.standing(self.session.plan, self.today)

    @cached_property
    def _gate(self) -> contexts.Gate:
        return gate_of_protocol(
            self.session.plan.protocol,
            licence_expires_on=self.session.practitioner.licence_expires_on,
            timing=timing_of(self.session.planned_session.visit, self.today),
        )

    def gate(self, components: Iterable[mix.Asked] = ()) -> contexts.Gate:
        """What stands before the needle: consent to all that is in the mix, licence, interval."""
        consent, code = self._consent
        if consent is not None and not consents.covers(consent, mix.slugs_of(components)):
            code = "consent_outdated"
        return replace(self._gate, consent=code.removeprefix("consent_") or "ok")

    def context(
        self, components: Iterable[mix.Asked] = (), *, beyond_use_at: datetime | None = None, **more: Any
    ) -> contexts.Context:
        """The treatment that a mix of these components is for."""
        session = self.session
        return context_of(
            session.plan.protocol,
            practitioner=session.practitioner,
            gate=replace(self.gate(components), beyond_use_at=beyond_use_at),
            rules=self._rules,
            today=self.today,
            **more,
        )


def timing_of(visit: CourseVisit, today: date) -> str:
    """Say how today lies to the window of a session's visit."""
    if visit.done_on or visit.reassessed_at:
        return "inside"
    return str(windows.judge(windows.of_visit(visit), today))


def session_findings(
    session: TreatmentSession,
    *,
    components: Iterable[mix.Asked],
    injected_ml: Decimal | None = None,
    version: Any = None,
    besides: Any = None,
    beyond_use_at: datetime | None = None,
    people: Iterable[Any] = (),
    around: Surroundings | None = None,
    at: datetime,
    **more: Any,
) -> Check:
    """Check a mix for a session, with all that its patient, plan and papers say.

    `people` are those who mix or inject: where the prescriber is not among them alone, an order must cover it.
    """
    components = list(components)
    around = around or Surroundings(session, at=at)
    context = around.context(components, beyond_use_at=beyond_use_at, antiseptic=session.antiseptic, **more)
    found = mix.findings(
        session.clinic,
        components=components,
        patient=session.patient,
        patient_facts=around.facts,
        context=context,
        version=version,
        injected_ml=injected_ml,
        besides=besides,
        at=at,
    )
    said = list(answer_findings(around.answers)) if hasattr(session, "screening") else []
    planned = injected_ml or sum((each.volume_ml for each in components), Decimal(0))
    said += orders.findings(session, components, people=people, ml=planned, besides=besides, at=at)
    findings = in_order([*found.findings, *said])
    return replace(found, findings=findings, verdict=verdict(findings))


PLAN_CODES = frozenset(
    [
        "protocol_unavailable",
        "ingredient_withdrawn",
        "ingredient_prohibited",
        "ingredient_restricted",
        "ingredient_inactive",
        "allergy",
        "contraindication",
        "referral_needed",
        "drug_interaction",
        "not_checked",
    ]
)


GATE_CODES = frozenset(
    [
        "washout",
        "consent_missing",
        "consent_outdated",
        "licence_expired",
        "outside_window",
        "reassessment_needed",
        "interval_early",
        "interval_late",
    ]
)


def answer_findings(answers: dict[str, str]) -> Iterator[Finding]:
    """Turn answers that no row of the catalogue covers into findings: not known, a new allergy, a last reaction."""
    for key in ("pregnancy", "blood_thinners_nsaids_7d", "infection", "allergy"):
        if answers.get(key) == UNKNOWN:
            sentence = _("It is not known: %(question)s. Ask again, or say why you go on.")
            yield _answered("not_checked", key, sentence % {"question": key.replace("_", " ")})
    if answers.get("allergy") == YES:
        sentence = _("A new allergy was named today. Write it into the history before you mix.")
        yield _answered("not_checked", "allergy", sentence)
    if answers.get("last_reaction") in ("mild", "severe"):
        sentence = _("The last session was followed by a reaction (%(grade)s).")
        severity = Severity.WARN if answers["last_reaction"] == "severe" else Severity.NOTE
        yield _answered("contraindication", "last_reaction", sentence % {"grade": answers["last_reaction"]}, severity)


def _answered(code: str, key: str, message: str, severity: Severity = Severity.WARN) -> Finding:
    override = Override.PRACTITIONER if severity is Severity.WARN else Override.NONE
    return Finding(code, severity, (key,), message, source=_("today's answers"), override=override, fix="screening")


def suitability(patient: Patient, *, protocol: Protocol, slugs: Iterable[str], at: datetime) -> list[Any]:
    """Find everything that speaks against a plan before it exists: of its substances, the patient and the protocol."""
    clinic = protocol.clinic
    today = local_day(at, clinic.time_zone)
    asked = [mix.Asked(Decimal(1), ingredient=slug, unit="mg/mL") for slug in slugs]
    found = mix.findings(
        clinic,
        components=asked,
        patient_facts=patient_facts(patient, on=today),
        context=context_of(protocol, today=today),
        at=at,
    )
    return [finding for finding in found.findings if finding.code in PLAN_CODES]


def plan_findings(plan: TreatmentPlan, *, at: datetime) -> list[Any]:
    """Find what speaks against a plan that exists, as its patient is today."""
    slugs = plan.plan_ingredients.order_by("ordinal").values_list("ingredient__slug", flat=True)
    return suitability(plan.patient, protocol=plan.protocol, slugs=list(slugs), at=at)
