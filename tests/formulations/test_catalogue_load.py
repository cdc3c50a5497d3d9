from datetime import timedelta

import pytest

from accounts.models import User
from audit.models import Event
from common.refused import Refused
from formulations.actions import catalogue
from formulations.models import Ingredient, Review
from tests.cast import NOON
from treatments.actions import protocols

pytestmark = pytest.mark.django_db


def test_a_new_clinic_gets_the_whole_catalogue_in_force(reference):
    assert reference.ingredients.current().count() == 68
    assert reference.pair_rules.current().count() == 97
    assert reference.effects.current().count() == 62
    assert reference.indications.current().count() == 22
    assert reference.protocols.current().count() == 27
    assert reference.zones.current().count() == 56
    assert reference.condition_policies.current().count() == 91
    assert reference.washouts.current().count() == 18
    assert "catalogue.loaded" in Event.objects.about(reference).kinds()


def test_loading_again_changes_nothing(reference):
    catalogue.load(reference, by=User.objects.system(), at=NOON)
    protocols.load(reference, by=User.objects.system(), at=NOON)

    assert reference.ingredients.count() == 68
    assert reference.condition_policies.count() == 91
    assert not reference.ingredients.proposed().exists()


def test_a_change_of_the_reference_is_only_proposed_to_a_clinic_that_has_it(reference):
    reference.ingredients.filter(slug="lidocaine").update(max_dose_per_session=200)
    reference.ingredients.filter(slug="zinc").delete()

    catalogue.load(reference, by=User.objects.system(), at=NOON + timedelta(days=400))

    proposed = reference.ingredients.proposed()
    assert sorted(proposed.values_list("slug", "version")) == [("lidocaine", 2), ("zinc", 1)]
    assert reference.ingredients.by_slug()["lidocaine"].max_dose_per_session == 200

    catalogue.load(reference, by=User.objects.system(), at=NOON + timedelta(days=401))
    assert proposed.count() == 2


def test_the_clinics_own_wording_is_kept_and_proposed_to_only_once(reference):
    row = reference.ingredients.get(slug="caffeine")
    Ingredient.objects.filter(pk=row.pk).update(review=Review.RETIRED)
    row.pk, row.version, row.origin, row.max_dose_per_session, row.max_dose_unit = None, 2, "clinic", 50, "mg"
    row.save()

    catalogue.load(reference, by=User.objects.system(), at=NOON)

    assert reference.ingredients.by_slug()["caffeine"].max_dose_per_session == 50
    assert not reference.ingredients.proposed().exists()


def test_only_the_medical_director_puts_a_proposal_in_force(reference, practitioner, colleague):
    reference.ingredients.filter(slug="lidocaine").update(max_dose_per_session=200)
    catalogue.load(reference, by=User.objects.system(), at=NOON)
    proposal = reference.ingredients.proposed().get()

    with pytest.raises(Refused, match="medical director"):
        catalogue.approve(proposal, by=colleague, at=NOON)
    approved = catalogue.approve(proposal, by=practitioner, at=NOON)

    assert reference.ingredients.by_slug()["lidocaine"] == approved
    assert approved.signed_by == practitioner
    assert reference.ingredients.filter(slug="lidocaine", review=Review.RETIRED).count() == 1
    assert Event.objects.about(approved).kinds() == ["catalogue.row_approved"]


def test_a_proposed_block_stops_once_the_director_has_signed_it(reference, practitioner, colleague):
    row = reference.pair_rules.current().get(a="hyaluronidase", b="sodium-deoxycholate")
    assert not row.is_confirmed

    with pytest.raises(Refused, match="medical director"):
        catalogue.sign(row, by=colleague, at=NOON)
    assert catalogue.sign(row, by=practitioner, at=NOON).is_confirmed
    with pytest.raises(Refused, match="already signed"):
        catalogue.sign(row, by=practitioner, at=NOON)


def test_the_law_of_the_place_becomes_the_clinics_decisions_once(clinic):
    clinic.jurisdiction = "DEMO"
    clinic.save()
    system = User.objects.system()

    catalogue.load(clinic, by=system, at=NOON)
    protocols.load(clinic, by=system, at=NOON)
    catalogue.load(clinic, by=system, at=NOON)

    decided = dict(clinic.policies.values_list("key", "value"))
    assert decided["ingredients.enabled"] == ["deoxycholic-acid"]
    assert set(decided["ingredients.prohibited"]) == {"buflomedil", "thyroxine"}
    assert decided["preparations.usp_797"] is True
    assert decided["protocols.disabled"] == ["localised-fat-pcdc-4"]
    assert clinic.policies.count() == 4


def test_each_clinic_has_a_copy_of_its_own(reference, other_clinic):
    assert not other_clinic.ingredients.exists()
    catalogue.load(other_clinic, by=User.objects.system(), at=NOON)
    assert other_clinic.ingredients.current().count() == 68
