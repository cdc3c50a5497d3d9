from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from audit.models import Event
from common.refused import Refused
from formulations.actions import lots, packs, preparations
from formulations.checks.findings import Finding, Override, Severity
from formulations.models import Pack, PackState, Preparation, PreparationFinding, StockMovement
from tests.cast import NOON
from tests.factories import formulations as stock
from tests.factories import patients

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(reference):
    return patients.register(reference, given_name="Amara", family_name="Okonkwo-Reyes")


@pytest.fixture
def other_patient(reference):
    return patients.register(reference, given_name="Beatriz", family_name="Santangelo")


@pytest.fixture
def shelf(reference):
    return stock.melasma_lots(reference)


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


def warn(code="drug_interaction", severity=Severity.WARN, override=Override.PRACTITIONER):
    return Finding(code, severity, ("tranexamic-acid",), "Decide.", "label", override)


def test_the_melasma_mix_is_drawn_with_one_movement_per_component(shelf, patient, doctor, practitioner):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)

    assert mix.total_ml == 4
    assert (mix.state, mix.practitioner, mix.prepared_by) == ("drawn", doctor, practitioner)
    assert mix.beyond_use_at == NOON + timedelta(hours=4)
    drawn = {row.pack.lot.number: (row.volume_ml, row.movement.quantity) for row in mix.components.all()}
    assert drawn == {"VC-2411-07": (2, -2), "GS-2502-03": (1, -1), "NS-2410-61": (1, -1)}
    amounts = {
        substance.ingredient.slug: (substance.amount, substance.unit)
        for row in mix.components.all()
        for substance in row.substances.all()
    }
    assert amounts == {"vitamin-c": (200, "mg"), "glutathione": (150, "mg"), "sodium-chloride": (9, "mg")}
    for lot in shelf.values():
        lot.refresh_from_db()
    assert [lot.balance for lot in shelf.values()] == [48, 39, 99]
    assert Event.objects.about(mix).kinds() == ["preparation.drawn"]


def test_a_volume_opens_as_many_packs_as_it_needs_for_this_patient(reference, patient, practitioner):
    procaine = stock.lot(reference, "procaine", quantity="60")

    mix = preparations.prepare(
        patient, components=[{"lot": procaine, "volume_ml": Decimal("5")}], by=practitioner, at=NOON
    )

    opened = Pack.objects.order_by("pk")
    assert [(pack.volume, pack.left, pack.state) for pack in opened] == [
        (2, 0, "spent"),
        (2, 0, "spent"),
        (2, 1, "open"),
    ]
    assert {pack.patient for pack in opened} == {patient}
    assert mix.components.count() == StockMovement.objects.filter(kind="draw").count() == 3


def test_the_patients_own_open_pack_is_used_up_before_another_is_opened(shelf, patient, practitioner):
    lot = shelf["vitamin-c"]
    first, second = (
        preparations.prepare(patient, components=[{"lot": lot, "volume_ml": Decimal(2)}], by=practitioner, at=NOON)
        for _ in range(2)
    )
    assert first.components.get().pack == second.components.get().pack


def test_another_patients_open_pack_and_one_past_its_time_are_refused(shelf, patient, other_patient, practitioner):
    pack = packs.open(shelf["vitamin-c"], patient=other_patient, by=practitioner, at=NOON)
    late = NOON + timedelta(hours=5)

    with pytest.raises(Refused) as refused:
        preparations.prepare(patient, components=[{"pack": pack, "volume_ml": Decimal(1)}], by=practitioner, at=late)

    assert codes(refused) == ["container_shared", "container_expired"]


def test_a_single_dose_pack_is_opened_for_somebody(shelf, practitioner):
    with pytest.raises(Refused, match="one patient"):
        packs.open(shelf["vitamin-c"], patient=None, by=practitioner, at=NOON)


def test_the_rest_of_another_patients_ampoule_is_not_stock(reference, patient, other_patient, practitioner):
    lot = stock.lot(reference, "vitamin-c", quantity="5")
    preparations.prepare(other_patient, components=[{"lot": lot, "volume_ml": Decimal(2)}], by=practitioner, at=NOON)

    with pytest.raises(Refused) as refused:
        preparations.prepare(patient, components=[{"lot": lot, "volume_ml": Decimal(1)}], by=practitioner, at=NOON)

    assert codes(refused) == ["lot_insufficient"]


def test_an_expired_a_quarantined_and_an_empty_lot_are_all_named_at_once(reference, patient, practitioner):
    expired = stock.lot(reference, "vitamin-c", expires_on=date(2025, 2, 2))
    aside = stock.lot(reference, "glutathione")
    lots.quarantine(aside, reason="doubt", by=practitioner, at=NOON)
    short = stock.lot(reference, "sodium-chloride", quantity="1")

    with pytest.raises(Refused) as refused:
        preparations.prepare(
            patient,
            components=[{"lot": lot, "volume_ml": Decimal(2)} for lot in (expired, aside, short)],
            by=practitioner,
            at=NOON,
        )

    assert codes(refused) == ["lot_expired", "lot_quarantined", "lot_insufficient"]
    assert not Pack.objects.exists()
    assert not Preparation.objects.exists()


def test_a_lot_is_good_to_the_end_of_its_last_day_at_its_place(reference, patient, practitioner):
    lot = stock.lot(reference, "vitamin-c", expires_on=date(2025, 2, 3))
    mix = preparations.prepare(
        patient,
        components=[{"lot": lot, "volume_ml": Decimal(1)}],
        by=practitioner,
        at=NOON.replace(hour=22),  # 23:00 in Madrid
    )
    assert mix.beyond_use_at == NOON.replace(hour=23)


def test_a_recalled_lot_says_so(shelf, patient, practitioner):
    lots.recall(shelf["vitamin-c"], reason="maker's letter", by=practitioner, at=NOON)
    with pytest.raises(Refused) as refused:
        preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)
    assert codes(refused) == ["lot_recalled"]


def test_an_opened_packs_label_shortens_the_clock_of_the_mix(reference, patient, practitioner):
    lot = stock.lot(reference, product_values={"opened_hours": 1})
    mix = preparations.prepare(patient, components=[{"lot": lot, "volume_ml": Decimal(1)}], by=practitioner, at=NOON)
    assert mix.beyond_use_at == NOON + timedelta(hours=1)


def test_a_mix_made_under_a_hood_keeps_twelve_hours(shelf, patient, practitioner):
    mix = preparations.prepare(
        patient, components=stock.melasma_mix(shelf), standard="category-1", by=practitioner, at=NOON
    )
    assert mix.beyond_use_at == NOON + timedelta(hours=12)


def test_a_warning_asks_for_a_reason_and_the_reason_is_kept(shelf, patient, practitioner):
    mixed = stock.melasma_mix(shelf)
    with pytest.raises(Refused) as refused:
        preparations.prepare(patient, components=mixed, findings=[warn()], by=practitioner, at=NOON)
    assert codes(refused) == ["drug_interaction"]

    mix = preparations.prepare(
        patient,
        components=mixed,
        findings=[warn()],
        overrides=[{"code": "drug_interaction", "reason": "Confirmed with the prescriber"}],
        by=practitioner,
        at=NOON,
    )

    (finding,) = mix.findings.all()
    assert (finding.code, finding.reason, finding.overridden_by) == (
        "drug_interaction",
        "Confirmed with the prescriber",
        practitioner,
    )


def test_a_hard_stop_has_no_override_and_every_reason_is_said(shelf, patient, practitioner):
    findings = [warn(), warn("allergy", Severity.BLOCK, Override.NONE)]
    overrides = [{"code": "allergy", "reason": "please"}, {"code": "drug_interaction", "reason": ""}]
    with pytest.raises(Refused) as refused:
        preparations.prepare(
            patient,
            components=stock.melasma_mix(shelf),
            findings=findings,
            overrides=overrides,
            by=practitioner,
            at=NOON,
        )
    assert codes(refused) == ["allergy", "drug_interaction"]
    assert not StockMovement.objects.filter(kind="draw").exists()


def test_what_policy_leaves_to_the_director_only_the_director_overrides(
    shelf, patient, practitioner, colleague, second_doctor
):
    left = [warn("dose_cap_exceeded", Severity.BLOCK, Override.DIRECTOR)]
    said = [{"code": "dose_cap_exceeded", "reason": "Confirmed with the prescriber"}]
    mixed = stock.melasma_mix(shelf)
    with pytest.raises(Refused) as refused:
        preparations.prepare(patient, components=mixed, findings=left, overrides=said, by=colleague, at=NOON)
    assert codes(refused) == ["dose_cap_exceeded"]

    preparations.prepare(patient, components=mixed, findings=left, overrides=said, by=practitioner, at=NOON)


def test_a_nurse_draws_for_a_practitioner_and_says_for_whom(shelf, patient, nurse, doctor):
    with pytest.raises(Refused, match="which practitioner"):
        preparations.prepare(patient, components=stock.melasma_mix(shelf), by=nurse, at=NOON)
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), practitioner=doctor, by=nurse, at=NOON)
    assert (mix.practitioner, mix.prepared_by) == (doctor, nurse)


def test_a_failure_in_the_middle_leaves_nothing_behind(shelf, patient, practitioner, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the lights went out")

    events = Event.objects.count()
    monkeypatch.setattr(PreparationFinding.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)

    assert not Preparation.objects.exists()
    assert not Pack.objects.exists()
    assert not StockMovement.objects.filter(kind="draw").exists()
    shelf["vitamin-c"].refresh_from_db()
    assert shelf["vitamin-c"].balance == 50
    assert Event.objects.count() == events


def test_a_mix_takes_the_same_number_of_queries_however_many_components_it_has(
    reference, patient, practitioner, django_assert_max_num_queries
):
    many = [
        {"lot": stock.lot(reference, slug, quantity="50"), "volume_ml": Decimal("7")}
        for slug in ("vitamin-c", "glutathione", "sodium-chloride", "lidocaine", "pentoxifylline", "organic-silicon")
    ]
    with django_assert_max_num_queries(40):
        preparations.prepare(patient, components=many, by=practitioner, at=NOON)


def test_what_was_drawn_cannot_be_changed_by_the_application(shelf, patient, practitioner):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)
    for change in (
        lambda: mix.components.update(volume_ml=9),
        lambda: mix.components.all()._raw_delete("default"),
        lambda: StockMovement.objects.filter(kind="draw").update(quantity=-9),
        lambda: Preparation.objects.filter(pk=mix.pk).update(total_ml=9),
        lambda: Preparation.objects.filter(pk=mix.pk)._raw_delete("default"),
    ):
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
        ):
            change()


def test_drawn_is_injected_plus_wasted_and_single_dose_rests_are_waste(shelf, patient, practitioner):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)

    mix = preparations.reconcile(mix, injected_ml=Decimal("3.0"), by=practitioner, at=NOON)

    assert (mix.state, mix.injected_ml, mix.wasted_ml) == ("reconciled", 3, 1)
    for lot, left in zip(shelf.values(), (45, 36, 90), strict=True):
        lot.refresh_from_db()
        assert lot.balance == left == lot.movements.total()
    assert set(Pack.objects.values_list("state", flat=True)) == {PackState.DISCARDED}
    with pytest.raises(Refused) as refused:
        preparations.reconcile(mix, injected_ml=Decimal("3.0"), by=practitioner, at=NOON)
    assert codes(refused) == ["already_done"]
    with pytest.raises(ProgrammingError), transaction.atomic():
        Preparation.objects.filter(pk=mix.pk).update(injected_ml=2)


def test_a_difference_that_matters_needs_a_reason(shelf, patient, practitioner):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)
    with pytest.raises(Refused) as refused:
        preparations.reconcile(mix, injected_ml=Decimal(3), wasted_ml=Decimal("0.7"), by=practitioner, at=NOON)
    assert codes(refused) == ["reason_needed"]

    done = preparations.reconcile(
        mix, injected_ml=Decimal(3), wasted_ml=Decimal("0.7"), reason="spilled", by=practitioner, at=NOON
    )
    assert (done.wasted_ml, done.difference_reason) == (1, "spilled")


def test_more_than_was_drawn_was_not_injected(shelf, patient, practitioner):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)
    with pytest.raises(Refused) as refused:
        preparations.reconcile(mix, injected_ml=Decimal("4.1"), by=practitioner, at=NOON)
    assert codes(refused) == ["wrong_state"]


def test_a_mix_can_be_accounted_for_although_its_lot_is_quarantined_meanwhile(shelf, patient, practitioner):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)
    lots.quarantine(shelf["vitamin-c"], reason="doubt", by=practitioner, at=NOON)
    later = NOON + timedelta(days=900)
    assert preparations.reconcile(mix, injected_ml=Decimal(3), by=practitioner, at=later).state == "reconciled"


def test_a_discarded_mix_is_all_waste_and_says_why(shelf, patient, practitioner):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)
    with pytest.raises(Refused) as refused:
        preparations.discard(mix, reason="", by=practitioner, at=NOON)
    assert codes(refused) == ["reason_needed"]

    mix = preparations.discard(mix, reason="brown: oxidised", by=practitioner, at=NOON)

    assert (mix.state, mix.wasted_ml) == ("discarded", 4)
    assert Event.objects.about(mix).kinds() == ["preparation.drawn", "pack.rests_wasted", "preparation.discarded"]


def test_a_second_person_checks_the_mix(shelf, patient, practitioner, nurse):
    mix = preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)
    with pytest.raises(Refused) as refused:
        preparations.confirm(mix, by=practitioner, at=NOON)
    assert codes(refused) == ["second_person_required"]
    assert preparations.confirm(mix, by=nurse, at=NOON).checked_by == nurse


def test_the_end_of_a_session_writes_off_what_was_opened_in_it_for_its_patient(
    shelf, patient, other_patient, practitioner
):
    before = packs.open(shelf["glutathione"], patient=patient, by=practitioner, at=NOON - timedelta(hours=1))
    unused = packs.open(shelf["vitamin-c"], patient=patient, by=practitioner, at=NOON)
    others = packs.open(shelf["vitamin-c"], patient=other_patient, by=practitioner, at=NOON)

    packs.end_session(patient, since=NOON, by=practitioner, at=NOON + timedelta(minutes=40))

    assert [Pack.objects.get(pk=pack.pk).state for pack in (before, unused, others)] == ["open", "discarded", "open"]
    shelf["vitamin-c"].refresh_from_db()
    assert shelf["vitamin-c"].balance == 45


def test_the_rest_of_a_pack_is_thrown_away_with_a_reason(shelf, patient, practitioner):
    pack = packs.open(shelf["vitamin-c"], patient=patient, by=practitioner, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        packs.discard(pack, reason=" ", by=practitioner, at=NOON)
    assert packs.discard(pack, reason="dropped", by=practitioner, at=NOON).state == "discarded"
    shelf["vitamin-c"].refresh_from_db()
    assert shelf["vitamin-c"].balance == 45
    assert shelf["vitamin-c"].movements.get(kind="wastage").reason == "dropped"


def test_a_pack_of_several_doses_serves_more_than_one_patient_until_its_day(
    reference, patient, other_patient, practitioner
):
    lot = stock.lot(reference, "lidocaine", product_values={"dose": "multi"})
    shared = packs.open(lot, by=practitioner, at=NOON)
    for person in (patient, other_patient):
        preparations.prepare(person, components=[{"pack": shared, "volume_ml": Decimal(1)}], by=practitioner, at=NOON)
    assert Pack.objects.get(pk=shared.pk).left == 8
    assert shared.discard_at == NOON + timedelta(days=28)
