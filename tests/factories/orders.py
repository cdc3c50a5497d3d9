"""An order of the prescriber, and the delegation that stands beside it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Practitioner, User
from tests.cast import NOON
from tests.factories.treatments import minutes
from treatments.actions import delegations, orders
from treatments.models import Delegation, Order, TreatmentPlan

TODAY = NOON.date()


@pytest.fixture
def delegation(plan: TreatmentPlan, doctor: Practitioner, nurse: User) -> Delegation:
    """The nurse may record and inject by this protocol."""
    return delegations.give(
        doctor,
        membership=nurse.memberships.get(),
        protocol_slug=plan.protocol.slug,
        valid_until=TODAY + timedelta(days=90),
        by=doctor.membership.user,
        at=NOON,
    )


def lines(stock: Any, *, volume: str = "2") -> list[dict[str, Any]]:
    """The melasma mix, product by product."""
    return [
        {"product": stock["vitamin-c"].product, "volume_ml": Decimal(volume)},
        {"product": stock["glutathione"].product, "volume_ml": Decimal("1")},
        {"product": stock["sodium-chloride"].product, "volume_ml": Decimal("1")},
    ]


def sign(plan: TreatmentPlan, stock: Any, *, by: User, **values: Any) -> Order:
    """Let others mix the melasma mix in all six sessions."""
    said = {
        "components": lines(stock),
        "first_ordinal": 1,
        "last_ordinal": 6,
        "max_ml": Decimal("4"),
        "valid_until": TODAY + timedelta(days=90),
    }
    return orders.sign(plan, **{**said, **values}, by=by, at=minutes(2))


@pytest.fixture
def order(plan: TreatmentPlan, stock: Any, practitioner: User, delegation: Delegation) -> Order:
    """Four millilitres of the melasma mix, in all six sessions."""
    return sign(plan, stock, by=practitioner)
