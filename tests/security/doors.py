"""Every door of the house, with an object of the demo clinic behind each parameter."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

from accounts.access import Access
from accounts.models import Clinic


@dataclass(frozen=True)
class Door:
    """One address: its name, its parameters, and what it declares."""

    name: str
    converters: tuple[str, ...]
    access: Access


def doors() -> list[Door]:
    """List every address that declares its access (the log-in package's own are not ours)."""
    return [
        Door(name, tuple(pattern.pattern.converters), access)
        for name, pattern in _walk(get_resolver().url_patterns)
        if (access := _access(pattern)) is not None
    ]


def _walk(patterns: Any, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield (f"{namespace}:{pattern.name}" if namespace else str(pattern.name)), pattern
        else:
            yield from _walk(pattern.url_patterns, pattern.namespace or namespace)


def _access(pattern: URLPattern) -> Access | None:
    view = pattern.callback
    return getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)


# Parameters that are not the row after which the address is named.
OTHERS = {
    "accounts:competence_grant": "practitioner",
    "patients:statement_list": "patient",
    "patients:statement_state": "patient",
    "patients:statement_settle": "patient",
    "patients:contact_consent_list": "patient",
    "patients:portal_invite": "patient",
    "patients:portal_phone_forget": "portal_phone",
    "patients:patient_log": "patient",
    "patients:merge_choose": "patient",
    "patients:merge_preview": "patient",
    "patients:merge_request": "approval",
    "patients:merge_agree": "approval",
    "patients:merge_carry_out": "approval",
    "patients:merge_cancel": "approval",
    "patients:merge_detail": "merge",
    "scheduling:appointment_time": "patient",
    "scheduling:appointment_confirm": "patient",
    "scheduling:patient_visits": "patient",
    "scheduling:call_note": "appointment",
    "scheduling:hours_end": "hours",
    "scheduling:daily_list_record": "daily_list",
    "scheduling:daily_list_change": "daily_list",
    "scheduling:daily_entry_correct": "daily_entry",
    "api:daily_entries": "daily_list",
    "api:daily_entry_correct": "daily_entry",
    "accounts:location_edit": "location",
    "formulations:lot_receive": "product",
    "treatments:patient_plans": "patient",
    "treatments:plan_start": "patient",
    "treatments:plan_dates": "patient",
    "treatments:request_decline": "patient",
    "treatments:consent_list": "patient",
    "treatments:consent_present": "plan",
    "treatments:order_ask": "session",
    "treatments:order_sign": "plan",
    "treatments:outcome_list": "patient",
    "treatments:outcome_rate": "patient",
    "treatments:outcome_hint": "patient",
    "reminders:appointment_story": "appointment",
    "patients:received_file_add": "patient",
    "safety:side_effect_report": "patient",
    "reports:patient_summary": "patient",
    "reports:patient_summary_file": "patient",
    "reports:patient_timeline": "patient",
    "billing:payment_take": "patient",
    "billing:package_agree": "plan",
    "billing:refund_show": "refund",
    "billing:refund_agree": "refund",
    "billing:refund_carry_out": "refund",
    "billing:refund_cancel": "refund",
    "billing:day_reopen": "count",
    "api:day_reopen": "count",
    "api:package_agree": "plan",
    "api:refund_agree": "refund",
    "api:refund_carry_out": "refund",
    "api:refund_cancel": "refund",
    "reports:patients_request": "patient_list",
    "reports:patients_agree": "patient_list",
    "reports:patients_carry_out": "patient_list",
    "reports:patients_refuse": "patient_list",
    "patients:received_file_show": "received_file",
    "patients:received_file_mark_error": "received_file",
    "api:received_files": "patient",
    "api:received_file": "received_file",
    "api:received_file_error": "received_file",
    "api:contact_consents": "patient",
    "api:merge_undo": "merge",
    "api:statements": "patient",
    "api:statement_review": "patient",
}
NOUNS = (
    "patient", "task", "appointment", "room", "kind", "hours", "exception", "closure", "lot", "movement", "pack",
    "product", "formulation", "preparation", "template", "document", "message", "plan", "consent", "session",
    "outcome", "side_effect", "addendum", "member", "policy", "token", "order", "course",
    "competence", "practitioner", "import", "payment", "receipt", "delegation", "export",
)  # fmt: skip


class Rows:
    """One row of the demo clinic for each noun that an address can name."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        plan = clinic.plans.order_by("pk").first()
        self.found: dict[str, Any] = {
            "patient": plan.patient_id,
            "other_patient": _first(clinic.patients.exclude(pk=plan.patient_id)),
            "plan": plan.pk,
            "import": _first(clinic.imports),
            "task": _first(clinic.tasks),
            "appointment": _first(clinic.appointments),
            "course": _first(clinic.courses),
            "room": _first(clinic.rooms),
            "kind": _first(clinic.appointment_kinds),
            "hours": _first(clinic.working_hours),
            "exception": None,
            "closure": None,
            "lot": _first(clinic.lots),
            "movement": _first(clinic.stock_movements),
            "pack": _first(clinic.packs),
            "product": _first(clinic.products),
            "formulation": _first(clinic.formulations),
            "preparation": _first(clinic.preparations),
            "template": _first(clinic.template_versions),
            "document": _first(clinic.documents),
            "message": _first(clinic.messages),
            "consent": _first(clinic.consents),
            "order": _first(clinic.orders),
            "delegation": _first(clinic.delegations),
            "session": _first(clinic.treatment_sessions),
            "outcome": _first(clinic.outcomes),
            "side_effect": _first(clinic.side_effects),
            "statement": _first(clinic.medicines),
            "member": _first(clinic.memberships),
            "policy": _first(clinic.policies),
            "token": _first(clinic.api_tokens),
            "received_file": _first(clinic.received_files),
            "portal_phone": _first(clinic.portal_phones),
            "merge": _first(clinic.patients_merges),
            "payment": _first(clinic.payments),
            "receipt": _first(clinic.receipts),
            "refund": _first(clinic.approvals.filter(kind="payment.refund")),
            "count": _first(clinic.day_closes),
            "export": _first(clinic.exports),
            "patient_list": _first(clinic.approvals.filter(kind="patients.export")),
            "approval": _first(clinic.approvals.filter(kind="patient.merge")),
            "competence": _first(clinic.practitioner_competences),
            "daily_list": _first(clinic.daily_lists),
            "daily_entry": _first(clinic.daily_entries),
            "location": _first(clinic.locations),
            "practitioner": _first(clinic.practitioners),
        }

    def noun_of(self, door: Door) -> str | None:
        """Say what an address is named after."""
        if door.name in OTHERS:
            return OTHERS[door.name]
        bare = door.name.partition(":")[2]
        return next((noun for noun in sorted(NOUNS, key=len, reverse=True) if bare.startswith(noun)), None)

    def values(self, door: Door, **instead: Any) -> dict[str, Any]:
        """Fill the parameters of an address with rows that exist."""
        known = {
            "pk": self.found.get(self.noun_of(door) or "") or 1,
            "other_pk": self.found["other_patient"] or 1,
            "statement_pk": self.found["statement"] or 1,
            "kind": "medicine",
            "act": "confirm",
            "slug": "vitamin-c",
            "measure": "mmasi",
            "day": date(2026, 1, 5),
            "secret": "not-a-secret-of-anybody",
            "name": "lots",
            "key": "x",
            "words": "reminder",
            "language": "en",
            **instead,
        }
        return {name: known.get(name, 1) for name in door.converters}

    def has(self, door: Door) -> bool:
        """Say whether there is a row behind every parameter."""
        return "pk" not in door.converters or bool(self.found.get(self.noun_of(door) or ""))

    def address(self, door: Door, **instead: Any) -> str:
        """Write the address."""
        return reverse(door.name, kwargs=self.values(door, **instead))


def tell(block: str, asked: int, wrong: list[str]) -> None:
    """Print one line of counts, the history of which is the claim."""
    sys.stdout.write(json.dumps({"block": block, "asked": asked, "deviations": len(wrong)}) + "\n")


def _first(rows: Any) -> int | None:
    return rows.order_by("pk").values_list("pk", flat=True).first() if rows is not None else None
