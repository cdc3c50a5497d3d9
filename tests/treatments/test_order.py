"""Somebody else than the prescriber mixes or injects only by an order that the prescriber signed for this patient."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from audit.models import Event
from common.refused import Refused
from formulations.models import Preparation
from formulations.rules.mix import Asked
from patients.actions import statements
from patients.models import Task
from tests.cast import NOON
from tests.factories.formulations import lot, melasma_mix
from tests.factories.orders import sign
from tests.factories.treatments import answered, consented, finish, inject, minutes
from treatments.actions import orders, sessions
from treatments.models import Order, OrderComponent

TODAY = NOON.date()


def prepare(session, stock, *, by, **values):
    values = {"components": melasma_mix(stock)} | values
    return sessions.prepare(session, **values, by=by, at=minutes(5))


def missing(refused):
    return [each for each in refused.value.reasons if each.code == "order_missing"]


def test_without_an_order_a_nurse_draws_nothing_and_is_shown_whom_to_ask(screened_session, stock, nurse, delegation):
    with pytest.raises(Refused) as refused:
        prepare(screened_session, stock, by=nurse)

    (reason,) = missing(refused)
    assert "Paula Practitioner has not signed an order" in str(reason.message)
    assert f"/sessions/{screened_session.pk}/order/ask/?mix={stock['vitamin-c'].product_id}:2" in reason.url
    assert not Preparation.objects.exists()


def test_the_prescriber_needs_no_order(screened_session, stock, practitioner):
    assert prepare(screened_session, stock, by=practitioner).session_preparation.order is None


def test_under_an_order_the_nurse_draws_and_the_mix_names_it(screened_session, stock, nurse, order):
    assert prepare(screened_session, stock, by=nurse).session_preparation.order == order


def test_an_order_is_no_delegation(screened_session, plan, stock, practitioner, nurse):
    sign(plan, stock, by=practitioner)

    with pytest.raises(Refused, match="delegated"):
        prepare(screened_session, stock, by=nurse)


def test_a_smaller_volume_is_covered_too(screened_session, stock, nurse, order):
    smaller = [{**each, "volume_ml": each["volume_ml"] / 2} for each in melasma_mix(stock)]

    assert prepare(screened_session, stock, by=nurse, components=smaller).session_preparation.order == order


@pytest.mark.parametrize("change", ["more", "stronger", "other", "without diluent"])
def test_whatever_goes_past_the_order_is_refused(screened_session, house, stock, nurse, order, change):
    mix = melasma_mix(stock)
    if change == "more":
        mix[0]["volume_ml"] = Decimal("2.1")
    if change == "stronger":
        strong = [{"ingredient": "vitamin-c", "concentration": Decimal(200), "unit": "mg/mL"}]
        values = {"name": "Vitamin C 200 mg/mL", "ingredients": strong}
        mix[0]["lot"] = lot(house, "vitamin-c", number="STRONG", product_values=values)
    if change == "other":
        mix[1]["lot"] = lot(house, "lidocaine")
    if change == "without diluent":
        mix = mix[:2]

    with pytest.raises(Refused) as refused:
        prepare(screened_session, stock, by=nurse, components=mix)

    assert "does not cover this mix" in str(missing(refused)[0].message)


def test_no_more_is_planned_than_the_order_allows(screened_session, plan, stock, practitioner, nurse, delegation):
    sign(plan, stock, by=practitioner, max_ml=Decimal("3"))

    with pytest.raises(Refused) as refused:
        prepare(screened_session, stock, by=nurse)
    mix = prepare(screened_session, stock, by=nurse, injected_ml=Decimal("3"))

    assert "allows 3 mL in a session, and this makes 4 mL" in str(missing(refused)[0].message)
    assert (mix.total_ml, mix.planned_ml) == (Decimal("4"), Decimal("3"))


def test_two_mixes_of_one_session_share_what_the_order_allows(screened_session, stock, nurse, order):
    prepare(screened_session, stock, by=nurse, injected_ml=Decimal("3"))

    with pytest.raises(Refused) as refused:
        prepare(screened_session, stock, by=nurse, injected_ml=Decimal("1.5"))

    assert "makes 4.5 mL" in str(missing(refused)[0].message)


@pytest.mark.parametrize(
    "values", [{"first_ordinal": 2}, {"valid_until": TODAY}], ids=["another session", "valid until today"]
)
def test_an_order_counts_only_for_its_sessions_and_days(
    screened_session, plan, stock, practitioner, nurse, delegation, values
):
    sign(plan, stock, by=practitioner, **values)
    late = {} if "first_ordinal" in values else {"at": minutes(60 * 24)}

    with pytest.raises(Refused) as refused:
        sessions.prepare(screened_session, components=melasma_mix(stock), by=nurse, **({"at": minutes(5)} | late))

    assert missing(refused)


def test_an_order_withdrawn_after_the_draw_stops_the_time_out_of_prescriber_and_nurse(
    screened_session, stock, nurse, practitioner, order
):
    prepare(screened_session, stock, by=nurse)
    assert sessions.time_out(screened_session, by=nurse, at=minutes(6)).time_out_by == nurse
    orders.withdraw(order, reason="Rash", by=practitioner, at=minutes(7))

    for person in (nurse, practitioner):
        with pytest.raises(Refused) as refused:
            sessions.time_out(screened_session, by=person, at=minutes(8))
        assert [each.code for each in refused.value.reasons] == ["order_missing"]
        assert "order/ask" in refused.value.reasons[0].url


def test_the_nurse_injects_what_the_prescriber_drew_only_by_order(mixed_session, nurse, delegation):
    with pytest.raises(Refused) as refused:
        sessions.time_out(mixed_session, by=nurse, at=minutes(7))

    assert [each.code for each in refused.value.reasons] == ["order_missing"]


def test_after_the_needle_a_missing_order_is_a_deviation_and_the_session_is_still_signed(
    mixed_session, nurse, practitioner, delegation
):
    inject(mixed_session, by=nurse)
    session = finish(mixed_session, by=nurse)

    assert session.injected_by == nurse
    assert session.deviations.get().code == "order_missing"
    assert Task.objects.get(kind="deviation").is_red
    assert sessions.sign_off(session, by=practitioner, at=minutes(40)).signed_at


def test_more_than_the_order_and_another_zone_are_deviations_at_the_signature(
    screened_session, plan, stock, practitioner, nurse, delegation
):
    sign(plan, stock, by=practitioner, max_ml=Decimal("2.5"), zones=["forehead", "malar"])
    prepare(screened_session, stock, by=nurse, injected_ml=Decimal("2.5"))
    inject(screened_session, by=nurse)
    session = finish(screened_session, by=nurse)

    sessions.sign_off(session, by=practitioner, at=minutes(40))

    said = " ".join(session.deviations.values_list("message", flat=True))
    assert "3 mL were injected, and the order allows 2.5 mL" in said
    assert "Chin is not among the zones" in said


def test_only_the_prescriber_signs(plan, stock, colleague, nurse, front_desk, auditor, owner):
    for person in (colleague, nurse, front_desk, auditor, owner):
        with pytest.raises(Refused) as refused:
            sign(plan, stock, by=person)
        assert refused.value.code == "not_allowed"
    assert not Order.objects.exists()


def test_who_stands_in_for_a_session_signs_an_order_of_their_own(plan, stock, house, second_doctor, colleague):
    consented(plan, by=plan.practitioner.membership.user)
    session = sessions.open_session(
        plan.planned_sessions.get(ordinal=1), practitioner=second_doctor, by=colleague, at=NOON
    )
    answered(session, by=colleague)
    with pytest.raises(Refused) as refused:
        prepare(session, stock, by=colleague)
    assert missing(refused)

    order = sign(plan, stock, by=colleague)

    assert order.practitioner == second_doctor
    assert prepare(session, stock, by=colleague).session_preparation.order == order


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"first_ordinal": 4, "last_ordinal": 2}, "invalid"),
        ({"last_ordinal": 9}, "invalid"),
        ({"valid_until": TODAY - timedelta(days=1)}, "invalid"),
        ({"valid_until": TODAY + timedelta(days=400)}, "invalid"),
        ({"components": []}, "invalid"),
        ({"zones": ["nowhere"]}, "invalid"),
    ],
)
def test_an_order_that_means_nothing_is_refused(plan, stock, practitioner, values, code):
    with pytest.raises(Refused) as refused:
        sign(plan, stock, by=practitioner, **values)
    assert refused.value.code == code


def test_nobody_orders_what_nobody_may_do(plan, stock, patient, practitioner):
    statements.state_allergy(patient, text="sulfites", by=practitioner, at=minutes(1))

    with pytest.raises(Refused) as refused:
        sign(plan, stock, by=practitioner)

    assert "allergy" in [each.code for each in refused.value.reasons]


def test_an_order_is_withdrawn_once_with_a_reason(order, practitioner, nurse):
    for person, reason, code in ((nurse, "Rash", "not_allowed"), (practitioner, " ", "reason_needed")):
        with pytest.raises(Refused) as refused:
            orders.withdraw(order, reason=reason, by=person, at=minutes(6))
        assert refused.value.code == code
    orders.withdraw(order, reason="Rash", by=practitioner, at=minutes(6))

    with pytest.raises(Refused, match="already"):
        orders.withdraw(order, reason="Rash", by=practitioner, at=minutes(7))
    assert Event.objects.about(order).kinds() == ["order.signed", "order.withdrawn"]


def test_who_asks_puts_a_task_before_the_prescriber_which_the_signature_ticks_off(
    screened_session, plan, stock, nurse, practitioner
):
    asked = [Asked(each["volume_ml"], lot=each["lot"]) for each in melasma_mix(stock)]
    task = orders.ask(screened_session, asked=asked, by=nurse, at=minutes(3))
    again = orders.ask(screened_session, asked=asked[:2], by=nurse, at=minutes(4))

    assert task.pk == again.pk
    assert task.assignee.user == practitioner
    assert again.link.count(":") == 2
    sign(plan, stock, by=practitioner)
    task.refresh_from_db()
    assert task.done_at


def test_the_database_keeps_an_order_as_it_was_signed(order, patient, other_patient):
    for change in ({"max_ml": 9}, {"valid_until": TODAY}, {"first_ordinal": 2}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderComponent.objects.filter(order=order).update(volume_ml=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=order.pk).delete()
    fields = {
        field.name: getattr(order, field.name) for field in Order._meta.fields if field.name not in ("id", "patient")
    }
    with pytest.raises(DatabaseError, match="of one patient"), transaction.atomic():
        Order.objects.create(**fields, patient=other_patient)


def test_the_database_wants_a_mix_in_every_order(order, plan):
    fields = {field.name: getattr(order, field.name) for field in Order._meta.fields if field.name != "id"}
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="recipe or what goes"), transaction.atomic():
        Order.objects.create(**fields)


def test_a_failure_in_the_middle_leaves_no_order(plan, stock, practitioner, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(orders, "_answer", broken)
    with pytest.raises(RuntimeError):
        sign(plan, stock, by=practitioner)

    assert not Order.objects.exists()
    assert not OrderComponent.objects.exists()
