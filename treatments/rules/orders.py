"""When somebody else than the prescriber may mix and inject: by an order that the prescriber signed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Permission, may
from accounts.models import Membership, Practitioner, User
from common.dates import local_day
from common.decimals import plain
from common.refused import Refusal
from common.rules import rule
from formulations.checks.findings import Finding, Override, Severity
from formulations.checks.recipes import same_or_weaker
from formulations.models import Review
from formulations.rules import mix
from treatments.models import PLAN_LIVE, Order, SessionState, TreatmentPlan, TreatmentSession

MISSING = "order_missing"
LONGEST = timedelta(days=366)


def is_prescriber(user: Any, plan: TreatmentPlan) -> bool:
    """Whether somebody prescribes in this plan, so that they mix and inject on their own word."""
    return user is not None and plan.practitioner.membership.user_id == user.pk


def asked_of(order: Order) -> list[mix.Asked]:
    """What an order lets into the mix: the recipe that it names, or its own lines."""
    if order.version is not None:
        return mix.asked_of(order.version)
    return [
        mix.Asked(
            volume_ml=row.volume_ml,
            ingredient=row.ingredient.slug if row.ingredient and not row.product else "",
            concentration=row.concentration,
            unit=row.unit,
            product=row.product,
        )
        for row in sorted(order.components.all(), key=lambda row: row.ordinal)
    ]


def fits(order: Order, asked: Sequence[mix.Asked]) -> bool:
    """Whether a mix is what the order names: the same components, none stronger and none in a larger volume."""
    clinic = order.clinic
    return same_or_weaker(mix.gathered(clinic, asked_of(order)), mix.gathered(clinic, list(asked)))


def standing(session: TreatmentSession, *, at: datetime) -> list[Order]:
    """The orders that stand for a session today, the newest first."""
    day = local_day(at, session.location.time_zone)
    rows = session.plan.orders.standing(day).for_session(session.planned_session.ordinal)
    return list(rows.with_lines())


def injected_ml(session: TreatmentSession) -> Decimal:
    """What was injected in a session so far, over all zones."""
    return session.zone_applications.aggregate(total=Sum("volume_ml"))["total"] or Decimal(0)


def committed_ml(session: TreatmentSession, *, besides: Any = None) -> Decimal:
    """What was injected so far, and what is still meant to be injected of the other mixes on the tray."""
    rows = session.session_preparations.filter(preparation__state__in=["drawn", "checked"])
    rests = Decimal(0)
    for joined in rows.exclude(preparation=besides).select_related("preparation"):
        planned = joined.preparation.planned_ml or joined.preparation.total_ml
        rests += max(planned - session.injected_ml_of(joined.preparation), Decimal(0))
    return injected_ml(session) + rests


def covering(session: TreatmentSession, asked: Sequence[mix.Asked], *, ml: Decimal, at: datetime) -> Order | None:
    """The order under which a mix may be drawn and so much of it injected, if there is one."""
    total = committed_ml(session) + ml
    return next((row for row in standing(session, at=at) if total <= row.max_ml and fits(row, asked)), None)


def order_for(
    session: TreatmentSession, asked: Sequence[mix.Asked], *, by: User, ml: Decimal | None, at: datetime
) -> Order | None:
    """The order under which somebody draws a mix; none is needed by the prescriber."""
    if is_prescriber(by, session.plan):
        return None
    return covering(session, asked, ml=ml or sum((each.volume_ml for each in asked), Decimal(0)), at=at)


def findings(
    session: TreatmentSession,
    asked: Sequence[mix.Asked],
    *,
    people: Iterable[Any],
    ml: Decimal,
    besides: Any = None,
    at: datetime,
) -> Iterator[Finding]:
    """Find whether somebody mixes or injects in the prescriber's place without an order that covers it.

    `besides` is the mix itself where it is drawn already: only what is left of it is still to be injected.
    """
    if all(person is None or is_prescriber(person, session.plan) for person in people):
        return
    orders = standing(session, at=at)
    rest = max(ml - session.injected_ml_of(besides), Decimal(0)) if besides is not None else ml
    total = committed_ml(session, besides=besides) + rest
    fitting = [row for row in orders if fits(row, asked)]
    if any(total <= row.max_ml for row in fitting):
        return
    values = {"name": str(session.plan.practitioner)}
    if fitting:
        most = max(row.max_ml for row in fitting)
        sentence = _("The order of %(name)s allows %(most)s mL in a session, and this makes %(total)s mL.")
        values |= {"most": plain(most), "total": plain(total)}
    elif orders:
        sentence = _("The order of %(name)s does not cover this mix: a component, a strength or a volume differs.")
    else:
        sentence = _("%(name)s has not signed an order for this: whoever mixes or injects in their place needs one.")
    yield stop(sentence % values)


def stop(sentence: str, *subjects: str) -> Finding:
    """What nobody sets aside: the prescriber's word is missing."""
    source = _("order of the prescriber")
    return Finding(MISSING, Severity.BLOCK, subjects, sentence, source=source, override=Override.NONE, fix="order")


def page_of(session: TreatmentSession, asked: Iterable[mix.Asked] = ()) -> str:
    """The page on which an order for a session is asked for, or signed by whoever may; it carries the mix."""
    said = ",".join(f"{each.row.pk}:{plain(each.volume_ml)}" for each in asked if each.row is not None)
    address = reverse("treatments:order_ask", args=[session.pk])
    return f"{address}?mix={said}" if said else address


def beyond(session: TreatmentSession, *, at: datetime) -> list[Finding]:
    """Find what was injected past the orders: more than they allow, or in a zone that none of them names."""
    if is_prescriber(session.injected_by, session.plan):
        return []
    orders = standing(session, at=at)
    total = injected_ml(session)
    found = []
    if orders and total > max(row.max_ml for row in orders):
        values = {"most": plain(max(row.max_ml for row in orders)), "total": plain(total)}
        sentence = _("%(total)s mL were injected, and the order allows %(most)s mL.") % values
        found.append(stop(sentence))
    if orders and all(row.zones for row in orders):
        named = {slug for row in orders for slug in row.zones}
        rows = session.zone_applications.exclude(zone__slug__in=named).values_list("zone__name", flat=True)
        for name in sorted(set(rows)):
            sentence = _("%(zone)s is not among the zones of the order.") % {"zone": name}
            found.append(stop(sentence, name))
    return found


def member_of(user: User, clinic_id: int) -> Membership | None:
    """Find somebody's place in a clinic."""
    return user.memberships.active().filter(clinic_id=clinic_id).select_related("practitioner").first()


def signer(user: User, plan: TreatmentPlan) -> Practitioner | None:
    """The practitioner as whom somebody may sign an order in a plan: its own, or who gives a session of it now."""
    member = member_of(user, plan.clinic_id)
    practitioner = getattr(member, "practitioner", None)
    if practitioner is None or not may(member, Permission.SIGN_ORDERS):
        return None
    treats = plan.sessions.filter(state=SessionState.OPEN, practitioner=practitioner).exists()
    return practitioner if practitioner.pk == plan.practitioner_id or treats else None


@rule
def sign_order(
    user: User,
    plan: TreatmentPlan,
    *,
    version: Any,
    components: Sequence[dict[str, Any]],
    first_ordinal: int,
    last_ordinal: int,
    zones: Iterable[str],
    valid_until: date,
    today: date,
) -> Iterator[tuple[bool, Refusal]]:
    """The prescriber signs an order: for sessions of the plan, for a mix that can be checked, for a year at most."""
    practitioner = signer(user, plan)
    yield practitioner is not None, Refusal("not_allowed", _("Only the prescriber of the plan signs an order."))
    yield (
        practitioner is None or practitioner.is_licensed_on(today),
        Refusal("licence_expired", _("Your licence has expired.")),
    )
    yield plan.state in PLAN_LIVE, Refusal("wrong_state", _("This plan has ended."), url=plan.course.page_url)
    known = set(plan.planned_sessions.values_list("ordinal", flat=True))
    yield (
        first_ordinal <= last_ordinal and {first_ordinal, last_ordinal} <= known,
        Refusal("invalid", _("Name sessions of this plan, the first before the last.")),
    )
    yield (
        today <= valid_until <= today + LONGEST,
        Refusal("invalid", _("An order is valid from today, for a year at most.")),
    )
    yield (
        bool(components) != (version is not None),
        Refusal("invalid", _("Name either an approved recipe or what goes into the mix.")),
    )
    yield (
        version is None or version.review == Review.APPROVED,
        Refusal("wrong_state", _("This recipe is not approved.")),
    )
    slugs = set(zones)
    missing = slugs - set(plan.clinic.zones.injectable().filter(slug__in=slugs).values_list("slug", flat=True))
    for slug in sorted(missing):
        yield False, Refusal("invalid", _("“%(slug)s” is not a zone of this clinic.") % {"slug": slug})


@rule
def withdraw_order(user: User, order: Order, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """Who signed an order, or prescribes in the plan, or directs the clinic, takes it back, once and with a reason."""
    member = member_of(user, order.clinic_id)
    may_sign = may(member, Permission.SIGN_ORDERS)
    concerned = order.signed_by_id == user.pk or is_prescriber(user, order.plan)
    yield (
        may_sign and (concerned or bool(member and member.is_medical_director)),
        Refusal("not_allowed", _("Only the prescriber withdraws an order.")),
    )
    yield order.withdrawn_at is None, Refusal("already_done", _("This order was withdrawn already."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the order is withdrawn."))
