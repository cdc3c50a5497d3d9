"""Orders: signed by the prescriber for one patient, asked for by whoever would mix, withdrawn with a reason."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from accounts.models import Practitioner, User
from audit.actions import audited
from common.dates import local_day
from common.refused import Refusal, Refused
from formulations.checks.findings import Finding, Override, Severity
from formulations.rules.mix import Asked
from formulations.rules.mix import asked_of as asked_of_recipe
from formulations.rules.mix import findings as check_mix
from formulations.rules.products import strength_unit
from patients.actions import tasks
from patients.models import Task, TaskKind
from treatments.models import Order, OrderComponent, TreatmentPlan, TreatmentSession
from treatments.rules import mix
from treatments.rules import orders as rules


@audited("order.signed")
def sign(
    plan: TreatmentPlan,
    *,
    version: Any = None,
    components: Iterable[dict[str, Any]] = (),
    first_ordinal: int,
    last_ordinal: int,
    max_ml: Decimal,
    zones: Iterable[str] = (),
    valid_until: date,
    note: str = "",
    by: User,
    at: datetime,
) -> Order:
    """Let others mix and inject for this patient: just this mix, so much of it, in these sessions, until that day."""
    plan = TreatmentPlan.objects.select_for_update(of=("self",)).with_chart().get(pk=plan.pk)
    today, lines, places = local_day(at, plan.location.time_zone), list(components), sorted(set(zones))
    rules.sign_order.check(
        by,
        plan,
        version=version,
        components=lines,
        first_ordinal=first_ordinal,
        last_ordinal=last_ordinal,
        zones=places,
        valid_until=valid_until,
        today=today,
    )
    practitioner = cast(Practitioner, rules.signer(by, plan))
    stops = hard_stops(plan, asked_of_recipe(version) if version else asked_of_lines(lines), ml=max_ml, at=at)
    if stops:
        raise Refused.of(Refusal(each.code, each.message, each.severity.value, each.source) for each in stops)
    order = Order.objects.create(
        clinic=plan.clinic,
        plan=plan,
        patient=plan.patient,
        practitioner=practitioner,
        version=version,
        first_ordinal=first_ordinal,
        last_ordinal=last_ordinal,
        max_ml=max_ml,
        zones=places,
        valid_from=today,
        valid_until=valid_until,
        note=note,
        signed_at=at,
        signed_by=by,
    )
    OrderComponent.objects.bulk_create(_component(order, ordinal, each) for ordinal, each in enumerate(lines, 1))
    _answer(order, by=by, at=at)
    return order


def _component(order: Order, ordinal: int, line: dict[str, Any]) -> OrderComponent:
    return OrderComponent(
        clinic=order.clinic,
        order=order,
        ordinal=ordinal,
        ingredient=order.clinic.ingredients.by_slug().get(line.get("ingredient") or ""),
        product=line.get("product"),
        concentration=line.get("concentration"),
        unit=strength_unit(line.get("unit")) if line.get("concentration") is not None else "",
        volume_ml=line["volume_ml"],
    )


def asked_of_lines(lines: Iterable[dict[str, Any]]) -> list[Asked]:
    """The lines of an order as the check asks for them."""
    return [
        Asked(
            volume_ml=each["volume_ml"],
            ingredient="" if each.get("product") else each.get("ingredient") or "",
            concentration=each.get("concentration"),
            unit=each.get("unit") or "",
            product=each.get("product"),
        )
        for each in lines
    ]


def hard_stops(plan: TreatmentPlan, asked: list[Asked], *, ml: Decimal, at: datetime) -> list[Finding]:
    """Find what nobody could set aside at the mix: an order for it would order what must not be done."""
    today = local_day(at, plan.location.time_zone)
    total = sum((each.volume_ml for each in asked), Decimal(0))
    check = check_mix(
        plan.clinic,
        components=asked,
        patient_facts=mix.patient_facts(plan.patient, on=today),
        context=mix.context_of(plan.protocol, practitioner=plan.practitioner, today=today),
        injected_ml=min(ml, total),
        at=at,
    )
    return [each for each in check.findings if each.severity is Severity.BLOCK and each.override is Override.NONE]


@audited("order.withdrawn")
def withdraw(order: Order, *, reason: str, by: User, at: datetime) -> Order:
    """Take an order back: nothing more is mixed or injected under it."""
    order = Order.objects.select_for_update(of=("self",)).with_lines().get(pk=order.pk)
    rules.withdraw_order.check(by, order, reason=reason)
    order.withdrawn_at, order.withdrawn_by, order.withdraw_reason = at, by, reason
    order.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    return order


@audited("order.asked_for")
def ask(session: TreatmentSession, *, asked: Iterable[Asked] = (), by: User, at: datetime) -> Task:
    """Put it before the prescriber that somebody wants to mix in their place."""
    ordinal = session.planned_session.ordinal
    task = tasks.add(
        session.clinic,
        kind=TaskKind.OTHER,
        text=_("Sign an order: %(name)s wants to prepare session %(n)s.") % {"name": by.display_name, "n": ordinal},
        patient=session.patient,
        due_at=at,
        person=session.plan.practitioner.membership,
        url=rules.page_of(session, asked)[:300],
        reason_key=_key(session),
        by=by,
        at=at,
    )
    link = rules.page_of(session, asked)[:300]
    if task.link != link:
        task.link = link
        task.save(update_fields=["link"])
    return task


def _key(session: TreatmentSession) -> str:
    return f"order:{session.pk}"


def _answer(order: Order, *, by: User, at: datetime) -> None:
    """Tick off what was asked for the sessions that the order reaches to."""
    reached = order.plan.sessions.filter(
        planned_session__ordinal__gte=order.first_ordinal, planned_session__ordinal__lte=order.last_ordinal
    )
    keys = [_key(session) for session in reached]
    for task in order.clinic.tasks.open().filter(reason_key__in=keys).order_by("pk"):
        tasks.done(task, outcome=_("Signed."), by=by, at=at)
