import pytest
from django.urls import reverse

from tests.cast import PASSWORD
from tests.factories.treatments import CASE_1, NOTHING_NEW, answered, consented, inject, minutes
from treatments.models import TreatmentSession

MIX = {"volume_1": "2,0", "volume_2": "1.0", "volume_3": "1"}


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(minutes(0), tick=False)
    return time_machine


@pytest.fixture
def tablet(noon, as_user, practitioner, house):
    return as_user(practitioner, confirmed=True)


def page(name, *args):
    return reverse(f"treatments:{name}", args=[getattr(each, "pk", each) for each in args])


def mix_of(stock):
    return {**MIX, **{f"source_{number}": f"lot-{lot.pk}" for number, lot in enumerate(stock.values(), start=1)}}


def table(rows=CASE_1, **changes):
    """The table of zones as the page sends it."""
    sent = {"zones-TOTAL_FORMS": str(len(rows)), "zones-INITIAL_FORMS": "0"}
    for number, (zone, side, points) in enumerate(rows):
        row = {"zone": zone, "side": side, "points": points, "depth_mm": "1,5", "ml_per_point": "0,05"}
        more = {"technique": "papule", "needle": "30G 4 mm", "delivery": "manual"}
        sent |= {f"zones-{number}-{name}": str(value) for name, value in {**row, **more, **changes}.items()}
    return sent


def post(tablet, name, session, data, status=302):
    answer = tablet.post(page(name, session), data)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer


def test_case_1_on_the_tablet(tablet, noon, plan, consent, stock):
    assert tablet.get(page("session_open", plan, 1)).status_code == 200
    opened = tablet.post(page("session_open", plan, 1), {})
    session = TreatmentSession.objects.get()
    assert opened.url == page("session_detail", session)

    post(tablet, "session_screen", session, {**NOTHING_NEW, "weight_kg": "64,0"})
    post(tablet, "session_prepare", session, mix_of(stock))
    post(tablet, "session_time_out", session, {})
    post(tablet, "session_zones", session, table())
    noon.move_to(minutes(8), tick=False)
    post(tablet, "session_injection", session, {"antiseptic": "alcohol", "anaesthetic": "none", "now": "start"})
    noon.move_to(minutes(20), tick=False)
    started = {"injection_started_at": "2025-02-03T12:08"}
    post(tablet, "session_injection", session, {"antiseptic": "alcohol", "now": "stop", **started})
    noon.move_to(minutes(35), tick=False)
    seen = {"seen": "some", "effect_1": "redness", "grade_1": "1", "pain": "2", "end": "1"}
    post(tablet, "session_reaction", session, seen)
    assert "reauthenticate" in tablet.get(page("session_sign_off", session)).url
    tablet.confirm()
    review = tablet.get(page("session_sign_off", session)).content.decode()
    assert "150" in review
    assert "112.5" in review
    post(tablet, "session_sign_off", session, {})

    session.refresh_from_db()
    mix = session.session_preparations.get().preparation
    assert (session.state, session.injection_started_at) == ("signed", minutes(8))
    assert (mix.injected_ml, mix.wasted_ml) == (3, 1)
    assert session.session_documents.count() == 1
    assert "Add an addendum" in tablet.get(page("session_detail", session)).content.decode()


@pytest.mark.parametrize("state", ["open", "screened", "mixed", "injected", "ended", "signed"])
def test_the_page_stands_at_every_step(request, noon, as_user, practitioner, state, django_assert_max_num_queries):
    session = request.getfixturevalue(f"{state}_session")
    noon.move_to(minutes(45), tick=False)
    tablet = as_user(practitioner)
    tablet.get(page("session_detail", session))

    with django_assert_max_num_queries(80):
        answer = tablet.get(page("session_detail", session))

    assert answer.status_code == 200
    assert "Amara" in answer.content.decode()


def test_an_unanswered_question_keeps_what_was_typed(tablet, open_session):
    answers = {key: value for key, value in NOTHING_NEW.items() if key != "infection"}
    shown = post(tablet, "session_screen", open_session, {**answers, "pregnancy_note": "Test negative"}, 422)

    assert "Test negative" in shown.content.decode()
    assert "wants an answer every time" in shown.content.decode()


def test_what_is_not_known_is_decided_with_a_reason(tablet, consented_session):
    given = {**NOTHING_NEW, "infection": "unknown"}
    post(tablet, "session_screen", consented_session, given)
    shown = tablet.get(page("session_detail", consented_session)).content.decode()
    assert "say why" in shown

    post(tablet, "session_screen", consented_session, {**given, "reason_0": "", "words_0": "Skin looks clean"})

    found = consented_session.findings.get(stage="screening", code="not_checked")
    assert found.reason == "Skin looks clean"


def test_lots_are_suggested_in_the_order_of_their_expiry(tablet, screened_session, stock):
    shown = tablet.get(page("session_detail", screened_session))

    chosen = [str(source.value()) for source, _volume in shown.context["mix_form"].lines]
    assert chosen[:2] == [f"lot-{stock['vitamin-c'].pk}", f"lot-{stock['glutathione'].pk}"]


def test_the_mix_is_checked_while_it_is_typed(tablet, screened_session, stock):
    answer = tablet.post(page("session_mix_check", screened_session), mix_of(stock), headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in text
    assert "37.5" in text


def test_a_mix_without_a_consent_is_refused_and_stays_typed(tablet, open_session, practitioner, stock):
    answered(open_session, by=practitioner)

    shown = post(tablet, "session_prepare", open_session, mix_of(stock), 422).content.decode()

    assert "has not consented" in shown
    assert 'value="2,0"' in shown


def test_a_row_that_is_not_complete_keeps_the_table(tablet, mixed_session):
    rows = table(CASE_1[:1], points="twenty")
    shown = post(tablet, "session_zones", mixed_session, rows, 422).content.decode()

    assert 'value="twenty"' in shown
    assert not mixed_session.zone_applications.exists()


def test_more_than_was_drawn_is_refused_and_nothing_is_recorded(tablet, mixed_session):
    shown = post(tablet, "session_zones", mixed_session, table((*CASE_1, ("glabella", "midline", 30))), 422)

    assert "mL left" in shown.content.decode()
    assert not mixed_session.zone_applications.exists()


def test_a_strange_depth_is_recorded_with_a_reason(tablet, mixed_session):
    deep = table(CASE_1[:1], depth_mm="6")
    shown = post(tablet, "session_zones", mixed_session, deep, 422).content.decode()
    assert "outside the depth of the protocol" in shown

    post(tablet, "session_zones", mixed_session, {**deep, "words_0": "Thick skin"})

    assert mixed_session.zone_applications.get().depth_mm == 6


def test_saving_the_table_again_replaces_it(tablet, injected_session):
    post(tablet, "session_zones", injected_session, table(CASE_1[:2]))

    assert injected_session.zone_applications.count() == 2


def test_an_old_table_does_not_overwrite_a_newer_one(tablet, injected_session):
    shown = post(tablet, "session_zones", injected_session, {**table(CASE_1[:2]), "revision": "1"}, 422)

    assert "Somebody else has changed" in shown.content.decode()
    assert injected_session.zone_applications.count() == 4


def test_the_zones_of_the_last_session_are_suggested_but_not_saved(tablet, noon, signed_session, plan, practitioner):
    noon.move_to(minutes(7 * 24 * 60), tick=False)
    tablet = tablet.__class__()
    tablet.force_login(practitioner, backend="allauth.account.auth_backends.AuthenticationBackend")
    tablet.post(page("session_open", plan, 2), {})
    session = plan.sessions.get(planned_session__ordinal=2)
    answered(session, by=practitioner, at=minutes(7 * 24 * 60))

    shown = tablet.get(page("session_detail", session) + "?copy=last")

    rows = shown.context["zone_rows"].initial
    assert (rows[0]["zone"], rows[0]["preparation"], rows[0]["keep"]) == ("forehead", "", "")
    assert not {"points", "ml_per_point"} & set(rows[0]), "a dose is never taken over"
    assert not session.zone_applications.exists()


def test_the_sign_off_page_says_what_is_missing(tablet, mixed_session):
    shown = tablet.get(page("session_sign_off", mixed_session)).content.decode()

    assert "Still missing" in shown
    assert "The antiseptic is missing" in shown
    assert post(tablet, "session_sign_off", mixed_session, {}, 422)


def test_signing_asks_who_it_is_again(noon, as_user, practitioner, ended_session):
    practitioner.set_password(PASSWORD)
    practitioner.save()
    noon.move_to(minutes(40), tick=False)
    answer = as_user(practitioner).get(page("session_sign_off", ended_session))

    assert answer.status_code == 302
    assert "reauthenticate" in answer.url


def test_an_early_session_asks_why(tablet, plan, practitioner):
    consented(plan, by=practitioner)
    early = page("session_open", plan, 2)
    assert "Earlier than" in tablet.get(early).content.decode()

    tablet.post(early, {"words_0": "Travels next week"})

    found = plan.sessions.get().findings.get(code="interval_early")
    assert (found.stage, found.reason) == ("opening", "Travels next week")


def test_an_addendum_is_added_from_its_page(tablet, noon, signed_session):
    noon.move_to(minutes(60), tick=False)
    answer = tablet.post(page("session_addendum", signed_session), {"text": "She called: no pain."})

    assert answer.status_code == 302
    assert "She called" in tablet.get(page("session_detail", signed_session)).content.decode()


def test_a_session_is_given_up_from_its_page(tablet, screened_session):
    assert tablet.post(page("session_abandon", screened_session), {"reason": ""}).status_code == 422
    assert tablet.post(page("session_abandon", screened_session), {"reason": "Felt unwell"}).status_code == 302
    assert "Felt unwell" in tablet.get(page("session_detail", screened_session)).content.decode()


def test_the_lists_show_ones_own_sessions(tablet, noon, as_user, open_session, colleague):
    for url in (page("session_list", open_session.patient), page("session_unsigned")):
        assert "vitamin C" in tablet.get(url).content.decode()
    assert "vitamin C" not in as_user(colleague).get(page("session_unsigned")).content.decode()


def test_who_may_open_the_page(noon, as_user, open_session, colleague, stranger, owner, front_desk, auditor):
    url = page("session_detail", open_session)

    assert [as_user(each).get(url).status_code for each in (colleague, stranger)] == [404, 404]
    assert [as_user(each).get(url).status_code for each in (owner, front_desk, auditor)] == [403] * 3


def test_a_zone_recorded_through_the_machines_door_keeps_what_the_page_does_not_show(
    tablet, mixed_session, practitioner
):
    row = inject(mixed_session, by=practitioner, rows=CASE_1[:1], area_cm2=12)[0]

    post(tablet, "session_zones", mixed_session, table(CASE_1[:1], keep=row.pk))

    assert mixed_session.zone_applications.get().area_cm2 == 12
