from datetime import timedelta

import pytest

from audit.models import Event
from common.refused import Refused
from documents import pdfs
from documents.models import Signature
from tests.cast import NOON
from tests.factories.plans import sign
from treatments.actions import consents
from treatments.models import Consent
from treatments.rules.consents import standing

TODAY = NOON.date()


def test_the_patient_signs_and_a_member_of_staff_witnesses(presented_consent, front_desk):
    signed = sign(presented_consent, "patient", front_desk, ip="10.0.0.7", user_agent="Tablet")

    signature = Signature.objects.get()
    assert (signed.state, signed.signed_by) == ("signed", front_desk)
    assert (signature.role, signature.signer_name, signature.witnessed_by) == (
        "patient",
        presented_consent.patient.full_name,
        front_desk,
    )
    assert signature.shown_sha256 == presented_consent.document.sha256
    assert signature.ip == "10.0.0.7"
    assert "consent.signed" in Event.objects.about(signed).kinds()


def test_the_practitioner_who_treats_countersigns(signed_consent, plan, practitioner):
    assert standing(plan, TODAY) == (None, "consent_missing")

    done = sign(signed_consent, "practitioner", practitioner)

    assert (done.state, done.countersigned_by) == ("countersigned", practitioner)
    assert standing(plan, TODAY) == (done, "")
    done.document.refresh_from_db()
    assert done.document.render_after == NOON


def test_the_patient_signs_first(presented_consent, practitioner):
    with pytest.raises(Refused, match="patient signs first") as refused:
        sign(presented_consent, "practitioner", practitioner)

    assert refused.value.code == "wrong_state"


def test_nobody_else_countersigns(signed_consent, colleague):
    with pytest.raises(Refused, match="practitioner who treats") as refused:
        sign(signed_consent, "practitioner", colleague)

    assert refused.value.code == "not_allowed"


def test_a_signature_names_the_text_that_was_shown(presented_consent, front_desk):
    with pytest.raises(Refused, match="not the text that was issued") as refused:
        sign(presented_consent, "patient", front_desk, sha256="0" * 64)

    assert refused.value.code == "consent_outdated"
    assert Consent.objects.get().state == "presented"


def test_an_empty_signature_is_none(presented_consent, front_desk):
    with pytest.raises(Refused) as refused:
        sign(presented_consent, "patient", front_desk, strokes=[])

    assert refused.value.code == "signature_missing"


def test_a_typed_name_stands_for_strokes(presented_consent, front_desk):
    signed = sign(presented_consent, "patient", front_desk, strokes=[], typed_name="Amara Okonkwo")

    signature = Signature.objects.get()
    assert signed.state == "signed"
    assert (signature.signer_name, signature.strokes) == ("Amara Okonkwo", {})
    assert "Amara Okonkwo" in pdfs.page_of(signed.document).split("signature-typed")[1][:80]


@pytest.mark.parametrize("role", ["patient", "practitioner"])
def test_clicks_at_once_sign_once(role, presented_consent, practitioner, at_once):
    consent = sign(presented_consent, "patient", practitioner) if role == "practitioner" else presented_consent

    results = at_once(lambda _number: sign(consent, role, practitioner), range(5))

    assert Signature.objects.filter(role=role).count() == 1
    assert {each.code for each in results if isinstance(each, Refused)} == {"already_done"}
    assert sum(isinstance(each, Consent) for each in results) == 1


def test_a_failure_in_the_middle_leaves_no_signature(presented_consent, front_desk, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.actions.consents.note_fields", broken)

    with pytest.raises(RuntimeError):
        sign(presented_consent, "patient", front_desk)

    assert not Signature.objects.exists()
    assert Consent.objects.get().state == "presented"


def test_a_withdrawn_consent_counts_no_more(consent, plan, front_desk):
    gone = consents.withdraw(consent, reason="She changed her mind", by=front_desk, at=NOON + timedelta(days=1))

    assert (gone.state, gone.withdrawn_by, gone.withdraw_reason) == ("withdrawn", front_desk, "She changed her mind")
    assert standing(plan, TODAY) == (None, "consent_missing")
    with pytest.raises(Refused) as refused:
        consents.withdraw(consent, reason="Again", by=front_desk, at=NOON)
    assert refused.value.code == "already_done"


def test_a_withdrawn_consent_is_not_signed(presented_consent, front_desk):
    consents.withdraw(presented_consent, reason="No", by=front_desk, at=NOON)

    with pytest.raises(Refused, match="withdrawn"):
        sign(presented_consent, "patient", front_desk)


def test_two_withdrawals_at_once_are_one(consent, practitioner, at_once):
    results = at_once(lambda _number: consents.withdraw(consent, reason="No", by=practitioner, at=NOON), range(3))

    assert {each.code for each in results if isinstance(each, Refused)} == {"already_done"}
    assert sum(isinstance(each, Consent) for each in results) == 1


def test_a_changed_substance_needs_a_new_consent(consent, plan):
    other = plan.clinic.ingredients.current().get(slug="niacinamide")
    plan.plan_ingredients.create(clinic=plan.clinic, ingredient=other, ordinal=4)

    assert standing(plan, TODAY) == (None, "consent_outdated")


def test_new_words_need_a_new_consent(consent, plan):
    version = consent.document.template_version
    version.state = "retired"
    version.save(update_fields=["state"])

    assert standing(plan, TODAY) == (None, "consent_outdated")


def test_a_consent_that_ran_out_counts_no_more(consent, plan):
    consent.consent_until = TODAY
    consent.save(update_fields=["consent_until"])

    assert standing(plan, TODAY)[0] == consent
    assert standing(plan, TODAY + timedelta(days=1)) == (None, "consent_missing")
