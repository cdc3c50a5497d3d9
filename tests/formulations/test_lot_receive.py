from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from audit.models import Event
from common.refused import Refused
from formulations.actions import lots
from formulations.models import Lot, StockMovement
from tests.cast import NOON
from tests.factories import formulations as stock

pytestmark = pytest.mark.django_db


def test_a_delivery_is_a_movement_and_the_balance_their_sum(reference, nurse, location):
    product = stock.product(reference)

    lot = lots.receive(
        product, number="VC-1", expires_on=date(2026, 5, 31), packs=10, location=location, by=nurse, at=NOON
    )

    assert lot.balance == 50
    assert list(lot.movements.values_list("kind", "quantity")) == [("receipt", Decimal(50))]
    assert Event.objects.about(lot).kinds() == ["lot.received"]


def test_a_second_delivery_of_a_lot_adds_to_it_and_another_expiry_is_refused(reference, nurse, location):
    lot = stock.lot(reference, quantity="50", number="VC-1")
    again = lots.receive(
        lot.product,
        number="VC-1",
        expires_on=lot.expires_on,
        quantity=Decimal(25),
        location=location,
        by=nurse,
        at=NOON,
    )
    assert (again.pk, again.balance) == (lot.pk, 75)

    with pytest.raises(Refused, match="another expiry"):
        lots.receive(
            lot.product,
            number="VC-1",
            expires_on=date(2031, 1, 1),
            quantity=Decimal(25),
            location=location,
            by=nurse,
            at=NOON,
        )


@pytest.mark.parametrize(
    ("kind", "quantity", "left"),
    [("wastage", "2.5", "47.5"), ("adjustment", "-1", "49"), ("adjustment", "0.5", "50.5"), ("return", "1", "51")],
)
def test_every_change_by_hand_is_a_row_with_a_reason(reference, nurse, kind, quantity, left):
    lot = stock.lot(reference)

    lots.move(lot, kind=kind, quantity=Decimal(quantity), reason="counted", by=nurse, at=NOON)

    lot.refresh_from_db()
    assert lot.balance == Decimal(left) == lot.movements.total()


def test_a_change_without_a_reason_or_below_zero_is_refused_with_both_sentences(reference, nurse):
    lot = stock.lot(reference)
    with pytest.raises(Refused) as refused:
        lots.move(lot, kind="wastage", quantity=Decimal(51), reason=" ", by=nurse, at=NOON)
    assert [reason.code for reason in refused.value.reasons] == ["reason_needed", "lot_insufficient"]
    with pytest.raises(Refused, match="come from preparations"):
        lots.move(lot, kind="draw", quantity=Decimal(1), reason="x", by=nurse, at=NOON)
    with pytest.raises(Refused, match="above zero"):
        lots.move(lot, kind="return", quantity=Decimal(-1), reason="x", by=nurse, at=NOON)


def test_a_mistake_is_undone_by_a_row_of_its_own_and_once(reference, nurse):
    lot = stock.lot(reference)
    wrong = lots.move(lot, kind="wastage", quantity=Decimal(5), reason="dropped", by=nurse, at=NOON)

    lots.reverse(wrong, reason="the wrong lot", by=nurse, at=NOON)

    lot.refresh_from_db()
    assert lot.balance == 50
    with pytest.raises(Refused, match="undone before"):
        lots.reverse(wrong, reason="again", by=nurse, at=NOON)


def test_a_lot_is_set_aside_recalled_and_never_comes_back_from_a_recall(reference, nurse):
    lot = stock.lot(reference)

    lots.quarantine(lot, reason="nodules after session 4", by=nurse, at=NOON)
    with pytest.raises(Refused) as refused:
        lots.quarantine(lot, reason="again", by=nurse, at=NOON)
    assert refused.value.code == "already_done"
    lots.release(lot, reason="culture negative", by=nurse, at=NOON)
    lots.recall(lot, reason="maker's letter", by=nurse, at=NOON)
    with pytest.raises(Refused) as refused:
        lots.release(lot, reason="no", by=nurse, at=NOON)

    assert refused.value.code == "wrong_state"
    assert [change.state for change in lot.state_changes.order_by("pk")] == ["quarantined", "active", "recalled"]
    assert Event.objects.about(lot).kinds() == ["lot.received", "lot.quarantined", "lot.released", "lot.recalled"]


def test_the_ledger_only_grows_and_the_balance_cannot_be_written(reference):
    lot = stock.lot(reference)
    for change in (
        lambda: StockMovement.objects.filter(lot=lot).update(quantity=500),
        lambda: StockMovement.objects.filter(lot=lot).delete(),
        lambda: Lot.objects.filter(pk=lot.pk).update(balance=500),
    ):
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            change()
    lot.refresh_from_db()
    assert lot.balance == 50
