from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Practitioner
from audit.models import Event
from common.refused import Refused
from formulations.actions import lots
from formulations.models import StockMovement
from tests.factories.rows import REFUSED, refusal
from tests.factories.treatments import inject, minutes
from treatments.actions import addenda, sessions, zones


def test_only_the_treating_practitioner_signs_a_session(ended_session, practitioner, colleague, nurse):
    for somebody in (colleague, nurse):
        with pytest.raises(Refused, match="treating practitioner"):
            sessions.sign_off(ended_session, by=somebody, at=minutes(40))

    signed = sessions.sign_off(ended_session, by=practitioner, at=minutes(40))

    assert (signed.state, signed.signed_by, signed.signed_at) == ("signed", practitioner, minutes(40))
    assert "session.signed_off" in Event.objects.about(signed).kinds()


def test_the_signature_accounts_for_the_mix_of_case_1(signed_session, mix):
    mix.refresh_from_db()

    assert mix.state == "reconciled"
    assert (mix.total_ml, mix.injected_ml, mix.wasted_ml) == (Decimal("4"), Decimal("3"), Decimal("1"))


def test_what_is_left_of_single_dose_packs_becomes_waste(signed_session, stock):
    for lot in stock.values():
        lot.refresh_from_db()
    wasted = StockMovement.objects.filter(kind="wastage").values_list("lot__number", "quantity")

    assert dict(wasted) == {"VC-2411-07": Decimal("-3"), "GS-2502-03": Decimal("-3"), "NS-2410-61": Decimal("-9")}
    assert [lot.balance for lot in stock.values()] == [Decimal("45"), Decimal("36"), Decimal("90")]


def test_a_difference_says_why(ended_session, mix, practitioner):
    with pytest.raises(Refused) as refused:
        sessions.sign_off(
            ended_session, wasted=[{"preparation": mix.pk, "ml": Decimal("0.5")}], by=practitioner, at=minutes(40)
        )
    sessions.sign_off(
        ended_session,
        wasted=[{"preparation": mix.pk, "ml": Decimal("0.5"), "reason": "Dropped a syringe"}],
        by=practitioner,
        at=minutes(40),
    )

    mix.refresh_from_db()
    assert refused.value.code == "reason_needed"
    assert mix.difference_reason == "Dropped a syringe"


def test_waste_of_a_foreign_mix_is_refused(ended_session, practitioner):
    with pytest.raises(Refused, match="does not belong"):
        sessions.sign_off(
            ended_session, wasted=[{"preparation": 999999, "ml": Decimal("1")}], by=practitioner, at=minutes(40)
        )


def test_everything_that_is_missing_is_said_at_once(mixed_session, practitioner):
    with pytest.raises(Refused) as refused:
        sessions.sign_off(mixed_session, by=practitioner, at=minutes(40))

    assert len(refused.value.reasons) == 4
    assert {reason.url.partition("#")[2] for reason in refused.value.reasons} == {"reaction", "zones"}


def test_a_session_is_signed_once(signed_session, practitioner):
    with pytest.raises(Refused) as refused:
        sessions.sign_off(signed_session, by=practitioner, at=minutes(41))

    assert refused.value.code == "already_done"


def test_a_recall_or_an_expired_licence_does_not_stop_the_signature_but_is_shown(
    ended_session, stock, practitioner, doctor
):
    lots.recall(stock["vitamin-c"], reason="Supplier's letter", by=practitioner, at=minutes(38))
    Practitioner.objects.filter(pk=doctor.pk).update(licence_expires_on=date(2025, 2, 2))

    session = sessions.sign_off(ended_session, by=practitioner, at=minutes(40))

    found = session.findings.filter(stage="sign_off").values_list("code", flat=True)
    assert sorted(found) == ["licence_expired", "lot_recalled"]


def test_nothing_is_written_in_a_signed_session(signed_session, practitioner):
    zone = signed_session.zone_applications.first()
    attempts = [
        lambda: sessions.edit(signed_session, note="Later", by=practitioner, at=minutes(50)),
        lambda: inject(signed_session, by=practitioner, at=minutes(50)),
        lambda: zones.remove_zone(zone, by=practitioner, at=minutes(50)),
        lambda: sessions.abandon(signed_session, reason="No", by=practitioner, at=minutes(50)),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert "wrong_state" in {reason.code for reason in refused.value.reasons}


@pytest.mark.parametrize("thing", ["session", "screening", "zone", "use", "reaction", "preparation"])
def test_the_applications_role_changes_nothing_of_a_signed_session(signed_session, mix, thing):
    zone = signed_session.zone_applications.first()
    row, change = {
        "session": (signed_session, {"note": "Later"}),
        "screening": (signed_session.screening, {"answers": {}}),
        "zone": (zone, {"depth_mm": Decimal("4")}),
        "use": (zone.component_uses.first(), {"dose": Decimal("1")}),
        "reaction": (signed_session.reaction, {"none_observed": False}),
        "preparation": (mix, {"wasted_ml": Decimal("0.9"), "injected_ml": Decimal("3.1")}),
    }[thing]
    rows = type(row)._base_manager.filter(pk=row.pk)

    with pytest.raises(REFUSED) as refused:
        rows.update(**change)

    assert refusal(refused) in ("session_closed", "preparation_closed")


def test_what_is_remembered_later_is_an_addendum(signed_session, practitioner):
    addendum = addenda.add(signed_session, text="She called: no pain.", late=True, by=practitioner, at=minutes(90))

    assert list(signed_session.addenda.values_list("text", "late")) == [("She called: no pain.", True)]
    assert "session.amended" in Event.objects.about(addendum).kinds()


def test_before_the_signature_it_belongs_into_the_session(ended_session, practitioner):
    with pytest.raises(Refused, match="not signed yet"):
        addenda.add(ended_session, text="One more thing", by=practitioner, at=minutes(90))


def test_a_nurse_adds_nothing_to_a_signed_session(signed_session, nurse):
    with pytest.raises(Refused, match="Only a practitioner"):
        addenda.add(signed_session, text="One more thing", by=nurse, at=minutes(90))
