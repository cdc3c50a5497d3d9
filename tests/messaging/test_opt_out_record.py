import pytest
from django.urls import reverse

from messaging import tasks
from messaging.models import OptOut
from tests.factories.messages import queue
from tests.factories.patients import register


@pytest.fixture
def message(clinic):
    return queue(register(clinic, given_name="Ada", email="ada@example.org"))


def test_a_patient_who_wants_no_messages_gets_none_until_they_ask_again(message, as_user, front_desk):
    desk = as_user(front_desk)
    url = reverse("messaging:opt_out_record", args=[message.pk])
    assert desk.get(url).status_code == 200
    assert desk.post(url, {}).status_code == 422
    assert desk.post(url, {"everything": "all"}).status_code == 302
    assert desk.post(url, {"everything": "all"}).status_code == 302
    assert tasks.relay() == 0

    mine = f"{reverse('messaging:message_list')}?patient={message.patient_id}"
    assert "wants no messages" in desk.get(mine).content.decode()
    lift = reverse("messaging:opt_out_lift", args=[OptOut.objects.get().pk])
    assert desk.get(lift).status_code == 200
    assert desk.post(lift).status_code == 302
    assert "wants no messages" not in desk.get(mine).content.decode()
    queue(message.patient, version=2)
    assert tasks.relay() == 1


def test_only_one_kind_can_be_refused(message, as_user, nurse):
    as_user(nurse).post(reverse("messaging:opt_out_record", args=[message.pk]), {"everything": "kind"})
    queue(message.patient, kind="staff")

    assert tasks.relay() == 1


@pytest.mark.parametrize("page", ["opt_out_record", "opt_out_lift"])
def test_who_may_not(page, message, as_user, nurse, auditor, stranger):
    as_user(nurse).post(reverse("messaging:opt_out_record", args=[message.pk]), {"everything": "all"})
    pk = message.pk if page == "opt_out_record" else OptOut.objects.get().pk
    url = reverse(f"messaging:{page}", args=[pk])

    assert as_user(auditor).post(url).status_code == 403
    assert as_user(stranger).post(url).status_code == 404
