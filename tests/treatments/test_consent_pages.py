import json

import pytest
from django.urls import reverse

from documents.models import Signature
from patients.actions import care_teams
from tests.cast import NOON, PASSWORD
from tests.factories.plans import sign
from tests.factories.treatments import STROKES
from treatments.models import Consent
from treatments.tables.consents import OPTIONS

ANSWERS = {**dict.fromkeys(OPTIONS, "no"), "photos_record": "yes", "language": "en"}


def url(name, pk):
    return reverse(f"treatments:{name}", args=[pk])


def signed(consent, **values):
    """What the tablet sends."""
    return {"strokes": json.dumps(STROKES), "sha256": consent.document.sha256, "understood": "on", **values}


PAGES = ["consent_detail", "consent_sign", "consent_hand_back", "consent_countersign", "consent_withdraw"]


@pytest.mark.parametrize("name", PAGES)
def test_whoever_is_not_logged_in_is_sent_to_log_in(client, presented_consent, name):
    assert client.get(url(name, presented_consent.pk)).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", PAGES)
def test_another_clinic_finds_nothing(as_user, stranger, presented_consent, name):
    assert as_user(stranger, confirmed=True).get(url(name, presented_consent.pk)).status_code == 404


def test_only_the_treating_practitioner_comes_to_countersign(as_user, front_desk, nurse, colleague, signed_consent):
    address = url("consent_countersign", signed_consent.pk)

    assert as_user(front_desk, confirmed=True).get(address).status_code == 403
    assert as_user(nurse, confirmed=True).get(address).status_code == 403
    assert as_user(colleague, confirmed=True).post(address, signed(signed_consent)).status_code == 404
    assert Consent.objects.get().state == "signed"


def test_a_colleague_who_looks_after_the_patient_too_does_not_countersign(
    as_user, second_doctor, colleague, practitioner, signed_consent
):
    care_teams.join(signed_consent.patient, second_doctor, by=practitioner, at=NOON)

    page = as_user(colleague, confirmed=True).post(
        url("consent_countersign", signed_consent.pk), signed(signed_consent)
    )

    assert page.status_code == 422
    assert b"Only the practitioner who treats" in page.content
    assert Consent.objects.get().state == "signed"


def test_the_auditor_reads_and_hands_out_nothing(as_user, auditor, presented_consent, plan):
    browser = as_user(auditor)

    assert browser.get(url("consent_detail", presented_consent.pk)).status_code == 200
    assert browser.get(url("consent_sign", presented_consent.pk)).status_code == 403
    assert browser.post(url("consent_present", plan.pk), ANSWERS).status_code == 403
    assert browser.post(url("consent_withdraw", presented_consent.pk), {"reason": "x"}).status_code == 403


def test_the_front_desk_sees_how_far_a_consent_is_and_not_what_it_says(as_user, front_desk, signed_consent):
    page = as_user(front_desk).get(url("consent_detail", signed_consent.pk)).content.decode()

    assert "Signed by the patient" in page
    assert "Glutathione" not in page
    assert signed_consent.document.title not in page


def test_each_question_is_asked_and_none_is_answered_beforehand(as_user, front_desk, plan):
    browser = as_user(front_desk)

    page = browser.get(url("consent_present", plan.pk)).content.decode()
    partly = browser.post(url("consent_present", plan.pk), {"language": "en", "photos_record": "yes"})

    assert page.count('type="radio"') == 2 * len(OPTIONS)
    assert "checked" not in page.split('type="radio"', 1)[1].split("</form>")[0]
    assert partly.status_code == 422
    assert partly.content.decode().count("Ask the patient: yes or no.") == len(OPTIONS) - 1
    assert not Consent.objects.exists()


def test_a_consent_is_presented_signed_and_countersigned(as_user, front_desk, practitioner, plan):
    browser = as_user(front_desk)

    shown = browser.post(url("consent_present", plan.pk), ANSWERS)
    consent = Consent.objects.get()
    assert shown.headers["Location"] == url("consent_detail", consent.pk)
    assert consent.options == {**dict.fromkeys(OPTIONS, False), "photos_record": True}

    kiosk = browser.get(url("consent_sign", consent.pk)).content.decode()
    assert plan.protocol.evidence_note in kiosk
    assert "43 %" not in kiosk
    assert 'class="rail"' not in kiosk
    assert plan.patient.full_name not in kiosk.split("</title>")[0]

    done = browser.post(url("consent_sign", consent.pk), signed(consent))
    assert done.headers["Location"] == url("consent_hand_back", consent.pk)
    assert b"hand the tablet back" in browser.get(done.headers["Location"]).content

    proven = as_user(practitioner, confirmed=True)
    last = proven.post(url("consent_countersign", consent.pk), signed(consent))
    assert last.headers["Location"] == url("consent_detail", consent.pk)
    consent.refresh_from_db()
    assert consent.state == "countersigned"
    assert Signature.objects.get(role="patient").witnessed_by == front_desk
    assert Signature.objects.get(role="practitioner").witnessed_by is None


def test_countersigning_asks_again_who_one_is(as_user, practitioner, signed_consent):
    practitioner.set_password(PASSWORD)
    practitioner.save()

    answer = as_user(practitioner).get(url("consent_countersign", signed_consent.pk))

    assert "reauthenticate" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"understood": ""}, "Tick this if it is so"),
        ({"strokes": "", "typed_name": " "}, "or type the full name"),
        ({"strokes": "scribble"}, "could not be read"),
        ({"sha256": "0" * 64}, "not the text that was issued"),
    ],
)
def test_a_signature_that_is_none_is_refused_in_a_sentence(as_user, front_desk, presented_consent, values, sentence):
    page = as_user(front_desk).post(url("consent_sign", presented_consent.pk), signed(presented_consent, **values))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Signature.objects.exists()


def test_who_cannot_draw_types_the_name(as_user, front_desk, presented_consent):
    sent = signed(presented_consent, strokes="", typed_name="Amara Okonkwo")

    as_user(front_desk).post(url("consent_sign", presented_consent.pk), sent)

    assert (Signature.objects.get().signer_name, Signature.objects.get().strokes) == ("Amara Okonkwo", {})


def test_the_tablet_sends_twice_and_signs_once(as_user, front_desk, presented_consent):
    browser, sent = as_user(front_desk), signed(presented_consent, idempotency_key="k" * 22)

    answers = [browser.post(url("consent_sign", presented_consent.pk), sent) for _tap in range(2)]

    assert Signature.objects.count() == 1
    assert {answer.headers["Location"] for answer in answers} == {url("consent_hand_back", presented_consent.pk)}


def test_a_signed_paper_asks_for_no_second_signature(as_user, front_desk, signed_consent):
    page = as_user(front_desk).get(url("consent_sign", signed_consent.pk)).content.decode()

    assert "signed already" in page
    assert "<canvas" not in page


def test_the_tablet_speaks_the_language_of_the_paper(as_user, front_desk, plan):
    browser = as_user(front_desk)
    browser.post(url("consent_present", plan.pk), {**ANSWERS, "language": "fr"})

    page = browser.get(url("consent_sign", Consent.objects.get().pk)).content.decode()

    assert 'lang="fr"' in page
    assert "Consentement" in page


def test_a_consent_is_withdrawn_on_the_page(as_user, front_desk, consent):
    browser = as_user(front_desk)

    silent = browser.post(url("consent_withdraw", consent.pk), {"reason": ""})
    browser.post(url("consent_withdraw", consent.pk), {"reason": "She changed her mind"})

    assert silent.status_code == 422
    assert Consent.objects.get().state == "withdrawn"
    assert b"She changed her mind" in browser.get(url("consent_detail", consent.pk)).content


def test_consents_of_a_patient(as_user, nurse, consent, plan, practitioner, django_assert_num_queries):
    browser, address = as_user(nurse), url("consent_list", plan.patient_id)
    browser.get(address)

    with django_assert_num_queries(QUERIES["consent_list"]):
        page = browser.get(address)

    assert page.content.decode().count("Countersigned") == 1


@pytest.mark.parametrize("state", ["presented", "countersigned"])
def test_a_consent_asks_the_database_as_often_however_far_it_is(
    request, as_user, nurse, presented_consent, practitioner, django_assert_max_num_queries, state
):
    if state == "countersigned":
        sign(sign(presented_consent, "patient", practitioner), "practitioner", practitioner)
    browser, address = as_user(nurse), url("consent_detail", presented_consent.pk)
    browser.get(address)

    with django_assert_max_num_queries(QUERIES["consent_detail"]):
        browser.get(address)


QUERIES = {"consent_list": 14, "consent_detail": 18}
