"""Products, lots, packs and mixes through the machine's door."""

from decimal import Decimal

import pytest

from formulations.models import Lot, Preparation, StockMovement
from tests.factories import formulations as shelf
from tests.factories import patients
from tests.factories.treatments import inject, minutes

pytestmark = pytest.mark.django_db
API = "/api/v1/"

VITAMIN_C = {
    "name": "Vitamin C 100 mg/mL",
    "ingredients": [{"ingredient": "vitamin-c", "concentration": "100", "unit": "mg/mL"}],
    "form": "ampoule",
    "volume_ml": "5",
    "dose": "single",
}


def received(client, product, **more):
    body = {"product": product, "number": "VC-2411-07", "expires_on": "2031-05-31", "quantity": "50", "unit": "mL"}
    return client.post(f"{API}lots/", {**body, **more})


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(minutes(5), tick=False)


def drawn(client, session, stock, **more):
    volumes = zip(stock.values(), ("2", "1", "1"), strict=True)
    components = [{"lot": lot.pk, "volume_ml": volume} for lot, volume in volumes]
    return client.post(f"{API}preparations/", {"session": session.pk, "components": components, **more})


def test_a_product_and_its_lot_are_added_and_read_back(api, owner, reference, location):
    client = api(owner)
    product = client.post(f"{API}products/", VITAMIN_C)
    assert product.status_code == 201, product.json()
    lot = received(client, product.json()["id"], location=location.pk)
    assert lot.status_code == 201, lot.json()
    assert (lot.json()["balance"], lot.json()["state"]) == ("50", "active")
    detail = client.get(f"{API}lots/{lot.json()['id']}/").json()
    assert [(row["kind"], row["quantity"]) for row in detail["movements"]] == [("receipt", "50")]
    listed = client.get(f"{API}lots/?product={product.json()['id']}").json()["results"]
    assert [row["number"] for row in listed] == ["VC-2411-07"]
    assert client.get(f"{API}lots/?product=x").json()["results"] == []
    packs = received(client, product.json()["id"], number="VC-2", quantity=None, packs=3)
    assert packs.status_code == 400  # a null quantity is not a quantity
    body = {"product": product.json()["id"], "number": "VC-2", "expires_on": "2031-05-31", "packs": 3}
    assert client.post(f"{API}lots/", body).json()["balance"] == "15"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"colour": "red"}, 400, "unknown_field"),
        ({"ingredients": [{"ingredient": "unobtainium"}]}, 400, "invalid"),
        ({"ingredients": []}, 400, "invalid"),
        ({"volume_ml": "-5"}, 400, "invalid"),
        ({"volume_ml": "five"}, 400, "invalid"),
        ({"form": "bucket"}, 400, "invalid"),
    ],
)
def test_a_product_that_means_nothing_is_answered_with_a_sentence(api, owner, reference, change, status, code):
    answer = api(owner).post(f"{API}products/", {**VITAMIN_C, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()


def test_movements_keep_their_rules_and_take_comma_and_point(api, owner, reference):
    lot, client = shelf.lot(reference), api(owner)
    url = f"{API}lots/{lot.pk}/movements/"
    for quantity in ("0,02", "0.02"):
        assert client.post(url, {"kind": "wastage", "quantity": quantity, "reason": "drops"}).status_code == 201
    assert client.get(f"{API}lots/{lot.pk}/").json()["balance"] == "49.96"
    refused = client.post(url, {"kind": "wastage", "quantity": "50", "reason": "all"})
    assert (refused.status_code, refused.json()["code"]) == (409, "lot_insufficient")
    assert client.post(url, {"kind": "draw", "quantity": "1", "reason": "x"}).status_code == 400
    assert client.post(url, {"kind": "wastage", "quantity": "1"}).json()["code"] == "reason_needed"


def test_a_lot_is_set_aside_once_and_given_free_again(api, practitioner, reference):
    lot, client = shelf.lot(reference), api(practitioner)
    assert client.post(f"{API}lots/{lot.pk}/quarantine/", {"reason": "nodules"}).json()["state"] == "quarantined"
    again = client.post(f"{API}lots/{lot.pk}/quarantine/", {"reason": "nodules"})
    assert (again.status_code, again.json()["code"]) == (409, "already_done")
    assert client.post(f"{API}lots/{lot.pk}/release/", {"reason": "culture negative"}).json()["state"] == "active"
    assert client.post(f"{API}lots/{lot.pk}/quarantine/", {}).status_code == 400


def test_the_same_key_sends_a_movement_once(api, owner, reference):
    lot, client = shelf.lot(reference), api(owner)
    body = {"kind": "wastage", "quantity": "1", "reason": "dropped"}
    for _ in range(2):
        answer = client.post(f"{API}lots/{lot.pk}/movements/", body, HTTP_IDEMPOTENCY_KEY="one")
        assert answer.status_code == 201
    assert StockMovement.objects.filter(lot=lot, kind="wastage").count() == 1


def test_who_may_do_what_with_stock(api, owner, practitioner, nurse, front_desk, auditor, stranger, reference):
    lot = shelf.lot(reference)
    move = {"kind": "wastage", "quantity": "1", "reason": "x"}
    for user, status in ((owner, 201), (nurse, 201), (practitioner, 403), (front_desk, 403), (auditor, 403)):
        assert api(user).post(f"{API}lots/{lot.pk}/movements/", move).status_code == status
    for user, status in ((owner, 201), (nurse, 201), (front_desk, 201), (practitioner, 403), (auditor, 403)):
        answer = received(api(user), lot.product_id, number=f"N-{user.pk}")
        assert answer.status_code == status
    for path in (f"lots/{lot.pk}/", f"lots/{lot.pk}/exposure/", f"products/{lot.product_id}/"):
        assert api(stranger).get(API + path).status_code == 404
        assert api(owner).get(API + path).status_code == 200
    assert received(api(stranger), lot.product_id).status_code == 404


def test_a_pack_is_opened_for_a_patient(api, practitioner, reference, stranger):
    lot, patient = shelf.lot(reference), patients.register(reference, by=practitioner)
    pack = api(practitioner).post(f"{API}packs/", {"lot": lot.pk, "patient": patient.pk})
    assert pack.status_code == 201, pack.json()
    assert (pack.json()["left_ml"], pack.json()["dose"]) == ("5", "single")
    assert api(practitioner).post(f"{API}packs/", {"lot": lot.pk}).json()["code"] == "reason_needed"
    assert api(stranger).post(f"{API}packs/", {"lot": lot.pk, "patient": patient.pk}).status_code == 404


def test_a_mix_is_drawn_for_its_session_with_exact_figures(api, noon, practitioner, screened_session, stock):
    answer = drawn(api(practitioner), screened_session, stock)
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert (body["total_ml"], body["session"], body["state"]) == ("4", screened_session.pk, "drawn")
    amounts = {row["substances"][0]["ingredient"]: row["substances"][0]["amount"] for row in body["components"]}
    assert amounts == {"vitamin-c": "200", "glutathione": "150", "sodium-chloride": "9"}
    assert body["beyond_use_at"] == "2025-02-03T16:05:00+01:00"
    assert [each["code"] for each in body["findings"]] == ["no_validated_cap"]
    assert api(practitioner).get(f"{API}preparations/{body['id']}/").json() == body


def test_a_refused_mix_names_everything_and_draws_nothing(api, noon, practitioner, screened_session, stock):
    Lot.objects.filter(pk=stock["glutathione"].pk).update(state="quarantined")
    Lot.objects.filter(pk=stock["vitamin-c"].pk).update(expires_on="2025-02-02")
    answer = drawn(api(practitioner), screened_session, stock)
    assert answer.status_code == 409
    assert {reason["code"] for reason in answer.json()["reasons"]} == {"lot_expired", "lot_quarantined"}
    assert all(reason["message"] for reason in answer.json()["reasons"])
    assert not Preparation.objects.exists()


def test_a_foreign_session_lot_and_pack_are_not_there(api, noon, practitioner, stranger, screened_session, stock):
    assert drawn(api(stranger), screened_session, stock).status_code == 404
    missing = {"session": screened_session.pk, "components": [{"lot": 10**9, "volume_ml": "1"}]}
    assert api(practitioner).post(f"{API}preparations/", missing).status_code == 404
    both = {"session": screened_session.pk, "components": [{"lot": 1, "pack": 1, "volume_ml": "1"}]}
    assert api(practitioner).post(f"{API}preparations/", both).status_code == 400


def test_a_mix_is_thrown_away_with_a_reason_once(api, noon, practitioner, mixed_session, mix):
    client, url = api(practitioner), f"{API}preparations/{mix.pk}/discard/"
    assert client.post(url, {"reason": "brown"}).json()["state"] == "discarded"
    again = client.post(url, {"reason": "brown"})
    assert (again.status_code, again.json()["code"]) == (409, "already_done")


def test_exposure_follows_the_lot_to_patients_sessions_and_zones(api, noon, practitioner, mixed_session, mix, stock):
    inject(mixed_session, by=practitioner)
    body = api(practitioner).get(f"{API}lots/{stock['vitamin-c'].pk}/exposure/").json()
    assert (body["patients"], body["sessions"]) == (1, 1)
    by_zone = {(row["zone"], row["side"]): row["ml"] for row in body["rows"]}
    assert by_zone == {
        ("forehead", "midline"): "0.5",
        ("malar", "right"): "0.45",
        ("malar", "left"): "0.45",
        ("chin", "midline"): "0.1",
    }
    assert {row["on"] for row in body["rows"]} == {"2025-02-03"}
    figures = {name: Decimal(value) for name, value in body["balance"].items()}
    assert figures["received"] == sum(figures[name] for name in ("used", "discarded", "quarantined", "left"))
    assert (figures["received"], figures["used"], figures["left"]) == (50, 2, 48)


def test_the_catalogue_is_read_by_the_whole_team_with_its_caps_and_sources(api, front_desk, reference):
    client = api(front_desk)
    page = client.get(f"{API}ingredients/?limit=200").json()
    assert len(page["results"]) == 68
    lidocaine = client.get(f"{API}ingredients/lidocaine/").json()
    assert (lidocaine["max_dose_per_session"], lidocaine["max_dose_per_kg"]) == ("300", "4.5")
    assert lidocaine["source"]
    assert client.get(f"{API}ingredients/vitamin-c/").json()["max_dose_per_session"] is None
    assert client.get(f"{API}ingredients/nothing/").status_code == 404
    assert len(client.get(f"{API}incompatibilities/?limit=200").json()["results"]) == 97
    assert len(client.get(f"{API}effects/?limit=200").json()["results"]) == 62


def test_lists_ask_the_same_number_of_questions_however_long(api, nurse, reference, django_assert_max_num_queries):
    for slug in ("vitamin-c", "glutathione", "sodium-chloride", "lidocaine", "pentoxifylline"):
        shelf.lot(reference, slug)
    client = api(nurse)
    for path in ("lots/", "products/", "ingredients/", "formulations/"):
        with django_assert_max_num_queries(8):
            client.get(API + path)


def test_the_rest_of_an_open_pack_is_thrown_away_with_a_reason(
    api, noon, practitioner, nurse, stranger, patient, stock
):
    pack = api(practitioner).post(f"{API}packs/", {"lot": stock["vitamin-c"].pk, "patient": patient.pk}).json()
    url = f"{API}packs/{pack['id']}/discard/"
    assert api(stranger).post(url, {"reason": "Dropped"}).status_code == 404
    assert api(practitioner).post(url, {"reason": "Dropped"}).json()["left_ml"] == "0"
    stock["vitamin-c"].refresh_from_db()
    assert stock["vitamin-c"].balance == 45


def test_a_mix_of_which_something_was_injected_is_not_thrown_away(api, noon, practitioner, mixed_session, mix):
    inject(mixed_session, by=practitioner)
    answer = api(practitioner).post(f"{API}preparations/{mix.pk}/discard/", {"reason": "Spoiled"})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


def test_what_is_planned_to_be_injected_is_what_the_caps_are_asked_of(
    api, noon, practitioner, screened_session, stock, house, plan, consent
):
    from tests.factories.formulations import lot

    numb = lot(house, "lidocaine", quantity="40")
    body = {"session": screened_session.pk, "components": [{"lot": numb.pk, "volume_ml": "40"}]}
    every = api(practitioner).post(f"{API}formulations/check/", body).json()
    part = api(practitioner).post(f"{API}formulations/check/", body | {"injected_ml": "10"}).json()
    assert "dose_cap_exceeded" in [each["code"] for each in every["findings"]]
    assert "dose_cap_exceeded" not in [each["code"] for each in part["findings"]]
