from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Practitioner
from audit.models import Event
from common.refused import Refused
from formulations.actions import lots
from formulations.models import Preparation
from patients.actions import statements
from tests.factories.formulations import lot, melasma_mix
from tests.factories.treatments import NOTHING_NEW, answered, consented, minutes
from treatments.actions import consents, plans, sessions


def prepare(session, stock, *, by, at=None, **values):
    return sessions.prepare(session, components=melasma_mix(stock), by=by, at=at or minutes(5), **values)


def refused_codes(refused):
    return [reason.code for reason in refused.value.reasons]


def test_a_mix_is_drawn_for_the_session(screened_session, stock, practitioner):
    mix = prepare(screened_session, stock, by=practitioner)

    assert mix.total_ml == Decimal("4")
    assert mix.session_preparation.session == screened_session
    assert Event.objects.about(mix).kinds() == ["preparation.drawn", "session.mixed"]


def test_nothing_is_mixed_before_the_five_questions(consented_session, stock, practitioner):
    with pytest.raises(Refused, match="five questions"):
        prepare(consented_session, stock, by=practitioner)


def test_without_a_consent_nothing_is_drawn(open_session, stock, practitioner):
    answered(open_session, by=practitioner)

    with pytest.raises(Refused) as refused:
        prepare(open_session, stock, by=practitioner)

    assert "consent_missing" in refused_codes(refused)
    assert not Preparation.objects.exists()


def test_a_consent_signed_by_the_patient_alone_is_not_enough(open_session, plan, stock, practitioner):
    consent = consents.present(plan, by=practitioner, at=minutes(0))
    consents.sign(
        consent,
        role="patient",
        strokes=[[[1, 1, 0], [50, 50, 9]]],
        sha256=consent.document.sha256,
        by=practitioner,
        at=minutes(0),
    )
    answered(open_session, by=practitioner)

    with pytest.raises(Refused) as refused:
        prepare(open_session, stock, by=practitioner)

    assert "consent_missing" in refused_codes(refused)


def test_a_new_substance_outdates_the_consent(screened_session, plan, stock, practitioner, house):
    row = house.ingredients.current().get(slug="tranexamic-acid")
    plan.plan_ingredients.create(clinic=house, ingredient=row, ordinal=9)

    with pytest.raises(Refused) as refused:
        prepare(screened_session, stock, by=practitioner)

    assert "consent_outdated" in refused_codes(refused)


def test_a_licence_that_has_expired_since_stops_the_mix(screened_session, stock, practitioner, doctor):
    Practitioner.objects.filter(pk=doctor.pk).update(licence_expires_on=date(2025, 2, 2))

    with pytest.raises(Refused) as refused:
        prepare(screened_session, stock, by=practitioner, overrides=[{"code": "licence_expired", "reason": "Please"}])

    assert "licence_expired" in refused_codes(refused)


def test_pregnancy_stops_the_mix_whatever_is_said(consented_session, stock, practitioner):
    answered(consented_session, by=practitioner, pregnancy="yes")

    with pytest.raises(Refused) as refused:
        prepare(consented_session, stock, by=practitioner, overrides=[{"code": "contraindication", "reason": "Please"}])

    assert "contraindication" in refused_codes(refused)


def test_an_unknown_answer_wants_a_reason_and_then_the_mix_is_drawn(consented_session, stock, practitioner):
    answered(consented_session, by=practitioner, infection="unknown")

    with pytest.raises(Refused) as refused:
        prepare(consented_session, stock, by=practitioner)
    mix = prepare(
        consented_session, stock, by=practitioner, overrides=[{"code": "not_checked", "reason": "Skin looked clean"}]
    )

    assert refused_codes(refused) == ["not_checked"]
    assert mix.findings.get(code="not_checked").reason == "Skin looked clean"


def test_what_was_decided_at_the_screening_is_not_asked_again(consented_session, stock, practitioner):
    sessions.screen(
        consented_session,
        answers={**NOTHING_NEW, "infection": "unknown"},
        overrides=[{"code": "not_checked", "reason": "Skin looked clean"}],
        by=practitioner,
        at=minutes(1),
    )

    assert prepare(consented_session, stock, by=practitioner).pk


def test_an_allergy_to_a_component_has_no_override(screened_session, stock, practitioner):
    statements.state_allergy(screened_session.patient, text="sulfites", by=practitioner, at=minutes(2))

    with pytest.raises(Refused) as refused:
        prepare(screened_session, stock, by=practitioner, overrides=[{"code": "allergy", "reason": "Please"}])

    assert "allergy" in refused_codes(refused)


def test_an_expired_lot_is_not_drawn_and_all_reasons_are_said_at_once(open_session, house, stock, practitioner):
    stock = stock | {"vitamin-c": lot(house, "vitamin-c", expires_on=date(2025, 1, 31), of=stock["vitamin-c"].product)}
    answered(open_session, by=practitioner)

    with pytest.raises(Refused) as refused:
        prepare(open_session, stock, by=practitioner)

    assert {"lot_expired", "consent_missing"} <= set(refused_codes(refused))


def test_too_early_a_session_wants_a_reason(plan, practitioner, stock):
    consented(plan, by=practitioner)
    session = sessions.open_session(plan.planned_sessions.get(ordinal=2), by=practitioner, at=minutes(0))
    answered(session, by=practitioner)

    with pytest.raises(Refused) as refused:
        prepare(session, stock, by=practitioner)

    assert refused_codes(refused) == ["interval_early"]


@pytest.mark.parametrize("state", ["quarantine", "recall"])
def test_a_lot_set_aside_after_the_draw_stops_the_time_out(mixed_session, stock, practitioner, state):
    getattr(lots, state)(stock["glutathione"], reason="Supplier's letter", by=practitioner, at=minutes(6))

    with pytest.raises(Refused) as refused:
        sessions.time_out(mixed_session, by=practitioner, at=minutes(7))

    assert refused_codes(refused) == [f"lot_{state}{'d' if state == 'quarantine' else 'ed'}"]


def test_the_time_out_asks_for_consent_and_licence_again(mixed_session, consent, practitioner, doctor):
    consents.withdraw(consent, reason="Changed her mind", by=practitioner, at=minutes(6))
    Practitioner.objects.filter(pk=doctor.pk).update(licence_expires_on=date(2025, 2, 2))

    with pytest.raises(Refused) as refused:
        sessions.time_out(mixed_session, by=practitioner, at=minutes(7))

    assert refused_codes(refused) == ["consent_missing", "licence_expired"]


def test_the_time_out_does_not_count_its_own_mix_twice(house, patient, doctor, practitioner):
    """Lidocaine at its cap is at its cap once: the mix on the tray is the one that is checked."""
    lidocaine = house.ingredients.current().get(slug="lidocaine")
    protocol = house.protocols.current().get(slug="melasma-vitc-gsh-6")
    plan = plans.start(
        patient,
        protocol=protocol,
        start_on=minutes(0).date(),
        practitioner=doctor,
        ingredients=[lidocaine],
        by=practitioner,
        at=minutes(0),
    )
    consented(plan, by=practitioner)
    session = sessions.open_session(plan.planned_sessions.get(ordinal=1), by=practitioner, at=minutes(0))
    sessions.screen(session, answers=NOTHING_NEW, weight_kg=Decimal("100"), by=practitioner, at=minutes(1))
    sessions.prepare(
        session,
        components=[{"lot": lot(house, "lidocaine"), "volume_ml": Decimal("20")}],
        by=practitioner,
        at=minutes(5),
    )

    session = sessions.time_out(session, by=practitioner, at=minutes(7))

    assert session.time_out_at == minutes(7)


def test_a_mix_past_its_time_stops_the_time_out(mixed_session, mix, practitioner):
    with pytest.raises(Refused) as refused:
        sessions.time_out(mixed_session, by=practitioner, at=mix.beyond_use_at)

    assert refused_codes(refused) == ["beyond_use_passed"]


def test_a_time_out_that_finds_nothing_is_written_down(mixed_session, practitioner):
    session = sessions.time_out(mixed_session, by=practitioner, at=minutes(7))

    assert (session.time_out_at, session.time_out_by) == (minutes(7), practitioner)
    assert "session.timed_out" in Event.objects.about(session).kinds()


def test_a_mix_with_a_substance_beyond_the_consent_is_stopped(screened_session, house, stock, practitioner):
    beyond = {"lot": lot(house, "lidocaine"), "volume_ml": Decimal("0.5")}

    with pytest.raises(Refused) as refused:
        sessions.prepare(screened_session, components=[*melasma_mix(stock), beyond], by=practitioner, at=minutes(5))

    assert "consent_outdated" in refused_codes(refused)


def test_anaesthetics_of_two_mixes_of_one_day_add_up_as_shares_of_their_caps(house, patient, doctor, practitioner):
    """Half of the lidocaine cap in one mix and more than half of the procaine cap in the next are too much together."""
    plan = plans.start(
        patient,
        protocol=house.protocols.current().get(slug="melasma-vitc-gsh-6"),
        start_on=minutes(0).date(),
        practitioner=doctor,
        ingredients=[house.ingredients.current().get(slug=slug) for slug in ("lidocaine", "procaine")],
        by=practitioner,
        at=minutes(0),
    )
    consented(plan, by=practitioner)
    session = sessions.open_session(plan.planned_sessions.get(ordinal=1), by=practitioner, at=minutes(0))
    sessions.screen(session, answers=NOTHING_NEW, weight_kg=Decimal("60"), by=practitioner, at=minutes(1))
    numb, other = lot(house, "lidocaine"), lot(house, "procaine")

    # 60 kg: lidocaine 270 mg, procaine 600 mg; 13.5 mL of 10 mg/mL is half of the one, 15.1 mL of 20 mg/mL of the other
    sessions.prepare(session, components=[{"lot": numb, "volume_ml": Decimal("13.5")}], by=practitioner, at=minutes(5))
    with pytest.raises(Refused) as refused:
        sessions.prepare(
            session, components=[{"lot": other, "volume_ml": Decimal("15.1")}], by=practitioner, at=minutes(6)
        )
    assert "dose_cap_exceeded" in refused_codes(refused)
    near = [{"code": "dose_cap_near", "reason": "Confirmed with the prescriber"}]
    sessions.prepare(
        session,
        components=[{"lot": other, "volume_ml": Decimal("15")}],
        overrides=near,
        by=practitioner,
        at=minutes(7),
    )

    assert sessions.time_out(session, by=practitioner, at=minutes(8)).time_out_at


def test_two_nurses_at_the_last_millilitres_draw_one_mix(
    committed, plan, order, stock, nurse, practitioner, screened_session, at_once
):
    from formulations.models import Lot
    from treatments.models import TreatmentSession

    lots.move(
        stock["vitamin-c"], kind="wastage", quantity=Decimal("47"), reason="Broken", by=practitioner, at=minutes(3)
    )

    def draw(_turn):
        session = TreatmentSession.objects.get(pk=screened_session.pk)
        shelf = {slug: Lot.objects.get(pk=row.pk) for slug, row in stock.items()}
        return prepare(session, shelf, by=type(nurse).objects.get(pk=nurse.pk), injected_ml=Decimal("2"))

    results = at_once(draw, range(2))

    assert [isinstance(each, Preparation) for each in results].count(True) == 1, results
    (refused,) = [each for each in results if isinstance(each, Refused)]
    assert "lot_insufficient" in [reason.code for reason in refused.reasons]
    assert Preparation.objects.count() == 1


def test_a_failure_after_the_draw_leaves_neither_mix_nor_movement(screened_session, stock, practitioner, monkeypatch):
    from treatments.models import SessionPreparation

    def broken(*_args, **_kwargs):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(SessionPreparation.objects, "create", broken)
    with pytest.raises(RuntimeError):
        prepare(screened_session, stock, by=practitioner)

    stock["vitamin-c"].refresh_from_db()
    assert stock["vitamin-c"].balance == 50
    assert not Preparation.objects.exists()
    assert not stock["vitamin-c"].packs.exists()
