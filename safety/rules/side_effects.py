"""How serious, how expected, how red: three separate facts of a side effect, and who may close a case."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import Permission, may
from accounts.models import Membership, User
from common.dates import local_day
from common.refused import Refusal
from common.rules import rule
from formulations.models import Effect, EffectScope
from safety.models import CASE_TRANSITIONS, CaseOutcome, CaseState, Reporter, Seriousness, SideEffectCase
from safety.rules import suspects, tellings
from treatments.models import TreatmentPlan, TreatmentSession

SEVERE, DEATH = 3, 5
NODULE_FROM_DAYS = 7
CLOCKS_DIFFER_BY = timedelta(minutes=2)


def membership(user: User, clinic_id: int) -> Membership | None:
    """Find somebody's place in a clinic."""
    return user.memberships.active().filter(clinic_id=clinic_id).first()


@rule
def report(
    user: User,
    patient: Any,
    *,
    session: TreatmentSession | None,
    zone: Any,
    side: str,
    onset_at: datetime,
    grade: int,
    serious: Iterable[str],
    reporter: str = Reporter.STAFF,
    at: datetime,
) -> Iterator[tuple[bool, Refusal]]:
    """A side effect is of this patient, began after the session that is named, and says no two things at once."""
    serious = set(serious)
    yield (
        tellings.speaks_for(user, patient)
        if reporter == Reporter.PATIENT
        else may(membership(user, patient.clinic_id), Permission.RECORD_SIDE_EFFECTS),
        Refusal("not_allowed", _("Only a clinician records a side effect.")),
    )
    yield onset_at <= at + CLOCKS_DIFFER_BY, Refusal("invalid", _("The side effect cannot begin in the future."))
    yield 1 <= grade <= DEATH, Refusal("invalid", _("The grade is 1 to 5."))
    yield serious <= set(Seriousness.values), Refusal("invalid", _("A criterion of seriousness is not known."))
    yield (
        (grade == DEATH) == (Seriousness.DEATH in serious),
        Refusal("invalid", _("Grade 5 and the criterion “death” belong together.")),
    )
    yield (
        session is None or session.patient_id == patient.pk,
        Refusal("invalid", _("This session is of another patient.")),
    )
    yield (
        session is None or onset_at >= session.started_at or onset_at >= suspects.began_at(session),
        Refusal("invalid", _("This side effect began before the session that is named.")),
    )
    yield (
        zone is None or not side or side in zone.sides,
        Refusal("invalid", _("This zone does not have that side.")),
    )


def listed(plan: TreatmentPlan, effect: Effect) -> list[str]:
    """Name the substances of a plan of which an effect is known."""
    rows = plan.plan_ingredients.select_related("ingredient").order_by("ordinal")
    return [row.ingredient.name for row in rows if effect.slug in row.ingredient.expected_side_effects]


def expectedness(plan: TreatmentPlan | None, effect: Effect, grade: int) -> tuple[bool, str]:
    """Say whether an effect was to be expected, and on what that rests.

    Expected is what the plan's own list says: the effects of its substances, and those of the procedure itself. A
    grade of 3 and up is never expected, for no list speaks of that severity.
    """
    if grade >= SEVERE:
        return False, _("A grade of %(grade)s is harder than anything listed.") % {"grade": grade}
    names = listed(plan, effect) if plan else []
    if names:
        return True, (_("Listed for %(names)s.") % {"names": ", ".join(names)})[:300]
    if effect.scope == EffectScope.PROCEDURE and effect.expected:
        return True, _("Listed for the procedure itself.")
    if plan is None and effect.expected:
        return True, _("Listed in the catalogue; no plan is known.")
    return False, _("Not listed for this plan.")


def is_late_lump(effect: Effect, since: Iterable[TreatmentSession], onset_at: datetime) -> bool:
    """Say whether a lump appeared a week or later after a session: atypical infection until proven otherwise."""
    return effect.slug in suspects.NODULE_LIKE and any(
        (_day(onset_at, session) - _day(suspects.began_at(session), session)).days >= NODULE_FROM_DAYS
        for session in since
    )


def _day(moment: datetime, session: TreatmentSession) -> Any:
    return local_day(moment, session.location.time_zone)


def is_red(effect: Effect, *, grade: int, serious: Iterable[str], late_lump: bool) -> bool:
    """Say whether a case wants somebody today, and holds the plan back until it is closed or lifted."""
    return bool(effect.red_flag or grade >= SEVERE or list(serious) or late_lump)


@rule
def move(user: User, case: SideEffectCase, *, to: str, outcome: str = "") -> Iterator[tuple[bool, Refusal]]:
    """A case moves along its states; it closes with an outcome, and what holds a plan back is closed by who treats."""
    member = membership(user, case.clinic_id)
    yield (
        may(member, Permission.RECORD_SIDE_EFFECTS),
        Refusal("not_allowed", _("Only a clinician works on a side effect.")),
    )
    done = case.state == to
    values = {"state": case.get_state_display().lower()}
    yield (
        to in CASE_TRANSITIONS[case.state],
        Refusal("already_done" if done else "wrong_state", _("This case is %(state)s already.") % values),
    )
    if to == CaseState.CLOSED:
        yield (
            outcome in CaseOutcome.values and outcome != CaseOutcome.UNKNOWN,
            Refusal("reason_needed", _("A case is closed with its outcome.")),
        )
        yield _may_free(member, case)


@rule
def lift(user: User, case: SideEffectCase, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A practitioner lets a plan go on although the case is open, and says why."""
    yield _may_free(membership(user, case.clinic_id), case)
    yield (
        case.pauses_plan and case.lifted_at is None and case.state != CaseState.CLOSED,
        Refusal("already_done", _("This case does not hold a plan back.")),
    )
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the plan may go on."))


def _may_free(member: Membership | None, case: SideEffectCase) -> tuple[bool, Refusal]:
    holds = case.pauses_plan and case.lifted_at is None
    return (
        not holds or may(member, Permission.EDIT_PLANS),
        Refusal("not_allowed", _("Only a practitioner lets a plan go on that a side effect holds back.")),
    )


@rule
def judge(user: User, case: SideEffectCase) -> Iterator[tuple[bool, Refusal]]:
    """Suspects are judged by clinicians while the case is open."""
    yield (
        may(membership(user, case.clinic_id), Permission.RECORD_SIDE_EFFECTS),
        Refusal("not_allowed", _("Only a clinician works on a side effect.")),
    )
    yield case.state != CaseState.CLOSED, Refusal("wrong_state", _("This case is closed. Open it again first."))


@rule
def review(
    user: User,
    case: SideEffectCase,
    *,
    wanted: Mapping[str, Any],
    changes: Mapping[str, Any],
    red: bool,
    reason: str,
    at: datetime,
) -> Iterator[tuple[bool, Refusal]]:
    """A clinician corrects an open case and says why; what frees a plan is for who treats."""
    member, zone, serious = membership(user, case.clinic_id), wanted["zone"], set(wanted["serious"])
    yield (
        may(member, Permission.RECORD_SIDE_EFFECTS),
        Refusal("not_allowed", _("Only a clinician works on a side effect.")),
    )
    yield case.state != CaseState.CLOSED, Refusal("wrong_state", _("This case is closed. Open it again first."))
    yield bool(changes), Refusal("invalid", _("Nothing was changed."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why it is corrected."))
    yield 1 <= wanted["grade"] <= DEATH, Refusal("invalid", _("The grade is 1 to 5."))
    yield serious <= set(Seriousness.values), Refusal("invalid", _("A criterion of seriousness is not known."))
    yield (
        (wanted["grade"] == DEATH) == (Seriousness.DEATH in serious),
        Refusal("invalid", _("Grade 5 and the criterion “death” belong together.")),
    )
    yield (
        wanted["onset_at"] <= at + CLOCKS_DIFFER_BY,
        Refusal("invalid", _("The side effect cannot begin in the future.")),
    )
    yield (
        case.session is None or wanted["onset_at"] >= suspects.began_at(case.session),
        Refusal("invalid", _("This side effect began before the session that is named.")),
    )
    yield (
        not wanted["side"] or (zone is not None and wanted["side"] in zone.sides),
        Refusal("invalid", _("This zone does not have that side.")),
    )
    if not red:
        yield _may_free(member, case)
