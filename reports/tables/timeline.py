"""What happened to a patient, newest first, from every part of the house, as far as the reader may know it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission, may
from common.dates import zone_of
from common.decimals import plain
from patients.models import Patient
from patients.templatetags.charts import reaches

PER_PAGE = 25
Words = str | Promise


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    kind: str
    id: int
    at: datetime
    title: str
    text: str
    url: str
    icon: str
    tone: str = ""


@dataclass(frozen=True)
class Source:
    """One sort of entries: what it is called, who may read it, and where its rows come from."""

    label: Words
    permissions: tuple[Permission, ...]
    read: Callable[[Any, Patient, datetime], Iterable[Entry]]


@dataclass(frozen=True)
class Page:
    """Some entries, the moment before which older ones lie, and the sorts that this reader may choose."""

    entries: list[Entry]
    older: datetime | None
    kinds: list[tuple[str, Words]]


def page_of(
    request: Any, patient: Patient, *, kind: str = "", before: datetime | None = None, most: int = PER_PAGE
) -> Page:
    """Give the newest entries before a moment, by default before now; what is booked ahead is not history yet."""
    before = before or timezone.now()
    open_to = {name: each for name, each in SOURCES.items() if reaches(request, patient, each.permissions)}
    chosen = [each for name, each in open_to.items() if kind in ("", name)]
    every = [entry for source in chosen for entry in list(source.read(request, patient, before))]
    every.sort(key=lambda entry: (entry.at, entry.kind, entry.id), reverse=True)
    shown = every[:most]
    shown += [entry for entry in every[most:] if entry.at == shown[-1].at]
    older = shown[-1].at if len(every) > len(shown) else None
    return Page(shown, older, [(name, each.label) for name, each in open_to.items()])


def _newest(rows: Any, before: datetime, column: str) -> Any:
    return rows.filter(**{f"{column}__lt": before}).order_by(f"-{column}", "-pk")[: PER_PAGE + 1]


def _visits(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.appointments.visible_to(request.user).select_related("kind", "practitioner__membership__user")
    for row in _newest(rows, before, "starts_at"):
        url = reverse("scheduling:appointment_detail", args=[row.pk])
        text = f"{row.get_status_display()} · {row.practitioner}"
        yield Entry("visit", row.pk, row.starts_at, str(row.kind), text, url, "calendar-days")


def _plans(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.plans.visible_to(request.user).select_related("protocol", "created_by")
    for row in _newest(rows, before, "created_at"):
        url = reverse("treatments:plan_detail", args=[row.pk])
        title = _("Plan agreed: %(name)s") % {"name": row.protocol.name}
        text = f"{row.number} · {row.get_state_display()} · {row.created_by}"
        yield Entry("plan", row.pk, row.created_at, title, text, url, "route")


def _sessions(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.treatment_sessions.visible_to(request.user).with_lines().select_related("signed_by")
    rows = rows.prefetch_related(
        "zone_applications", "session_preparations__preparation__components__pack__lot__product"
    )
    for row in _newest(rows, before, "started_at"):
        url = reverse("treatments:session_detail", args=[row.pk])
        title = _("Session %(n)s: %(name)s") % {"n": row.planned_session.ordinal, "name": row.plan.protocol.name}
        tone = "ok" if row.signed_at else "key"
        yield Entry("session", row.pk, row.started_at, title, _given(row), url, "syringe", tone)


def _given(session: Any) -> str:
    """Say what was injected, from which lots, and who signed when."""
    used = sum((each.volume_ml for each in session.zone_applications.all()), Decimal(0))
    parts = [f"{plain(used)} mL"] if used else []
    parts += list(dict.fromkeys(lots_of(session)))
    if session.signed_at:
        zone = zone_of(session.location.time_zone)
        when = session.signed_at.astimezone(zone)
        told = {"who": session.signed_by, "when": date_format(when, "j M Y, H:i")}
        parts.append(_("signed %(who)s, %(when)s") % told)
    else:
        parts.append(str(session.get_state_display()))
    return " · ".join(parts)


def lots_of(session: Any) -> list[str]:
    """Name the products of a session with their lots."""
    return [
        f"{component.pack.lot.product.name} ({component.pack.lot.number})"
        for joined in session.session_preparations.all()
        for component in joined.preparation.components.all()
    ]


def _outcomes(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.outcomes.visible_to(request.user).standing().with_names()
    url = reverse("treatments:outcome_list", args=[patient.pk])
    for row in _newest(rows, before, "recorded_at"):
        text = f"{plain(row.score)} · {row.recorded_by}" if row.score is not None else _("incomplete")
        yield Entry("outcome", row.pk, row.recorded_at, str(row.get_measure_display()), text, url, "chart-line")


def _side_effects(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.side_effects.visible_to(request.user).filter(entered_in_error=False)
    for row in _newest(rows.select_related("effect"), before, "reported_at"):
        url = reverse("safety:side_effect_detail", args=[row.pk])
        text = _("grade %(grade)s · %(state)s") % {"grade": row.grade, "state": row.get_state_display()}
        tone = "danger" if row.is_red else ""
        yield Entry("side_effect", row.pk, row.reported_at, row.effect.name, text, url, "siren", tone)


def _consents(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.consents.visible_to(request.user).select_related("protocol")
    url = reverse("treatments:consent_list", args=[patient.pk])
    reads = may(request.membership, Permission.VIEW_PLANS)
    for row in _newest(rows, before, "created_at"):
        title = _("Consent: %(name)s") % {"name": row.protocol.name} if reads else _("Consent")
        yield Entry("consent", row.pk, row.created_at, title, str(row.get_state_display()), url, "file-signature")


def _documents(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.documents.visible_to(request.user)
    for row in _newest(rows, before, "issued_at"):
        url = reverse("documents:document_show", args=[row.pk])
        text = f"{row.number} · {row.get_state_display()}"
        yield Entry("document", row.pk, row.issued_at, row.title, text, url, "file-text")


def _papers(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.received_files.visible_to(request.user).standing().select_related("received_by")
    for row in _newest(rows, before, "received_at"):
        url = reverse("patients:received_file_show", args=[row.pk])
        text = f"{row.get_kind_display()} · {row.received_by}"
        yield Entry("paper", row.pk, row.received_at, row.title, text, url, "file-plus")


def _messages(request: Any, patient: Patient, before: datetime) -> Iterable[Entry]:
    rows = patient.messages.visible_to(request.user)
    url = f"{reverse('messaging:message_list')}?patient={patient.pk}"
    for row in _newest(rows, before, "due_at"):
        text = f"{row.get_channel_display()} · {row.get_state_display()}"
        yield Entry("message", row.pk, row.due_at, str(row.get_kind_display()), text, url, "mail")


SOURCES: dict[str, Source] = {
    "visit": Source(gettext_lazy("Visits"), (Permission.VIEW_CALENDAR,), _visits),
    "plan": Source(gettext_lazy("Plans"), (Permission.VIEW_PLANS,), _plans),
    "session": Source(gettext_lazy("Sessions"), (Permission.VIEW_SESSIONS,), _sessions),
    "outcome": Source(gettext_lazy("Scores"), (Permission.VIEW_OUTCOMES,), _outcomes),
    "side_effect": Source(gettext_lazy("Side effects"), (Permission.VIEW_SIDE_EFFECTS,), _side_effects),
    "consent": Source(gettext_lazy("Consents"), (Permission.VIEW_CONSENTS,), _consents),
    "document": Source(gettext_lazy("Issued papers"), (Permission.VIEW_DOCUMENTS,), _documents),
    "paper": Source(gettext_lazy("Received papers"), (Permission.VIEW_DOCUMENTS,), _papers),
    "message": Source(gettext_lazy("Messages"), (Permission.VIEW_MESSAGES,), _messages),
}
