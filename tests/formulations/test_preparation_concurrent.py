"""Many hands at one shelf: exactly what is there is given out, whatever guards are asked first."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from accounts.models import Clinic, User
from common.refused import Refused
from formulations.actions import packs, preparations
from formulations.models import Lot, Pack, Preparation, StockMovement
from patients.models import Patient
from tests.cast import NOON
from tests.factories import formulations as stock
from tests.factories import patients

TAKERS = 20


@pytest.fixture
def three_millilitres(committed, reference, doctor):
    """Three ampoules of one millilitre, and twenty patients who want one each."""
    lot = stock.lot(reference, "vitamin-c", quantity="3", product_values={"volume_ml": Decimal(1)})
    people = [patients.register(reference) for _ in range(TAKERS)]
    return lot, people, doctor.membership.user


def taker(lot, by):
    def take(patient):
        return preparations.prepare(
            Patient.objects.get(pk=patient.pk),
            components=[{"lot": Lot.objects.get(pk=lot.pk), "volume_ml": Decimal(1)}],
            by=User.objects.get(pk=by.pk),
            at=NOON,
        )

    return take


def test_three_millilitres_and_twenty_takers_of_one_are_exactly_three_mixes(three_millilitres, at_once):
    lot, people, by = three_millilitres

    results = at_once(taker(lot, by), people)

    won = [result for result in results if isinstance(result, Preparation)]
    lost = [result for result in results if isinstance(result, Refused)]
    assert (len(won), len(lost)) == (3, TAKERS - 3), results
    assert {refused.code for refused in lost} == {"lot_insufficient"}
    lot.refresh_from_db()
    assert lot.balance == 0 == lot.movements.total()
    assert Pack.objects.filter(lot=lot).count() == StockMovement.objects.filter(lot=lot, kind="draw").count() == 3


def test_without_the_lock_the_ledger_itself_still_gives_out_only_three(three_millilitres, at_once, monkeypatch):
    """The count under the lock is one guard, the balance that cannot go below zero is the other."""
    lot, people, by = three_millilitres
    unguarded(monkeypatch)

    results = at_once(taker(lot, by), people)

    assert sum(isinstance(result, Preparation) for result in results) == 3
    assert any(isinstance(result, IntegrityError | Refused) for result in results)


def test_without_both_guards_more_is_given_out_than_there_is(three_millilitres, at_once, monkeypatch, cluster):
    """Seen failing: what holds the three millilitres is the lock and the constraint, and nothing else."""
    lot, people, by = three_millilitres
    unguarded(monkeypatch)
    database = connection.settings_dict["NAME"]
    bound = "lot_balance_not_below_zero"
    with cluster.cursor(database) as cursor:
        cursor.execute(f"ALTER TABLE formulations_lot DROP CONSTRAINT {bound}")
    try:
        results = at_once(taker(lot, by), people)
        assert sum(isinstance(result, Preparation) for result in results) > 3
    finally:
        with cluster.cursor(database) as cursor:
            cursor.execute(f"ALTER TABLE formulations_lot ADD CONSTRAINT {bound} CHECK (balance >= 0) NOT VALID")


def unguarded(monkeypatch):
    """Read the lots without a lock, as code that checks first and draws then would."""

    def careless(self, lots):
        return {row.pk: row for row in self.filter(pk__in=[lot.pk for lot in lots]).with_product()}

    monkeypatch.setattr(type(Lot.objects.all()), "for_drawing", careless)
    monkeypatch.setattr(type(Lot.objects), "for_drawing", lambda self, lots: careless(self.all(), lots))


def test_one_open_pack_and_twenty_takers_give_out_what_is_in_it(committed, reference, doctor, at_once):
    lot = stock.lot(reference, "vitamin-c", quantity="5")
    patient = patients.register(reference)
    by = doctor.membership.user
    pack = packs.open(lot, patient=patient, by=by, at=NOON)

    def take(_turn):
        return preparations.prepare(
            Patient.objects.get(pk=patient.pk),
            components=[{"pack": Pack.objects.select_related("lot").get(pk=pack.pk), "volume_ml": Decimal(1)}],
            by=User.objects.get(pk=by.pk),
            at=NOON,
        )

    results = at_once(take, range(TAKERS))

    assert sum(isinstance(result, Preparation) for result in results) == 5
    assert {result.code for result in results if isinstance(result, Refused)} == {"lot_insufficient"}


def test_two_mixes_that_want_the_same_lots_in_another_order_both_get_them(committed, reference, doctor, at_once):
    shelf = stock.melasma_lots(reference)
    by = doctor.membership.user
    mixed = stock.melasma_mix(shelf)
    people = [patients.register(reference) for _ in range(8)]

    def take(turn):
        place, patient = turn
        return preparations.prepare(
            Patient.objects.get(pk=patient.pk),
            components=mixed if place % 2 else mixed[::-1],
            by=User.objects.get(pk=by.pk),
            at=NOON,
        )

    results = at_once(take, list(enumerate(people)))

    assert all(isinstance(result, Preparation) for result in results), results
    assert Clinic.objects.get(pk=reference.pk).preparations.count() == 8


def test_two_people_account_for_a_mix_once(committed, reference, doctor, at_once):
    by = doctor.membership.user
    mix = preparations.prepare(
        patients.register(reference),
        components=stock.melasma_mix(stock.melasma_lots(reference)),
        by=by,
        at=NOON,
    )

    def account(_turn):
        return preparations.reconcile(
            Preparation.objects.get(pk=mix.pk), injected_ml=Decimal(3), by=User.objects.get(pk=by.pk), at=NOON
        )

    results = at_once(account, range(10))

    assert sum(isinstance(result, Preparation) for result in results) == 1
    assert {result.code for result in results if isinstance(result, Refused)} == {"already_done"}
