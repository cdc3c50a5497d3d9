"""The check through the machine's door, over the clinic's own rows."""

import json
from pathlib import Path

import pytest

from audit.models import Event
from formulations import reference as files
from tests.factories import formulations as stock
from tests.factories import patients

pytestmark = pytest.mark.django_db
MIXES = json.loads((Path(__file__).parent.parent / "data" / "everyday_mixes.json").read_text(encoding="utf-8"))
URL = "/api/v1/formulations/check/"


@pytest.fixture
def amara(signed_reference, practitioner):
    return patients.register(
        signed_reference, given_name="Amara", family_name="Okonkwo-Reyes", weight_kg="64", by=practitioner
    )


def melasma(**more):
    return {
        "injected_ml": "3.0",
        "components": [
            {"ingredient": "vitamin-c", "concentration": "100", "unit": "mg/mL", "volume_ml": "2.0"},
            {"ingredient": "glutathione", "concentration": "150", "unit": "mg/mL", "volume_ml": "1.0"},
            {"ingredient": "sodium-chloride", "concentration": "9", "unit": "mg/mL", "volume_ml": "1.0"},
        ],
        **more,
    }


def codes(answer, severity=None):
    return [each["code"] for each in answer.json()["findings"] if severity in (None, each["severity"])]


def component(slug, volume="1", concentration="1"):
    return {"ingredient": slug, "concentration": concentration, "unit": "mg/mL", "volume_ml": volume}


def test_the_melasma_figures_are_exact(api, practitioner, amara):
    answer = api(practitioner).post(URL, melasma(patient=amara.pk))

    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert (body["verdict"], body["total_ml"]) == ("ok", "4")
    assert body["components"][:2] == [
        {
            "ingredient": "vitamin-c",
            "unit": "mg",
            "amount": "200",
            "final_per_ml": "50",
            "delivered": "150",
            "cap": None,
        },
        {
            "ingredient": "glutathione",
            "unit": "mg",
            "amount": "150",
            "final_per_ml": "37.5",
            "delivered": "112.5",
            "cap": None,
        },
    ]
    assert codes(answer) == ["no_validated_cap"]
    assert "Dr Paula Practitioner decides" in body["findings"][0]["message"]


def test_the_same_mix_from_lots_and_from_products_gives_the_same_figures(api, practitioner, amara):
    shelf = stock.melasma_lots(amara.clinic)
    for name in ("lot", "product"):
        listed = [
            {name: lot.pk if name == "lot" else lot.product_id, "volume_ml": volume}
            for lot, volume in zip(shelf.values(), ("2", "1", "1"), strict=True)
        ]
        body = api(practitioner).post(URL, {"injected_ml": "3", "components": listed}).json()
        assert [each["delivered"] for each in body["components"]] == ["150", "112.5", "6.75"]


def test_comma_and_point_are_the_same_number(api, practitioner, signed_reference):
    figures = [
        api(practitioner).post(URL, {"components": [component("vitamin-c", volume, "100")]}).json()["components"]
        for volume in ("0,02", "0.02")
    ]
    assert figures[0] == figures[1]
    assert figures[0][0]["amount"] == "2"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nonsense": 1}, "unknown_field"),
        ({"components": []}, "invalid"),
        ({"components": [component("unobtainium")]}, "invalid"),
        ({"components": [component("vitamin-c", "0")]}, "invalid"),
        ({"components": [{"volume_ml": "1"}]}, "invalid"),
        ({"injected_ml": "5"}, "invalid"),
    ],
)
def test_a_body_that_means_nothing_is_answered_with_a_sentence(api, practitioner, signed_reference, change, code):
    answer = api(practitioner).post(URL, {**melasma(), **change})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["detail"]


def test_another_clinics_patient_lot_and_product_are_not_there(api, stranger, amara):
    lot = stock.lot(amara.clinic)
    for named in (
        melasma(patient=amara.pk),
        {"components": [{"lot": lot.pk, "volume_ml": "1"}]},
        {"components": [{"product": lot.product_id, "volume_ml": "1"}]},
    ):
        assert api(stranger).post(URL, named).status_code == 404


def test_the_front_desk_does_not_check_mixes_and_a_checked_chart_is_written_down(api, front_desk, practitioner, amara):
    assert api(front_desk).post(URL, melasma()).status_code == 403
    before = Event.objects.filter(kind="chart.viewed").count()
    api(practitioner).post(URL, melasma(patient=amara.pk))
    assert Event.objects.filter(kind="chart.viewed").count() == before + 1


def test_the_chart_speaks_at_once_reviewed_or_not(api, practitioner, nurse, front_desk, signed_reference):
    patient = patients.register(
        signed_reference, by=front_desk, allergies=["soy"], medicines=["something nobody knows"], weight_kg="59"
    )
    answer = api(nurse).post(URL, {"patient": patient.pk, "components": [component("phosphatidylcholine", "1", "50")]})
    assert codes(answer, "block") == ["ingredient_restricted", "allergy"]
    assert "not_checked" in codes(answer, "warn")
    assert answer.json()["verdict"] == "block"


def test_an_unknown_weight_speaks_and_a_known_one_sets_the_cap(api, practitioner, signed_reference):
    mix = {"components": [component("lidocaine", "20", "10")]}
    unknown = patients.register(signed_reference, by=practitioner)
    known = patients.register(signed_reference, by=practitioner, weight_kg="61")
    assert "weight_unknown" in codes(api(practitioner).post(URL, {**mix, "patient": unknown.pk}), "block")
    body = api(practitioner).post(URL, {**mix, "patient": known.pk}).json()
    assert body["components"][0]["cap"] == "274.5"


PAIRS = [
    row
    for row in files.pairs()
    if row.severity == "block" and not any(":" in side or side == "any" for side in (row.a, row.b))
]


def test_every_blocking_pair_of_the_catalogue_blocks(api, practitioner, signed_reference):
    client = api(practitioner)
    let_through = []
    for row in PAIRS:
        answer = client.post(URL, {"components": [component(row.b), component(row.a)]})
        if "pair_incompatible" not in codes(answer, "block"):
            let_through.append((row.a, row.b))
    assert len(PAIRS) > 25
    assert let_through == []


def test_withdrawn_prohibited_restricted_and_inactive_substances_block_with_their_codes(
    api, practitioner, signed_reference
):
    client = api(practitioner)
    out_of_use = [row for row in files.ingredients() if row.status != "active"]
    for row in out_of_use:
        answer = client.post(URL, {"components": [component(row.slug)]})
        assert f"ingredient_{row.status}" in codes(answer, "block"), row.slug
        assert answer.json()["verdict"] == "block"
    assert {row.status for row in out_of_use} == {"withdrawn", "prohibited", "restricted", "inactive"}


def test_everyday_mixes_stay_quiet_and_an_approved_recipe_never_interrupts(api, practitioner, amara):
    client, loud = api(practitioner, confirmed=True), []
    for mix in MIXES:
        body = {"injected_ml": mix["injected_ml"], "components": mix["components"], "patient": amara.pk}
        if client.post(URL, body).json()["verdict"] != "ok":
            loud.append((mix["name"], body))
    assert len(loud) <= 7

    still = []
    for name, body in loud:
        recipe = {"name": name, "components": body["components"]}
        version = client.post("/api/v1/formulations/", recipe).json()
        approved = client.post(f"/api/v1/formulations/{version['id']}/approve/", {"reason": "long in use here"})
        answer = client.post(URL, {**body, "formulation": version["id"]}).json()
        if approved.status_code != 200 or answer["verdict"] != "ok":
            still.append((name, approved.json(), answer["findings"]))
    assert still == []


def test_what_the_policy_of_the_place_enables_prohibits_and_flags(api, practitioner, amara):
    from accounts.actions import policies
    from tests.cast import NOON

    client = api(practitioner)
    four = {"components": [component(slug, "1", "1") for slug in ("vitamin-c", "glutathione", "zinc")]}
    four["components"].append(component("sodium-chloride", "1", "9"))
    assert "too_many_products" in codes(client.post(URL, four), "note")
    for key, value in (
        ("ingredients.enabled", ["phosphatidylcholine"]),
        ("ingredients.prohibited", ["zinc"]),
        ("preparations.usp_797", True),
    ):
        policies.decide(amara.clinic, key, value, effective_on=NOON.date(), by=practitioner, at=NOON)
    assert "too_many_products" in codes(client.post(URL, four), "warn")
    assert "ingredient_prohibited" in codes(client.post(URL, four), "block")
    allowed = client.post(URL, {"components": [component("phosphatidylcholine", "1", "50")]})
    assert "ingredient_restricted" not in codes(allowed)


def test_a_check_asks_the_same_number_of_questions_however_long_the_mix(
    api, practitioner, amara, django_assert_max_num_queries
):
    client = api(practitioner)
    client.post(URL, melasma(patient=amara.pk))
    long = [component(row.slug) for row in files.ingredients()[:12]]
    with django_assert_max_num_queries(45):
        client.post(URL, {"patient": amara.pk, "components": long})
