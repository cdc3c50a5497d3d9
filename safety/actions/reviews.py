"""A clinician's correction of a case: what it is, how hard, where and since when; what was said before stays."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from formulations.models import Effect
from safety.actions import side_effects
from safety.models import CaseState, CaseStep, Seriousness, SideEffectCase, Suspect
from safety.rules import side_effects as rules
from safety.rules import suspects
from treatments.models import Zone

FIELDS = ("effect", "grade", "serious", "zone", "side", "onset_at")


@audited("side_effect.reviewed")
def review(
    case: SideEffectCase,
    *,
    effect: Effect | str,
    grade: int,
    serious: Iterable[str] = (),
    zone: Zone | None = None,
    side: str = "",
    onset_at: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> SideEffectCase:
    """Correct a case after looking at it; what is red, what was to be expected and who is suspected follow from it."""
    case = side_effects.locked(case)
    wanted: dict[str, Any] = {
        "effect": side_effects.known_effect(case.clinic, effect),
        "grade": grade,
        "serious": list(dict.fromkeys(serious)),
        "zone": zone,
        "side": side,
        "onset_at": onset_at,
    }
    changes = {name: (getattr(case, name), value) for name, value in wanted.items() if getattr(case, name) != value}
    red = _is_red(case, **wanted)
    rules.review.check(by, case, wanted=wanted, changes=changes, red=red, reason=reason, at=at)
    was_red, was_serious = case.is_red, bool(case.serious)
    suspects_move = bool({"effect", "onset_at"} & set(changes))
    for name, value in wanted.items():
        setattr(case, name, value)
    case.expected, case.expected_basis = rules.expectedness(case.plan, case.effect, case.grade)
    case.is_red = case.pauses_plan = red
    case.state = CaseState.REVIEWING if case.state == CaseState.NEW else case.state
    case.save()
    note_fields([*changes, "state"])
    note = "\n".join([*(_line(name, *pair) for name, pair in changes.items()), reason])
    CaseStep.objects.create(clinic=case.clinic, case=case, state=case.state, note=note, at=at, by=by)
    if suspects_move:
        _weigh_again(case)
    _follow(case, was_red=was_red, was_serious=was_serious, reason=reason, by=by, at=at)
    return case


def _is_red(
    case: SideEffectCase, *, effect: Effect, grade: int, serious: list[str], onset_at: datetime, **_: Any
) -> bool:
    since = [case.session] if case.session else suspects.sessions_before(case.patient, onset_at)
    late_lump = rules.is_late_lump(effect, since, onset_at)
    return rules.is_red(effect, grade=grade, serious=serious, late_lump=late_lump)


def _line(name: str, before: Any, after: Any) -> str:
    """Write one change as the history keeps it: from what to what."""
    labels = {
        "effect": _("What"),
        "grade": _("Grade"),
        "serious": _("Serious"),
        "zone": _("Where"),
        "side": _("Side"),
        "onset_at": _("Began"),
    }
    return f"{labels[name]}: {_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(Seriousness(each).label) for each in value) or "–"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return str(value) if value not in (None, "") else "–"


def _weigh_again(case: SideEffectCase) -> None:
    """Propose the suspects afresh; what somebody has judged keeps its tick and its word."""
    judged = {
        (row.lot_id, row.session_id): row for row in case.suspects.all() if row.note or row.ticked != row.pre_ticked
    }
    case.suspects.exclude(pk__in=[row.pk for row in judged.values()]).delete()
    for each in suspects.proposals(case.patient, case.effect, case.onset_at):
        row = judged.get((each.lot.pk, each.session.pk)) or Suspect(
            clinic=case.clinic, case=case, lot=each.lot, session=each.session, ticked=each.in_window
        )
        row.latency_hours, row.in_window, row.pre_ticked = each.latency_hours, each.in_window, each.in_window
        row.save()


def _follow(case: SideEffectCase, *, was_red: bool, was_serious: bool, reason: str, by: User, at: datetime) -> None:
    """Hold the plan back or let it go on; what has become red or serious is put before those who must know."""
    if (case.is_red and not was_red) or (case.serious and not was_serious):
        side_effects.call(case, by=by, at=at)
    if case.is_red and case.lifted_at is None:
        side_effects.pause(case, by=by, at=at)
    elif was_red and not case.is_red:
        side_effects.free(case, reason=reason, by=by, at=at, held=True)
