"""What stands before the needle of a session: today's answers, the papers, and the mixes on the tray."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.dates import local_day
from common.refused import Refusal
from formulations.checks import contexts
from formulations.checks.findings import Finding, Override, Severity, in_order
from formulations.checks.gate import check_papers
from formulations.mixing import standard_of
from formulations.models import Preparation
from formulations.rules.mix import Asked
from formulations.rules.mix import findings as check_mix
from formulations.rules.preparations import Decision, undecided
from treatments.models import PlannedSession, TreatmentSession
from treatments.rules import mix, orders
from treatments.rules.reviews import lacks_consultation
from treatments.rules.sessions import page_of

LOT_CODES = frozenset(["lot_expired", "lot_quarantined", "lot_recalled"])
DOOR_CODES = frozenset(["consultation_missing"])
LEDGER_CODES = frozenset(["lot_insufficient", "container_shared", "container_expired"])


def answers_of(session: TreatmentSession) -> dict[str, Any]:
    """Give today's answers, none before anybody asked."""
    screening = getattr(session, "screening", None)
    return dict(screening.answers) if screening else {}


def screening_findings(
    session: TreatmentSession,
    *,
    answers: dict[str, Any] | None = None,
    around: mix.Surroundings | None = None,
    at: datetime,
) -> list[Finding]:
    """Find what today's answers, the chart and the papers say against going on with this plan."""
    around = around or mix.Surroundings(session, answers=answers, at=at)
    slugs = session.plan.plan_ingredients.order_by("ordinal").values_list("ingredient__slug", flat=True)
    found = check_mix(
        session.clinic,
        components=[Asked(Decimal(1), ingredient=slug, unit="mg/mL") for slug in slugs],
        patient_facts=around.facts,
        context=around.context(),
        at=at,
    )
    codes = mix.PLAN_CODES | mix.GATE_CODES
    return [*(each for each in found.findings if each.code in codes), *mix.answer_findings(around.answers)]


def on_the_tray(session: TreatmentSession) -> list[Preparation]:
    """List the mixes of a session that wait to be injected or accounted for."""
    rows = session.session_preparations.select_related(
        "preparation__version__formulation", "preparation__version__approved_by", "preparation__prepared_by"
    ).order_by("preparation_id")
    return [row.preparation for row in rows if row.preparation.state in ("drawn", "checked")]


def tray_findings(
    session: TreatmentSession, *, by: Any = None, around: mix.Surroundings | None = None, at: datetime
) -> list[Finding]:
    """Check each mix on the tray again, as it was drawn and is injected by `by`: nothing of it counts twice."""
    around = around or mix.Surroundings(session, at=at)
    found: list[Finding] = []
    for preparation in on_the_tray(session):
        check = mix.session_findings(
            session,
            components=drawn(preparation),
            version=preparation.version,
            injected_ml=preparation.planned_ml,
            people=[preparation.prepared_by, by],
            besides=preparation,
            beyond_use_at=preparation.beyond_use_at,
            preparation_standard=standard_of(preparation.prepared_at, preparation.beyond_use_at),
            around=around,
            at=at,
        )
        found += [each for each in check.findings if each.code not in LEDGER_CODES]
    return found


def drawn(preparation: Preparation) -> list[Asked]:
    """Give the components of a mix as the check asks for them."""
    rows = preparation.components.select_related("pack__lot__product", "pack__lot__location")
    rows = rows.prefetch_related("pack__lot__product__contents__ingredient").order_by("ordinal")
    return [Asked(row.volume_ml, pack=row.pack) for row in rows]


def on_tray_as_asked(session: TreatmentSession) -> list[Asked]:
    """Give what the first mix on the tray was drawn from, as an order would name it."""
    tray = on_the_tray(session)
    return drawn(tray[0]) if tray else []


def before_the_needle(session: TreatmentSession, *, by: Any = None, at: datetime) -> list[Finding]:
    """Find all that is asked once more at the time-out; one fact is one line."""
    around = mix.Surroundings(session, at=at)
    once: dict[tuple[str, str], Finding] = {}
    for finding in (
        *tray_findings(session, by=by, around=around, at=at),
        *screening_findings(session, around=around, at=at),
    ):
        once.setdefault((finding.code, finding.message), finding)
    return list(in_order(once.values()))


def said_before(session: TreatmentSession) -> list[Decision]:
    """Give what was decided earlier in this session: nobody is asked twice for the same fact."""
    spoken: list[Any] = [*session.findings.exclude(overridden_at=None)]
    booked = session.appointment.overrides.all() if session.appointment else ()
    for joined in session.session_preparations.all():
        spoken += joined.preparation.findings.exclude(overridden_at=None)
    decided = [Decision(row.code, row.reason, frozenset(row.subjects)) for row in spoken]
    return [*decided, *(Decision(row.code, row.reason) for row in booked)]


def against(
    session: TreatmentSession, member: Membership | None, findings: Iterable[Finding], decisions: Iterable[Decision]
) -> list[Refusal]:
    """List what stops this person at the time-out, hardest first: what nobody may override, and what nobody decided."""
    findings = list(findings)
    lots = [
        Refusal(each.code, each.message, each.severity.value, each.source)
        for each in findings
        if each.code in LOT_CODES
    ]
    refusals = sorted([*undecided(member, findings, decisions), *lots], key=lambda refusal: refusal.severity != "block")
    return [linked(refusal, session) for refusal in refusals]


def linked(refusal: Refusal, session: TreatmentSession, asked: Iterable[Asked] = ()) -> Refusal:
    """Add to a refusal the page on which it can be mended."""
    if refusal.url:
        return refusal
    if refusal.code == orders.MISSING:
        return replace(refusal, url=orders.page_of(session, list(asked) or on_tray_as_asked(session)))
    if refusal.code in ("consent_missing", "consent_outdated", "reassessment_needed"):
        return replace(refusal, url=session.plan.course.page_url)
    return replace(refusal, url=f"{page_of(session)}#{'preparation' if refusal.code in LOT_CODES else 'check'}")


def before_opening(planned: PlannedSession, *, at: datetime) -> list[Finding]:
    """Find how today lies to the interval of a planned session, and whether a consultation came before the first."""
    today = local_day(at, planned.plan.location.time_zone)
    gate = contexts.Gate(timing=mix.timing_of(planned.visit, today))
    found = list(check_papers(contexts.Context(today=today, at=at, gate=gate)))
    if planned.ordinal == 1 and lacks_consultation(planned.plan):
        found.insert(0, consultation_missing())
    return found


def against_opening(
    planned: PlannedSession, member: Membership | None, findings: Iterable[Finding], decisions: Iterable[Decision]
) -> list[Refusal]:
    """List what wants a word before a session is opened at all; an early or late day is asked before the needle."""
    url = reverse("treatments:session_open", args=[planned.plan_id, planned.ordinal])
    asked = [each for each in findings if each.code in DOOR_CODES]
    return [replace(refusal, url=url) for refusal in undecided(member, asked, decisions)]


def consultation_missing() -> Finding:
    """What is said of a first session whose patient had no consultation here."""
    sentence = _("No consultation is closed for this patient: say why the first session begins without one.")
    override = Override.PRACTITIONER
    return Finding("consultation_missing", Severity.WARN, (), sentence, _("clinic policy"), override, "consultation")


def at_the_signature(session: TreatmentSession, *, at: datetime) -> list[Finding]:
    """Find what is to be shown when a session is signed: it refuses nothing, for what was injected is recordable."""
    codes = LOT_CODES | {"licence_expired", "consent_missing", "consent_outdated"}
    return [each for each in before_the_needle(session, at=at) if each.code in codes]
