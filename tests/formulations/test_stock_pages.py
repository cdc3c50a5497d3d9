from decimal import Decimal

import pytest
from django.urls import reverse

from formulations.actions import lots, preparations, recipes
from formulations.models import Lot
from tests.cast import NOON, PASSWORD
from tests.factories import formulations as stock
from tests.factories import patients

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"formulations:{name}", args=args)


@pytest.fixture
def shelf(signed_reference):
    return stock.melasma_lots(signed_reference)


@pytest.fixture
def mix(shelf, practitioner, doctor):
    patient = patients.register(doctor.clinic, given_name="Amara", family_name="Okonkwo-Reyes", by=practitioner)
    return preparations.prepare(patient, components=stock.melasma_mix(shelf), by=practitioner, at=NOON)


@pytest.fixture
def recipe(signed_reference, practitioner):
    return recipes.add(
        signed_reference,
        name="Melasma C + glutathione",
        components=[
            {"ingredient": "vitamin-c", "concentration": Decimal(100), "volume_ml": Decimal(2)},
            {"ingredient": "glutathione", "concentration": Decimal(150), "volume_ml": Decimal(1)},
        ],
        by=practitioner,
        at=NOON,
    )


LISTS = ("lot_list", "product_list", "ingredient_list", "pair_rule_list", "formulation_list")


@pytest.mark.parametrize("name", LISTS)
def test_anonymous_is_sent_to_log_in_and_the_whole_team_reads(name, client, as_user, front_desk, auditor, shelf):
    assert client.get(url(name)).status_code == 302
    for user in (front_desk, auditor):
        assert as_user(user).get(url(name)).status_code == 200


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("lot_detail", lambda case: case["lot"].pk),
        ("lot_move", lambda case: case["lot"].pk),
        ("lot_quarantine", lambda case: case["lot"].pk),
        ("product_detail", lambda case: case["lot"].product_id),
        ("lot_receive", lambda case: case["lot"].product_id),
        ("preparation_detail", lambda case: case["mix"].pk),
        ("preparation_discard", lambda case: case["mix"].pk),
        ("formulation_detail", lambda case: case["recipe"].pk),
    ],
)
def test_another_clinics_row_is_not_there(name, make, as_user, stranger, owner, practitioner, shelf, mix, recipe):
    case = {"lot": shelf["vitamin-c"], "mix": mix, "recipe": recipe}
    assert as_user(stranger).get(url(name, make(case))).status_code == 404
    own = practitioner if name.startswith(("preparation", "formulation")) else owner
    assert as_user(own).get(url(name, make(case))).status_code == 200
    assert as_user(own).get(url(name, 999_999_999)).status_code == 404


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("lot_move", ("practitioner", "front_desk", "auditor")),
        ("lot_quarantine", ("front_desk", "auditor")),
        ("lot_receive", ("practitioner", "auditor")),
        ("preparation_detail", ("owner", "front_desk", "auditor")),
    ],
)
def test_the_wrong_role_is_refused(name, refused, as_user, request, shelf, mix):
    pk = {"lot_receive": shelf["vitamin-c"].product_id, "preparation_detail": mix.pk}.get(name, shelf["vitamin-c"].pk)
    for role in refused:
        assert as_user(request.getfixturevalue(role)).get(url(name, pk)).status_code == 403, role


def test_the_lot_page_says_received_used_wasted_left(as_user, nurse, shelf, mix, practitioner):
    preparations.reconcile(mix, injected_ml=Decimal(3), by=practitioner, at=NOON)
    page = as_user(nurse).get(url("lot_detail", shelf["vitamin-c"].pk))
    account = page.context["account"]
    assert (account.received, account.used, account.discarded, account.left) == (50, 2, 3, 45)
    assert account.received == account.used + account.discarded + account.quarantined + account.left
    lots.quarantine(shelf["vitamin-c"], reason="doubt", by=nurse, at=NOON)
    account = as_user(nurse).get(url("lot_detail", shelf["vitamin-c"].pk)).context["account"]
    assert (account.quarantined, account.left) == (45, 0)


def test_a_delivery_is_received_on_the_page_and_what_is_wrong_stays_typed(as_user, nurse, signed_reference, location):
    product = stock.product(signed_reference)
    page = as_user(nurse)
    wrong = page.post(
        url("lot_receive", product.pk),
        {"number": "VC-9", "expires_on": "31.13.2030", "packs": "x", "location": location.pk},
    )
    assert wrong.status_code == 422
    assert "31.13.2030" in wrong.content.decode()
    right = page.post(
        url("lot_receive", product.pk),
        {"number": "VC-9", "expires_on": "31/05/2030", "packs": "10", "location": location.pk},
    )
    lot = Lot.objects.get(number="VC-9")
    assert right.url == url("lot_detail", lot.pk)
    assert lot.balance == 50


def test_an_adjustment_takes_comma_and_point_and_a_refusal_keeps_what_was_typed(as_user, nurse, shelf):
    lot = shelf["vitamin-c"]
    page = as_user(nurse)
    assert (
        page.post(url("lot_move", lot.pk), {"kind": "wastage", "quantity": "0,02", "reason": "drops"}).status_code
        == 302
    )
    assert (
        page.post(url("lot_move", lot.pk), {"kind": "wastage", "quantity": "0.02", "reason": "drops"}).status_code
        == 302
    )
    lot.refresh_from_db()
    assert lot.balance == Decimal("49.96")
    refused = page.post(url("lot_move", lot.pk), {"kind": "wastage", "quantity": "500", "reason": "all of it"})
    assert refused.status_code == 422
    assert "all of it" in refused.content.decode()
    assert "49.96" in refused.content.decode()


def test_quarantine_needs_a_reason_and_shows_it(as_user, practitioner, shelf):
    lot = shelf["vitamin-c"]
    page = as_user(practitioner)
    assert page.post(url("lot_quarantine", lot.pk), {"reason": ""}).status_code == 422
    page.post(url("lot_quarantine", lot.pk), {"reason": "nodules"})
    assert "nodules" in page.get(url("lot_detail", lot.pk)).content.decode()


def test_a_product_is_added_as_its_label_says(as_user, owner, practitioner, signed_reference):
    body = {
        "name": "Lidocaine 1 %",
        "form": "ampoule",
        "volume_ml": "10",
        "dose": "single",
        "product_type": "medicine",
        "allergens": "parabens, sulfites",
        "ingredient_1": "lidocaine",
        "concentration_1": "10,0",
        "unit_1": "mg/mL",
    }
    for user in (owner, practitioner):
        assert as_user(user).get(url("product_add")).status_code == 200
    made = as_user(owner).post(url("product_add"), body)
    assert made.status_code == 302, made.context["form"].errors
    product = signed_reference.products.get(name="Lidocaine 1 %")
    assert product.allergens == ["parabens", "sulfites"]
    assert product.contents.get().concentration == 10
    again = as_user(owner).post(url("product_add"), body)
    assert (again.status_code, "in the list already" in again.content.decode()) == (422, True)


def test_lists_narrow_by_what_stands_in_the_address(as_user, nurse, shelf):
    page = as_user(nurse)
    found = page.get(url("lot_list"), {"q": "GS-25", "show": "all"}).context["page"]
    assert [lot.number for lot in found] == ["GS-2502-03"]
    assert page.get(url("lot_list"), {"show": "nonsense", "page": "999"}).status_code == 200
    withdrawn = page.get(url("ingredient_list"), {"status": "withdrawn"}).context["page"]
    assert [row.slug for row in withdrawn] == ["buflomedil"]
    assert all(
        row.severity == "block" for row in page.get(url("pair_rule_list"), {"severity": "block"}).context["page"]
    )
    assert len(page.get(url("product_list"), {"q": "glutathione"}).context["page"]) == 1


def test_an_empty_cap_is_no_validated_maximum_and_never_unlimited(as_user, nurse, shelf):
    page = as_user(nurse).get(url("ingredient_detail", "vitamin-c")).content.decode()
    assert "no validated maximum" in page
    assert "unlimited" not in page
    gone = as_user(nurse).get(url("ingredient_detail", "buflomedil")).content.decode()
    assert "every mix with it is refused" in gone


def test_only_the_director_approves_a_recipe_and_proves_who_they_are(as_user, practitioner, colleague, recipe):
    page = url("formulation_approve", recipe.pk)
    practitioner.set_password(PASSWORD)
    practitioner.save()
    assert as_user(practitioner).get(page).status_code == 302
    refused = as_user(colleague, confirmed=True).post(page, {"reason": "mine"})
    assert refused.status_code == 422
    assert as_user(practitioner, confirmed=True).post(page, {"reason": "in use for years"}).status_code == 302
    recipe.refresh_from_db()
    assert recipe.review == "approved"
    assert recipe.accepted_findings == ["no_validated_cap:glutathione+vitamin-c"]


def test_a_recipe_is_written_on_the_page(as_user, practitioner, signed_reference):
    body = {"name": "Glow", "ingredient_1": "vitamin-c", "concentration_1": "100", "unit_1": "mg/mL", "volume_1": "2"}
    half = as_user(practitioner).post(url("formulation_add"), {**body, "ingredient_2": "zinc"})
    assert (half.status_code, "Say how many mL" in half.content.decode()) == (422, True)
    assert as_user(practitioner).post(url("formulation_add"), body).status_code == 302
    assert signed_reference.formulations.get().versions.get().components.get().volume_ml == 2


def test_a_mix_is_shown_checked_by_a_second_person_and_thrown_away_with_a_reason(as_user, practitioner, nurse, mix):
    page = as_user(practitioner)
    shown = page.get(url("preparation_detail", mix.pk)).content.decode()
    assert "VC-2411-07" in shown
    assert "Okonkwo-Reyes" in shown
    assert page.post(url("preparation_confirm", mix.pk)).status_code == 422
    assert as_user(nurse).post(url("preparation_confirm", mix.pk)).status_code == 302
    assert page.post(url("preparation_discard", mix.pk), {"reason": ""}).status_code == 422
    assert page.post(url("preparation_discard", mix.pk), {"reason": "brown"}).status_code == 302
    mix.refresh_from_db()
    assert mix.state == "discarded"


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_number_of_questions_however_long(
    name, as_user, nurse, signed_reference, django_assert_max_num_queries
):
    for slug in ("vitamin-c", "glutathione", "sodium-chloride", "lidocaine", "pentoxifylline", "procaine"):
        stock.lot(signed_reference, slug)
    page = as_user(nurse)
    page.get(url(name))
    with django_assert_max_num_queries(12):
        page.get(url(name))


def test_the_pages_of_a_lot_and_a_mix_ask_a_fixed_number_of_questions(
    as_user, nurse, practitioner, shelf, mix, django_assert_max_num_queries
):
    page = as_user(practitioner)
    with django_assert_max_num_queries(15):
        page.get(url("lot_detail", shelf["vitamin-c"].pk))
    with django_assert_max_num_queries(35):
        page.get(url("preparation_detail", mix.pk))
