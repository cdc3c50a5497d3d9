import pytest
from django.urls import reverse

from tests.factories.treatments import inject

pytestmark = pytest.mark.django_db


def url(lot):
    return reverse("safety:lot_exposure", args=[lot.pk])


def test_everybody_who_received_a_lot_stands_on_one_page(as_user, owner, practitioner, mixed_session, mix, stock):
    inject(mixed_session, by=practitioner)

    page = as_user(owner).get(url(stock["vitamin-c"]))

    assert (page.context["patients"], page.context["sessions"]) == (1, 1)
    assert len(page.context["page"]) == 4
    assert mixed_session.patient.full_name in page.content.decode()


def test_who_may_see_whom_a_lot_reached(client, as_user, owner, nurse, auditor, front_desk, stranger, stock):
    lot = stock["vitamin-c"]
    assert client.get(url(lot)).status_code == 302
    for user, status in ((owner, 200), (nurse, 200), (auditor, 200), (front_desk, 403), (stranger, 404)):
        assert as_user(user).get(url(lot)).status_code == status
    assert "Nobody has received" in as_user(owner).get(url(lot)).content.decode()
