from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from formulations.models import Lot, Pack, Preparation, StockMovement
from tests.cast import NOON
from tests.factories import rows


def refused(make):
    with pytest.raises(rows.REFUSED) as caught, transaction.atomic():
        make()
    return rows.refusal(caught)


def adds_up():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_stock_is_the_sum_of_its_movements(clinic):
    lot = rows.lot(clinic, "10")
    rows.movement(lot, "wastage", "-2.5")
    rows.movement(lot, "adjustment", "0.5", reason="Counted")

    lot.refresh_from_db()

    assert lot.balance == lot.movements.total() == Decimal("8.000")


def test_a_lot_never_falls_below_zero(clinic):
    lot = rows.lot(clinic, "3")

    assert refused(lambda: rows.movement(lot, "wastage", "-3.001")) == "lot_balance_not_below_zero"


def test_nobody_writes_the_balance(clinic):
    lot = rows.lot(clinic, "3")

    assert refused(lambda: Lot.objects.filter(pk=lot.pk).update(balance=99)) == "lot_balance_is_derived"


def test_movements_are_only_added(clinic):
    rows.lot(clinic)

    with pytest.raises(rows.REFUSED, match="permission denied"), transaction.atomic():
        StockMovement.objects.update(quantity=1)
    with pytest.raises(rows.REFUSED, match="permission denied"), transaction.atomic():
        StockMovement.objects.all().delete()


@pytest.mark.parametrize("state", ["quarantined", "recalled"])
def test_a_lot_set_aside_cannot_be_drawn(clinic, doctor, state):
    patient = rows.patient(clinic)
    pack = rows.pack(rows.lot(clinic), patient)
    Lot.objects.update(state=state)

    assert refused(lambda: rows.preparation(pack, patient, doctor)) == f"lot_{state}"


def test_an_expired_lot_cannot_be_drawn(clinic, doctor):
    patient = rows.patient(clinic)
    pack = rows.pack(rows.lot(clinic, expires_on=date(2025, 2, 2)), patient)

    assert refused(lambda: rows.preparation(pack, patient, doctor)) == "lot_expired"


def test_a_lot_can_be_drawn_on_its_last_day(clinic, doctor):
    patient = rows.patient(clinic)
    pack = rows.pack(rows.lot(clinic, expires_on=date(2025, 2, 3)), patient)

    rows.preparation(pack, patient, doctor)
    adds_up()

    pack.refresh_from_db()
    assert pack.left == Decimal("3.000")


def test_a_pack_gives_no_more_than_it_holds(clinic, doctor):
    patient = rows.patient(clinic)
    pack = rows.pack(rows.lot(clinic), patient)

    assert refused(lambda: rows.preparation(pack, patient, doctor, "5.001")) == "formulations_pack_left_at_least"


def test_a_pack_past_its_time_cannot_be_drawn(clinic, doctor):
    patient = rows.patient(clinic)
    pack = rows.pack(rows.lot(clinic), patient, discard_at=NOON - timedelta(minutes=1))

    assert refused(lambda: rows.preparation(pack, patient, doctor)) == "container_expired"


def test_another_patients_pack_cannot_be_drawn(clinic, doctor):
    pack = rows.pack(rows.lot(clinic), rows.patient(clinic))

    assert refused(lambda: rows.preparation(pack, rows.patient(clinic), doctor)) == "container_shared"


def test_a_single_dose_is_opened_for_somebody(clinic):
    lot = rows.lot(clinic)

    assert refused(lambda: rows.pack(lot, None, dose="single")) == "pack_single_dose_has_patient"


def test_a_reversal_undoes_exactly_one_movement(clinic):
    lot = rows.lot(clinic, "10")
    wasted = rows.movement(lot, "wastage", "-4")

    wrong = refused(lambda: rows.movement(lot, "reversal", "3", reversal_of=wasted, reason="Typed wrong"))
    rows.movement(lot, "reversal", "4", reversal_of=wasted, reason="Typed wrong")
    again = refused(lambda: rows.movement(lot, "reversal", "4", reversal_of=wasted, reason="Typed wrong"))

    lot.refresh_from_db()
    assert lot.balance == 10
    assert wrong == "stock_movement_reversal_is_exact"
    assert "reversal_of" in again


def test_a_mix_is_the_sum_of_its_components(clinic, doctor):
    patient = rows.patient(clinic)
    mix = rows.preparation(rows.pack(rows.lot(clinic), patient), patient, doctor)
    adds_up()

    assert refused(lambda: Preparation.objects.filter(pk=mix.pk).update(total_ml=3)) == "preparation_is_fixed"


def test_a_reconciled_mix_is_closed(clinic, doctor):
    patient = rows.patient(clinic)
    mix = rows.preparation(rows.pack(rows.lot(clinic), patient), patient, doctor)
    mine = Preparation.objects.filter(pk=mix.pk)
    done = {"state": "reconciled", "reconciled_at": NOON, "reconciled_by": rows.system()}

    unbalanced = refused(lambda: mine.update(**done, injected_ml=1, wasted_ml="0.5"))
    mine.update(**done, injected_ml=Decimal("1.5"), wasted_ml=Decimal("0.5"))

    assert unbalanced == "preparation_drawn_is_injected_plus_wasted"
    assert refused(lambda: mine.update(wasted_ml=1, injected_ml=1)) == "preparation_closed"


def test_three_millilitres_serve_three_of_twenty_takers(clinic, doctor, at_once, django_db_blocker):
    lot = rows.lot(clinic, "3")
    packs = [rows.pack(lot, rows.patient(clinic), volume=1) for _ in range(20)]

    answers = at_once(lambda pack: rows.movement(lot, "draw", "-1", pack=pack), packs)

    assert sum(isinstance(answer, StockMovement) for answer in answers) == 3
    lot.refresh_from_db()
    assert lot.balance == 0
    assert Pack.objects.filter(left=0).count() == 3
