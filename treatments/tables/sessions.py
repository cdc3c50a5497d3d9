"""A session put before the eyes: its steps, its tray, what is typed into its forms to begin with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.decimals import plain
from formulations.checks.findings import Finding
from formulations.rules.preparations import may_decide, reason_for
from treatments.models import FindingStage, SessionState, TreatmentSession
from treatments.rules import doses, gates
from treatments.rules import sessions as rules


@dataclass
class Room:
    """Everything that the page of a session shows, read once."""

    session: TreatmentSession
    at: datetime
    mixes: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        joined = list(self.session.session_preparations.all())
        self.mixes = [each.preparation for each in joined]
        self.orders = {each.preparation_id: each.order for each in joined}
        self.injected = doses.injected(self.session)

    @property
    def screening(self) -> Any:
        return getattr(self.session, "screening", None)

    @property
    def reaction(self) -> Any:
        return getattr(self.session, "reaction", None)

    @property
    def zones(self) -> list[Any]:
        return sorted(self.session.zone_applications.all(), key=lambda row: row.ordinal)

    @property
    def tray(self) -> list[dict[str, Any]]:
        """Each mix with what was injected of it and what is left."""
        return [
            {
                "mix": mix,
                "order": self.orders[mix.pk],
                "injected": self.injected.get(mix.pk, Decimal(0)),
                "left": mix.total_ml - self.injected.get(mix.pk, Decimal(0)),
                "is_late": mix.beyond_use_at <= self.at and self.is_open,
                "is_open": mix.state in ("drawn", "checked"),
            }
            for mix in self.mixes
        ]

    @property
    def available(self) -> str:
        """The millilitres on the tray, for the running total of the zones."""
        return plain(sum((line["mix"].total_ml for line in self.tray if line["is_open"]), Decimal(0)))

    @property
    def points(self) -> int:
        return doses.points(self.session)

    @property
    def injected_ml(self) -> Decimal:
        return sum(self.injected.values(), Decimal(0))

    @property
    def delivered(self) -> list[doses.Delivered]:
        return doses.delivered(self.session)

    @property
    def sheets(self) -> list[Any]:
        rows = sorted(self.session.session_documents.all(), key=lambda row: row.pk)
        return [row.document for row in rows]

    @property
    def is_open(self) -> bool:
        return self.session.state == SessionState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.session.is_closed

    @property
    def screened(self) -> list[Any]:
        """What the screening found, decided or not."""
        return [each for each in self.session.findings.all() if each.stage == FindingStage.SCREENING]

    @property
    def stops(self) -> bool:
        """Whether something found at the screening stands undecided."""
        return any(each.severity in ("block", "warn") and each.overridden_at is None for each in self.screened)

    @property
    def steps(self) -> list[dict[str, str]]:
        """The six steps with their ticks; the first one that is not done is where one is."""
        done = [
            ("check", _("Check"), bool(self.screening) and not self.stops, self.stops),
            ("preparation", _("Preparation"), bool(self.mixes), False),
            ("zones", _("Zones"), bool(self.zones) and self.session.injection_ended_at is not None, False),
            ("reaction", _("Reaction"), bool(self.reaction) and self.session.ended_at is not None, False),
            ("aftercare", _("Aftercare"), bool(self.sheets), False),
            ("sign", _("Sign"), self.session.signed_at is not None, False),
        ]
        here = next((name for name, _label, is_done, _stops in done if not is_done), "")
        return [
            {
                "label": label,
                "url": f"#{name}",
                "state": "done" if is_done else "blocked" if stops else "current" if name == here else "todo",
            }
            for name, label, is_done, stops in done
        ]


def asked(user: Any, session: TreatmentSession, findings: Iterable[Finding]) -> list[Finding]:
    """Keep the findings on which this person's word is wanted: each fact once, what was decided before left out."""
    member, said = rules.membership(user, session.clinic_id), gates.said_before(session)
    once: dict[str, Finding] = {}
    for finding in findings:
        if finding.interrupts and not (reason_for(finding, said) and may_decide(member, finding)):
            once.setdefault(finding.key, finding)
    return list(once.values())


def answers_of(session: TreatmentSession) -> dict[str, Any]:
    """The answers of today as the form shows them again."""
    answers = gates.answers_of(session)
    weight = getattr(getattr(session, "screening", None), "weight", None)
    return {**answers, "weight_kg": weight.kg if weight else None}


def usual_row(session: TreatmentSession) -> dict[str, Any]:
    """What the protocol says of a zone, for a row in which a zone was chosen."""
    protocol = session.plan.protocol
    low, high = protocol.depth_min_mm, protocol.depth_max_mm
    return {
        "technique": protocol.technique[0] if protocol.technique else "papule",
        "depth_mm": plain(((low + high) / 2).quantize(Decimal("0.1"))) if low is not None and high is not None else "",
        "needle": protocol.needle[:40],
        "delivery": "manual",
    }


def rows_of(session: TreatmentSession, *, suggested: bool = False) -> list[dict[str, Any]]:
    """The zones of a session as the rows of its table; as a suggestion neither mix nor dose is taken over."""
    names = ["side", "depth_mm", "technique", "needle", "angle_deg", "delivery"]
    if not suggested:
        names += ["points", "ml_per_point"]
    rows = session.zone_applications.select_related("zone").order_by("ordinal")
    return [
        {
            "zone": row.zone.slug,
            **{name: getattr(row, name) for name in names},
            "ml_total": None if suggested or row.points else row.volume_ml or None,
            "preparation": "" if suggested else row.preparation_id or "",
            "keep": "" if suggested else row.pk,
        }
        for row in rows
    ]


def last_of(session: TreatmentSession) -> TreatmentSession | None:
    """The session of the same plan before this one, whose zones may be taken over as a suggestion."""
    earlier = session.plan.sessions.given().filter(planned_session__ordinal__lt=session.planned_session.ordinal)
    return earlier.order_by("-planned_session__ordinal").first()
