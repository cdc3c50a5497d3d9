"""Two files turn out to be one person: asked by one, agreed to by another, carried out, and undone exactly."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.actions import approvals
from accounts.models import Approval, Clinic, Role, User
from audit.actions import audited
from common.refused import Refused
from patients import rules
from patients.actions import moves, tasks
from patients.models import Patient, PatientsMerge

MERGE, SPLIT = "patient.merge", "patient.split"


@audited("merge.asked")
def ask(
    into: Patient, *, duplicate: Patient, taking: Iterable[str] = (), reason: str, by: User, at: datetime
) -> Approval:
    """Ask a second person to agree that two files are one person; `taking` names what is taken from the duplicate."""
    taken = sorted(set(taking))
    if unknown := set(taken) - moves.TAKEN:
        raise TypeError(f"a merge does not take {', '.join(sorted(unknown))}")
    rules.merges.merge.check(by, into, duplicate=duplicate, reason=reason)
    body = {
        "into": into.pk,
        "from": duplicate.pk,
        "taking": taken,
        "revisions": [into.revision, duplicate.revision],
        "reason": reason,
    }
    told = {"from": duplicate.number, "into": into.number}
    text = _("Agree to merge %(from)s into %(into)s, or say no") % told
    return _asked(into.clinic, MERGE, into, body, text=text, by=by, at=at)


@audited("merge.undo_asked")
def ask_split(merge: PatientsMerge, *, reason: str, by: User, at: datetime) -> Approval:
    """Ask a second person to agree that two merged files are two people after all."""
    rules.merges.split.check(by, merge, reason=reason)
    told = {"from": merge.from_patient.number, "into": merge.to_patient.number}
    text = _("Agree to split %(from)s from %(into)s again, or say no") % told
    return _asked(merge.clinic, SPLIT, merge, {"merge": merge.pk, "reason": reason}, text=text, by=by, at=at)


def _asked(clinic: Clinic, kind: str, subject: Any, body: Any, *, text: str, by: User, at: datetime) -> Approval:
    approval = approvals.ask(clinic, kind=kind, subject=subject, body=body, by=by, at=at)
    key, url = f"merge:{approval.pk}", reverse("patients:merge_request", args=[approval.pk])
    tasks.add(clinic, text=text, role=Role.OWNER, url=url, reason_key=key, by=by, at=at)
    return approval


@audited("merge.agreed")
def agree(approval: Approval, *, by: User, at: datetime) -> PatientsMerge:
    """Agree to what somebody else has asked, and let it happen."""
    return carry_out(approvals.approve(approval, by=by, at=at), by=by, at=at)


@audited("merge.carried_out")
def carry_out(approval: Approval, *, by: User, at: datetime) -> PatientsMerge:
    """Do what was agreed to, once; an owner whom nobody can second may do it a day after having asked."""
    approval = Approval.objects.select_for_update().select_related("clinic").get(pk=approval.pk)
    if approval.kind not in (MERGE, SPLIT):
        raise Refused("wrong_state", _("This request is about something else."))
    if not approvals.is_given(approval, Permission.MERGE_PATIENTS, at):
        raise Refused("second_person_required", _("Nobody else has agreed to this yet."), approval=approval.pk)
    act = _merge_as_asked if approval.kind == MERGE else _split_as_asked
    done = act(approval.clinic, approval.body, by=by, at=at)
    approval.expires_at = at  # an agreement is used once
    approval.save(update_fields=["expires_at"])
    _settle(approval, by=by, at=at)
    return done


@audited("merge.request_cancelled")
def cancel(approval: Approval, *, by: User, at: datetime) -> Approval:
    """Take a request back, or say no to one."""
    cancelled = approvals.cancel(approval, by=by, at=at)
    _settle(approval, by=by, at=at)
    return cancelled


def _settle(approval: Approval, *, by: User, at: datetime) -> None:
    for task in approval.clinic.tasks.open().filter(reason_key=f"merge:{approval.pk}"):
        tasks.done(task, by=by, at=at)


def _merge_as_asked(clinic: Clinic, body: dict[str, Any], *, by: User, at: datetime) -> PatientsMerge:
    files = clinic.patients.in_bulk([body["into"], body["from"]])
    return merge(
        files[body["into"]],
        duplicate=files[body["from"]],
        taking=body["taking"],
        reason=body["reason"],
        revisions=tuple(body["revisions"]),
        by=by,
        at=at,
    )


def _split_as_asked(clinic: Clinic, body: dict[str, Any], *, by: User, at: datetime) -> PatientsMerge:
    return split(clinic.patients_merges.get(pk=body["merge"]), reason=body["reason"], by=by, at=at)


@audited("patient.merged")
def merge(
    into: Patient,
    *,
    duplicate: Patient,
    taking: Iterable[str] = (),
    reason: str,
    revisions: tuple[int, int] | None = None,
    by: User,
    at: datetime,
) -> PatientsMerge:
    """Make one file of two: every row of the duplicate moves, nothing is thrown away, and each move is noted."""
    into, duplicate = _locked(into.pk, duplicate.pk)
    rules.merges.merge.check(by, into, duplicate=duplicate, reason=reason, revisions=revisions)
    merged = PatientsMerge.objects.create(
        clinic=into.clinic,
        from_patient=duplicate,
        to_patient=into,
        applying=True,
        reason=reason[:300],
        merged_at=at,
        merged_by=by,
        snapshot=moves.snapshot(into),
    )
    moves.apply(merged, taking)
    _close(duplicate, into=into, by=by, at=at)
    _take_over(into, by=by, at=at)
    merged.applying = False
    merged.save(update_fields=["applying"])
    return merged


@audited("patient.split")
def split(merge: PatientsMerge, *, reason: str, by: User, at: datetime) -> PatientsMerge:
    """Undo a merge: every row that it moved goes back, every value that it set is as before.

    What was written into the file since stays there; where that hangs on something that would go back, it is refused.
    """
    pair = PatientsMerge.objects.get(pk=merge.pk)
    into, duplicate = _locked(pair.to_patient_id, pair.from_patient_id)
    merge = PatientsMerge.objects.select_for_update(of=("self",)).with_people().get(pk=merge.pk)
    rules.merges.split.check(by, merge, reason=reason)
    merge.applying = True
    merge.save(update_fields=["applying"])
    _reopen(duplicate, by=by, at=at)
    try:
        moves.take_back(merge)
    except IntegrityError as error:
        raise Refused("added_since", _("What was written since the merge contradicts what would go back.")) from error
    moves.insist_whole(into)
    _give_back(into, by=by, at=at)
    merge.applying, merge.undone_at, merge.undone_by = False, at, by
    merge.save(update_fields=["applying", "undone_at", "undone_by"])
    return merge


def _locked(*pks: int) -> tuple[Patient, Patient]:
    """Lock two files, always the older one first, and give them in the order asked for."""
    rows = {row.pk: row for row in Patient.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
    return rows[pks[0]], rows[pks[-1]]


@audited("patient.closed_as_duplicate")
def _close(duplicate: Patient, *, into: Patient, by: User, at: datetime) -> Patient:
    duplicate.merged_into = into
    duplicate.revision += 1
    duplicate.save(update_fields=["merged_into", "revision"])
    return duplicate


@audited("patient.reopened")
def _reopen(duplicate: Patient, *, by: User, at: datetime) -> Patient:
    duplicate.merged_into = None
    duplicate.revision += 1
    duplicate.save(update_fields=["merged_into", "revision"])
    return duplicate


@audited("patient.took_over")
def _take_over(into: Patient, *, by: User, at: datetime) -> Patient:
    return into


@audited("patient.gave_back")
def _give_back(into: Patient, *, by: User, at: datetime) -> Patient:
    return into
