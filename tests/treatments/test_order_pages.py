"""Orders on their pages and at the machine's door, for every role."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.models import Task
from tests.factories.formulations import melasma_mix
from tests.factories.orders import lines
from tests.factories.treatments import finish, inject, minutes
from treatments.actions import sessions
from treatments.models import Order

API = "/api/v1/orders/"


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(minutes(4), tick=False)


def page(name, pk):
    return reverse(f"treatments:{name}", args=[pk])


def body(plan, stock):
    shelf = [{"product": each["product"].pk, "volume_ml": str(each["volume_ml"])} for each in lines(stock)]
    until = timezone.now().date() + timedelta(days=30)
    return {
        "plan": plan.pk,
        "components": shelf,
        "first_ordinal": 1,
        "last_ordinal": 3,
        "max_ml": "3,5",
        "zones": ["forehead"],
        "valid_until": until.isoformat(),
    }


def test_the_nurse_asks_and_the_prescriber_signs_the_very_mix(
    as_user, delegation, nurse, practitioner, screened_session, plan, stock
):
    said = ",".join(f"{each['lot'].product_id}:{each['volume_ml']}" for each in melasma_mix(stock))
    ask = f"{page('order_ask', screened_session.pk)}?mix={said}"
    tablet = as_user(nurse)
    assert "Vitamin C 100 mg/mL · " in tablet.get(ask).content.decode()
    assert tablet.post(ask).status_code == 302
    task = Task.objects.get(reason_key=f"order:{screened_session.pk}")

    desk = as_user(practitioner, confirmed=True)
    shown = desk.get(task.link, follow=True)
    form = shown.context["form"]
    given = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    signed = desk.post(shown.redirect_chain[-1][0], {**given, "idempotency_key": "", "zones": []}, follow=True)

    order = Order.objects.get()
    assert "injected in a session" in signed.content.decode()
    assert (order.first_ordinal, order.last_ordinal, order.components.count()) == (1, 1, 3)
    task.refresh_from_db()
    assert task.done_at
    assert page("order_detail", order.pk) in desk.get(page("plan_detail", plan.pk)).content.decode()


def test_an_order_that_lacks_something_is_said_and_stays_typed(as_user, practitioner, plan):
    answer = as_user(practitioner, confirmed=True).post(page("order_sign", plan.pk), {"max_ml": "x", "note": "Slowly"})

    assert answer.status_code == 422
    assert "Slowly" in answer.content.decode()


def test_who_may_do_what_with_an_order(
    as_user,
    order,
    plan,
    practitioner,
    nurse,
    front_desk,
    auditor,
    owner,
    stranger,
    other_patient,
):
    readers = {practitioner: 200, nurse: 200, owner: 200, front_desk: 403, auditor: 403, stranger: 404}
    for person, status in readers.items():
        assert as_user(person).get(page("order_detail", order.pk)).status_code == status
    for person in (nurse, owner, front_desk, auditor):
        assert as_user(person, confirmed=True).get(page("order_sign", plan.pk)).status_code == 403
        assert as_user(person, confirmed=True).post(page("order_withdraw", order.pk)).status_code == 403
    assert as_user(stranger, confirmed=True).get(page("order_sign", plan.pk)).status_code == 404
    unproved = as_user(practitioner).get(page("order_sign", plan.pk))
    assert "reauthenticate" in unproved["Location"]


def test_withdrawn_on_the_page(as_user, order, practitioner):
    desk = as_user(practitioner, confirmed=True)
    assert "Withdraw" in desk.get(page("order_detail", order.pk)).content.decode()
    shown = desk.post(page("order_withdraw", order.pk), {"reason": "A rash"}, follow=True).content.decode()
    assert "A rash" in shown
    assert desk.post(page("order_withdraw", order.pk), {"reason": "Again"}).status_code == 422


def test_the_api_signs_reads_and_withdraws(api, practitioner, nurse, front_desk, stranger, plan, stock, doctor):
    signed = api(practitioner, confirmed=True).post(API, body(plan, stock))

    assert signed.status_code == 201
    said = signed.json()
    assert (said["max_ml"], said["zones"], len(said["components"])) == ("3.5", ["forehead"], 3)
    assert api(practitioner).post(API, body(plan, stock)).json()["code"] == "step_up_required"
    assert api(front_desk).get(API).status_code == 403
    assert api(nurse).get(f"{API}?plan={plan.pk}").json()["results"][0]["id"] == said["id"]
    assert api(stranger).get(f"{API}{said['id']}/").status_code == 404
    assert api(nurse).post(f"{API}{said['id']}/withdraw/", {"reason": "x"}).status_code == 403
    withdrawn = api(practitioner, confirmed=True).post(f"{API}{said['id']}/withdraw/", {"reason": "Rash"})
    assert withdrawn.json()["withdraw_reason"] == "Rash"
    again = api(practitioner, confirmed=True).post(f"{API}{said['id']}/withdraw/", {"reason": "Rash"})
    assert (again.status_code, again.json()["code"]) == (409, "already_done")


def test_the_api_asks_for_an_order(api, delegation, nurse, stranger, screened_session, stock):
    asked = {"session": screened_session.pk, "components": body(screened_session.plan, stock)["components"]}

    answer = api(nurse).post(f"{API}ask/", asked)

    assert answer.status_code == 201
    assert "order/ask/?mix=" in answer.json()["link"]
    assert api(stranger).post(f"{API}ask/", asked).status_code == 404


def test_the_closed_session_says_under_whose_order_it_was_mixed(
    as_user,
    practitioner,
    nurse,
    order,
    screened_session,
    stock,
):
    sessions.prepare(screened_session, components=melasma_mix(stock), by=nurse, at=minutes(5))
    inject(screened_session, by=nurse)
    finish(screened_session, by=nurse)
    sessions.sign_off(screened_session, by=practitioner, at=minutes(40))

    shown = as_user(practitioner).get(page("session_detail", screened_session.pk)).content.decode()
    assert "Under the order of" in shown


def test_an_order_without_a_mix_is_refused(api, practitioner, plan, stock):
    empty = body(plan, stock) | {"components": []}
    answer = api(practitioner, confirmed=True).post(API, empty)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Order.objects.exists()
