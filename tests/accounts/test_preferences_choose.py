from django.conf import settings
from django.test import Client

from audit.models import Event


def test_a_chosen_language_follows_the_person_to_every_machine(as_user, owner):
    browser = as_user(owner)

    answer = browser.post("/accounts/language/", {"language": "fr", "next": "/accounts/team/"})

    owner.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/team/")
    assert owner.language == "fr"
    assert Event.objects.about(owner).kinds() == ["user.language_chosen"]
    assert 'lang="fr"' in browser.get("/accounts/team/").text


def test_an_unknown_language_changes_nothing(as_user, owner):
    before = owner.language
    as_user(owner).post("/accounts/language/", {"language": "xx"})
    owner.refresh_from_db()
    assert owner.language == before


def test_appearance_is_a_cookie_that_the_server_reads(as_user, owner):
    browser = as_user(owner)
    browser.post("/accounts/theme/", {"theme": "dark"})
    assert browser.cookies["theme"].value == "dark"
    assert 'data-bs-theme="dark"' in browser.get("/accounts/team/").text


def test_a_choice_leads_to_no_other_host(db):
    answer = Client().post("/accounts/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_stranger_may_choose_a_language_before_logging_in(db):
    browser = Client()
    browser.post("/accounts/language/", {"language": "es"})
    assert browser.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"
