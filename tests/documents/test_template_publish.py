"""The words of a paper: written by one, read as they will look, published by another, never changed."""

from datetime import timedelta

import pytest

from accounts.models import User
from audit.models import Event
from common.refused import Refused
from documents import reference
from documents.actions import templates
from tests.cast import NOON, hire
from tests.factories import documents as papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(clinic):
    return papers.with_templates(clinic).template_versions.published().of("consent", "en").get()


def with_words(version, words, key="what"):
    parts = [{**part, "body": words} if part["key"] == key else part for part in version.body["sections"]]
    return {**version.body, "sections": parts}


def draft(version, by, **more):
    values = {"body": with_words(version, "<p>Many small injections.</p>"), "language": "en", "number": "2", **more}
    return templates.draft(version.template, **values, by=by, at=NOON)


def test_an_owner_publishes_what_a_practitioner_wrote_and_the_old_words_are_kept(published, practitioner, owner):
    version = draft(published, practitioner)

    templates.publish(version, by=owner, at=NOON)

    published.refresh_from_db()
    version.refresh_from_db()
    assert (version.state, version.published_by, published.state) == ("published", owner, "retired")
    assert Event.objects.about(version).kinds() == ["template_version.drafted", "template_version.published"]


def test_nobody_publishes_their_own_words_while_another_could(published, clinic, owner):
    hire(clinic, "Otto Other", "owner")
    version = draft(published, owner)

    with pytest.raises(Refused) as refused:
        templates.publish(version, by=owner, at=NOON + timedelta(days=3))
    assert refused.value.code == "second_person_required"


def test_where_nobody_else_could_a_day_stands_for_the_second_person(published, owner):
    version = draft(published, owner)

    with pytest.raises(Refused):
        templates.publish(version, by=owner, at=NOON + timedelta(hours=23))
    templates.publish(version, by=owner, at=NOON + timedelta(hours=24))


def test_a_promise_is_refused_with_its_sentence_and_how_to_mend_it(published, practitioner):
    body = with_words(published, "<p>It stings. <strong>It cures cellulite.</strong></p><p>No side effects.</p>")

    with pytest.raises(Refused) as refused:
        draft(published, practitioner, body=body)

    sentences = [str(reason.message) for reason in refused.value.reasons]
    assert [reason.code for reason in refused.value.reasons] == ["claim_found", "claim_found"]
    assert "It cures cellulite." in sentences[0]
    assert "not a cure" in sentences[0]


def test_a_promise_that_got_into_a_draft_is_not_published(published, practitioner, owner):
    version = draft(published, practitioner)
    version.body = with_words(published, "<p>Permanent results.</p>")
    version.save()

    with pytest.raises(Refused, match="promise"):
        templates.publish(version, by=owner, at=NOON)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ patient.shoe_size }}", "patient.shoe_size"),
        ("{% if secret %}x{% endif %}", "secret"),
        ("{% for x in diagnoses %}{{ x.name }}{% endfor %}", "diagnoses"),
        ("{% if a and clinic.phone or not b %}x{% endif %}", "a”"),
        ("{{ sessions|default:unknown_thing }}", "unknown_thing"),
        ("{% load i18n %}", "load"),
    ],
)
def test_words_name_only_what_something_fills(published, practitioner, words, said):
    with pytest.raises(Refused, match=said):
        draft(published, practitioner, body=with_words(published, words))


def test_a_consent_without_its_evidence_is_refused(published, practitioner):
    with pytest.raises(Refused, match="evidence_note"):
        draft(published, practitioner, body=with_words(published, "<p>Enough is known.</p>", key="evidence"))


def test_the_pages_draft_preview_and_publish(published, practitioner, owner, as_user):
    browser = as_user(practitioner)
    address = f"/documents/templates/versions/{published.pk}/draft/"
    form = browser.get(address).context["form"]
    values = {field.html_name: field.value() for field in form if field.value() is not None}

    refused = browser.post(address, {**values, "body_1": "<p>Painless.</p>"})
    assert refused.status_code == 422
    assert "Say what is felt" in refused.content.decode()
    kept = browser.post(address, {**values, "body_1": "<p>Many small injections.</p>"})
    assert kept.status_code == 302
    preview = browser.get(kept["Location"]).content.decode()
    assert "Many small injections." in preview
    assert "Amara Okonkwo" in preview
    version = published.template.versions.get(state="draft")
    publish = f"/documents/templates/versions/{version.pk}/publish/"
    assert browser.post(publish).status_code == 403

    assert as_user(owner, confirmed=True).post(publish).status_code == 302
    version.refresh_from_db()
    assert (version.number, version.state) == ("2", "published")
    assert "Version 1" in browser.get(f"/documents/templates/versions/{published.pk}/").content.decode()


def test_the_house_itself_loads_its_words(clinic):
    assert papers.with_templates(clinic).template_versions.published().count() == len(reference.DEFAULTS) * len(
        reference.LANGUAGES
    )
    assert User.objects.system().kind == "system"
