"""The mix page: what its lines begin with, a lot by its code, a weight, the check while one types."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from common.dates import zone_of
from formulations.actions import lots, packs, recipes
from formulations.models import Preparation
from tests.cast import NOON
from tests.factories.formulations import lot
from tests.factories.orders import sign
from tests.factories.treatments import minutes
from treatments.models import TreatmentPlan

HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(minutes(4), tick=False)
    return time_machine


@pytest.fixture
def bench(as_user, practitioner, screened_session):
    return as_user(practitioner, confirmed=True)


def page(name, session):
    return reverse(f"treatments:{name}", args=[session.pk])


def mix_of(stock, *volumes, **more):
    shelf = zip(stock.values(), volumes or ("2", "1", "1"), strict=True)
    sent = {"here": "page", **more}
    for number, (row, volume) in enumerate(shelf, start=1):
        sent |= {f"source_{number}": f"lot-{row.pk}", f"volume_{number}": volume}
    return sent


def initial(answer):
    form = answer.context["mix_form"]
    return {name: form[name].value() for name in form.fields if form[name].value()}


def test_the_lines_begin_with_the_recipe_of_the_plan_and_the_first_lot_to_be_used_up(
    bench, house, plan, screened_session, stock, practitioner, patient
):
    shelf = [{"product": each.product, "volume_ml": Decimal(2)} for each in stock.values()]
    version = recipes.add(house, name="Melasma", components=shelf, by=practitioner, at=NOON)
    recipes.approve(version, reason="Usual", by=practitioner, at=NOON)
    TreatmentPlan.objects.filter(pk=plan.pk).update(version=version)
    soon = lot(house, "vitamin-c", number="SOON", of=stock["vitamin-c"].product, expires_on=date(2025, 3, 1))
    pack = packs.open(stock["glutathione"], patient=patient, by=practitioner, at=minutes(1))

    begun = initial(bench.get(page("session_prepare", screened_session)))

    assert begun["version"] == version.pk
    assert (begun["source_1"], begun["volume_1"]) == (f"lot-{soon.pk}", "2")
    assert begun["source_2"] == f"pack-{pack.pk}"
    free = initial(bench.get(page("session_prepare", screened_session) + "?recipe=free"))
    assert not [name for name in free if name.startswith("source_")]


def test_an_approved_recipe_speaks_at_the_bench_until_it_is_changed(
    bench, house, screened_session, stock, practitioner
):
    shelf = [
        {"product": each.product, "volume_ml": Decimal(ml)}
        for each, ml in zip(stock.values(), ("2", "1", "1"), strict=True)
    ]
    version = recipes.add(house, name="Melasma", components=shelf, by=practitioner, at=NOON)
    recipes.approve(version, reason="Usual", by=practitioner, at=NOON)

    same = bench.post(page("session_mix_check", screened_session), mix_of(stock, version=version.pk), headers=HX)
    more = mix_of(stock, "3", "1", "1", version=version.pk)
    changed = bench.post(page("session_mix_check", screened_session), more, headers=HX)

    assert "accepted with Melasma v1 by Paula Practitioner on 2025-02-03" in same.content.decode()
    assert "accepted with" not in changed.content.decode()


def test_the_target_is_filled_up_and_the_mix_drawn_with_what_is_to_be_injected(bench, screened_session, stock):
    typed = mix_of(stock, "2", "1", "", target_ml="6,0", injected_ml="5")
    panel = bench.post(page("session_mix_check", screened_session), typed, headers=HX).content.decode()
    assert "q.s." in panel

    assert bench.post(page("session_prepare", screened_session), typed).status_code == 302

    mix = Preparation.objects.get()
    assert (mix.total_ml, mix.planned_ml) == (Decimal(6), Decimal(5))


def scan(bench, session, text, **sent):
    return bench.post(page("session_mix_scan", session), {"here": "page", "scan": text, **sent}, headers=HX)


def test_a_scanned_lot_takes_its_line(bench, house, screened_session, stock):
    other = lot(house, "vitamin-c", number="VC-NEW", of=stock["vitamin-c"].product)
    saline = stock["sodium-chloride"]
    code = f"(01)03453120000011(17){saline.expires_on:%y%m%d}(10){saline.number}"

    first = initial(scan(bench, screened_session, "vc-new\r", **mix_of(stock)))
    second = initial(scan(bench, screened_session, code))

    assert (first["source_1"], first["volume_1"]) == (f"lot-{other.pk}", "2")
    assert second["source_1"] == f"lot-{saline.pk}"


def test_the_open_pack_of_the_patient_is_what_a_scan_takes(bench, patient, screened_session, stock, practitioner):
    pack = packs.open(stock["vitamin-c"], patient=patient, by=practitioner, at=minutes(1))
    assert initial(scan(bench, screened_session, "VC-2411-07"))["source_1"] == f"pack-{pack.pk}"


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("unknown", "There is no lot NOPE at this place."),
        ("recalled", "is recalled."),
        ("quarantined", "is in quarantine."),
        ("expired", "expired on 1 Feb 2025."),
        ("empty", "Nothing is left"),
        ("other date", "the stock says 31 Dec 2026"),
        ("foreign", "There is no lot FOREIGN"),
    ],
)
def test_a_scan_that_cannot_be_used_says_why(
    bench, house, screened_session, stock, practitioner, other_clinic, case, sentence
):
    text = "VC-2411-07"
    if case == "unknown":
        text = "NOPE"
    if case == "recalled":
        lots.recall(stock["vitamin-c"], reason="Letter", by=practitioner, at=minutes(1))
    if case == "quarantined":
        lots.quarantine(stock["vitamin-c"], reason="Letter", by=practitioner, at=minutes(1))
    if case == "expired":
        text = lot(house, of=stock["vitamin-c"].product, number="OLD", expires_on=date(2025, 2, 1)).number
    if case == "empty":
        lots.move(
            stock["vitamin-c"], kind="wastage", quantity=Decimal(50), reason="Broken", by=practitioner, at=minutes(1)
        )
    if case == "other date":
        text = "(01)03453120000011(17)270131(10)VC-2411-07"
    if case == "foreign":
        text = "FOREIGN"

    answer = scan(bench, screened_session, text)

    assert sentence in answer.content.decode()
    assert "source_1" not in initial(answer)


def test_the_weight_is_typed_where_it_is_missed(bench, house, screened_session, stock, patient):
    numb = {"here": "page", "source_1": f"lot-{lot(house, 'lidocaine', quantity='40').pk}", "volume_1": "20"}
    before = bench.post(page("session_mix_check", screened_session), numb, headers=HX).content.decode()
    assert 'name="weight_kg"' in before

    after = bench.post(page("session_weigh", screened_session), {**numb, "weight_kg": "70,5"}, headers=HX)

    assert 'name="weight_kg"' not in after.content.decode()
    assert patient.weights.get().kg == Decimal("70.5")
    wrong = bench.post(page("session_weigh", screened_session), {**numb, "weight_kg": "x"}, headers=HX)
    assert "Write the weight as a number" in wrong.content.decode()


def test_the_nurse_sees_whose_order_stands_or_whom_to_ask(
    as_user, nurse, delegation, plan, screened_session, stock, practitioner
):
    tablet = as_user(nurse)
    assert "has not signed an order" in tablet.get(page("session_prepare", screened_session)).content.decode()
    refused = tablet.post(page("session_prepare", screened_session), mix_of(stock))
    assert refused.status_code == 422
    assert page("order_ask", screened_session) in refused.content.decode()

    sign(plan, stock, by=practitioner)

    assert "Order of the prescriber" in tablet.get(page("session_prepare", screened_session)).content.decode()
    assert tablet.post(page("session_prepare", screened_session), mix_of(stock)).status_code == 302


def test_what_was_decided_before_is_told_and_not_asked_again(bench, screened_session, stock, practitioner, plan, noon):
    screened_session.findings.create(
        clinic=plan.clinic,
        stage="opening",
        code="contraindication",
        severity="warn",
        subjects=["last_reaction"],
        message="-",
        found_at=NOON,
        reason="Discussed with the patient, who agrees",
        overridden_at=NOON,
        overridden_by=practitioner,
    )
    screened_session.screening.answers = {**screened_session.screening.answers, "last_reaction": "severe"}
    screened_session.screening.save()

    panel = bench.post(page("session_mix_check", screened_session), mix_of(stock), headers=HX).content.decode()

    assert "Decided:" in panel
    assert 'name="reason_0"' not in panel


def test_the_page_is_for_those_who_treat(as_user, front_desk, auditor, stranger, nurse, screened_session):
    for person, status in ((front_desk, 403), (auditor, 403), (stranger, 404)):
        assert as_user(person).get(page("session_prepare", screened_session)).status_code == status
        assert as_user(person).post(page("session_mix_scan", screened_session)).status_code == status
        assert as_user(person).post(page("session_weigh", screened_session)).status_code == status


def test_before_the_five_questions_and_after_the_end_there_is_nothing_to_mix(bench, open_session, time_machine):
    time_machine.move_to(minutes(5) + timedelta(0), tick=False)
    type(open_session).objects.filter(pk=open_session.pk).update(
        state="abandoned", abandoned_at=NOON, abandoned_by=open_session.started_by, abandon_reason="x"
    )
    assert bench.get(page("session_prepare", open_session)).status_code == 302


def clock(moment):
    return moment.astimezone(zone_of("Europe/Madrid")).strftime("%H:%M")


@pytest.mark.parametrize(("standard", "hours"), [("", 4), ("immediate", 4), ("category-1", 12)])
def test_how_it_is_prepared_says_before_when_it_is_used(bench, screened_session, stock, standard, hours):
    typed = mix_of(stock, standard=standard)
    panel = bench.post(page("session_mix_check", screened_session), typed, headers=HX).content.decode()

    assert bench.post(page("session_prepare", screened_session), typed).status_code == 302

    mix = Preparation.objects.get()
    assert mix.beyond_use_at == mix.prepared_at + timedelta(hours=hours)
    assert "drawn now, use before" in panel
    assert clock(mix.beyond_use_at) in panel
    tray = bench.get(page("session_detail", screened_session)).content.decode()
    assert clock(mix.beyond_use_at) in tray


def test_four_products_are_asked_about_at_the_bedside_and_not_under_a_hood(bench, house, screened_session, stock):
    fourth = lot(house, "lidocaine")
    typed = {**mix_of(stock), "source_4": f"lot-{fourth.pk}", "volume_4": "0.5"}

    def asked(standard):
        answer = bench.post(page("session_mix_check", screened_session), {**typed, "standard": standard}, headers=HX)
        return "too_many_products" in [each.code for each in answer.context["check"].findings]

    assert asked("immediate")
    assert not asked("category-1")


def test_a_mix_that_is_no_whole_number_of_millilitres_is_shown(bench, screened_session, stock):
    panel = bench.post(page("session_mix_check", screened_session), mix_of(stock, "2,5", "1", "1"), headers=HX)

    assert "4.5" in panel.content.decode()


def test_an_unknown_way_of_preparing_is_refused(bench, screened_session, stock):
    typed = mix_of(stock, standard="category-9")

    assert bench.post(page("session_prepare", screened_session), typed).status_code == 422
    assert not Preparation.objects.exists()


def test_the_machines_door_takes_how_it_is_prepared(api, practitioner, screened_session, stock):
    door, first = api(practitioner), next(iter(stock.values()))
    body = {"session": screened_session.pk, "components": [{"lot": first.pk, "volume_ml": "2"}]}
    odd = door.post("/api/v1/preparations/", {**body, "standard": "category-9"})
    assert odd.status_code == 400

    drawn = door.post("/api/v1/preparations/", {**body, "standard": "category-1"})

    mix = Preparation.objects.get(pk=drawn.json()["id"])
    assert mix.beyond_use_at == mix.prepared_at + timedelta(hours=12)
