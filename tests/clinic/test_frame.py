import pytest
from django.test import Client, RequestFactory

from clinic import errors
from clinic.navigation import RAIL, links

TEAM = "/accounts/team/"


def test_the_frame_names_the_clinic_and_says_that_it_is_a_demonstration(as_user, owner, clinic):
    page = as_user(owner).get(TEAM).text
    assert clinic.name in page
    assert "Demonstration" in page


def test_the_rail_shows_a_member_only_what_the_table_grants(as_user, clinic, owner, auditor, nurse):
    for user in (owner, auditor, nurse):
        membership = user.memberships.get()
        assert all(link["entry"].permission is None or link["url"] for link in links(RAIL, membership, "/"))
    settings_of = [link["label"] for link in links(RAIL, nurse.memberships.get(), "/")]
    assert "Settings" not in settings_of


def test_the_start_page_leads_a_member_to_their_work(as_user, owner):
    assert as_user(owner).get("/").status_code == 302


def test_the_start_page_asks_a_stranger_to_log_in(db):
    assert Client().get("/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_every_error_has_its_own_page_which_asks_no_database(status):
    answer = errors.answer(RequestFactory().get("/nowhere/"), status)
    assert answer.status_code == status
    assert "entrance-box" in answer.text
    assert "Go to the start page" in answer.text


def test_a_page_that_was_open_too_long_says_that_nothing_typed_is_lost():
    answer = errors.csrf_failure(RequestFactory().post("/patients/new/"))
    assert answer.status_code == 403
    assert "open too long" in answer.text


def test_log_in_page_offers_no_sign_up_and_labels_its_fields(db):
    page = Client().get("/accounts/login/").text
    assert "ign up" not in page
    assert 'for="id_login"' in page
    assert 'for="id_password"' in page
