import pytest
from django.urls import reverse

from tests.factories.patients import register

pytestmark = pytest.mark.django_db
URL = "/patients/"


def shown(answer):
    return [patient.full_name for patient in answer.context["page"].object_list]


@pytest.fixture
def crowd(clinic, nurse):
    """People whose names are hard to find."""
    from datetime import date

    clinic.jurisdiction = "ES"
    register(clinic, given_name="Séan", family_name="O'Neil", born_on=date(1985, 3, 2), phone="612 345 678")
    register(clinic, given_name="Jörg", family_name="Müller-Østergård", born_on=date(1990, 12, 24))
    register(clinic, given_name="María José", family_name="García Núñez", former_names=["Peralta"])
    register(clinic, given_name="Li", family_name="Bo")
    register(clinic, given_name="D’Angelo", family_name="Ibáñez", preferred_name="Angie", email="angie@example.org")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("oneil", "Séan O'Neil"),
        ("O’Neil", "Séan O'Neil"),
        ("neil sean", "Séan O'Neil"),
        ("1985-03-02", "Séan O'Neil"),
        ("02/03/1985", "Séan O'Neil"),
        ("2 March 1985", "Séan O'Neil"),
        ("5678", "Séan O'Neil"),
        ("345 678", "Séan O'Neil"),
        ("612345678", "Séan O'Neil"),
        ("P-000001", "Séan O'Neil"),
        ("p1", "Séan O'Neil"),
        ("000001", "Séan O'Neil"),
        ("mueller", "Jörg Müller-Østergård"),
        ("muller", "Jörg Müller-Østergård"),
        ("oestergaard jorg", "Jörg Müller-Østergård"),
        ("nunez garcia", "María José García Núñez"),
        ("NÚÑEZ jose", "María José García Núñez"),
        ("nunyez", "María José García Núñez"),
        ("peralta", "María José García Núñez"),
        ("li", "Li Bo"),
        ("bo li", "Li Bo"),
        ("dangelo", "D’Angelo Ibáñez"),
        ("angie", "D’Angelo Ibáñez"),
        ("angie@example", "D’Angelo Ibáñez"),
    ],
)
def test_a_patient_is_found_by_any_part_of_what_is_known(crowd, nurse, as_user, typed, found):
    assert shown(as_user(nurse).get(URL, {"q": typed})) == [found]


@pytest.mark.parametrize("typed", ["%", "_", "zzz", "'; DROP TABLE", "\\", "99/99/2000", "x" * 300, "(((", "\ud7ff"])
def test_what_nobody_matches_finds_nobody_and_breaks_nothing(crowd, nurse, as_user, typed):
    answer = as_user(nurse).get(URL, {"q": typed})

    assert answer.status_code == 200


def test_without_a_search_everybody_is_listed_by_family_name(crowd, nurse, as_user):
    assert shown(as_user(nurse).get(URL))[:2] == ["Li Bo", "María José García Núñez"]


def test_no_match_differs_from_no_patients(clinic, nurse, as_user):
    browser = as_user(nurse)
    assert "The first file opens" in browser.get(URL).content.decode()

    register(clinic, family_name="Smith")

    assert "Clear the search" in browser.get(URL, {"q": "nobody"}).content.decode()


def test_the_list_asks_as_many_questions_for_many_as_for_few(
    clinic, nurse, as_user, django_assert_max_num_queries, django_assert_num_queries
):
    browser = as_user(nurse)
    register(clinic, family_name="Smith")
    browser.get(URL)
    with django_assert_max_num_queries(8) as few:
        browser.get(URL, {"q": "smith"})

    for _ in range(30):
        register(clinic, family_name="Smithson")

    with django_assert_num_queries(len(few)):
        browser.get(URL, {"q": "smith"})


def test_pages_of_the_list_keep_the_search(clinic, nurse, as_user):
    for _ in range(27):
        register(clinic, family_name="Smithson")
    answer = as_user(nurse).get(URL, {"q": "smithson"})

    assert len(shown(answer)) == 25
    assert "q=smithson&amp;page=2" in answer.content.decode()


def test_another_clinics_patients_are_not_listed(patient, stranger, as_user):
    assert shown(as_user(stranger).get(URL, {"q": "Amara"})) == []
    assert shown(as_user(stranger).get(URL)) == []


def test_anonymous_is_sent_to_log_in(client, db):
    answer = client.get(URL)

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_the_auditor_finds_by_name_and_sees_no_birth_date_and_no_telephone(crowd, auditor, as_user):
    browser = as_user(auditor)
    page = browser.get(URL, {"q": "o'neil"})

    assert shown(page) == ["Séan O'Neil"]
    assert "1985" in page.content.decode()
    assert "2 Mar" not in page.content.decode()
    assert "345" not in page.content.decode()
    assert shown(browser.get(URL, {"q": "345678"})) == []
    assert shown(browser.get(URL, {"q": "1985-03-02"})) == []
    assert shown(browser.get(URL, {"q": "P-000001"})) == ["Séan O'Neil"]


def test_the_quick_search_answers_options(crowd, front_desk, as_user):
    answer = as_user(front_desk).get("/patients/find/", {"q": "oneil"}).content.decode()

    assert 'role="option"' in answer
    assert "O&#x27;Neil" in answer
