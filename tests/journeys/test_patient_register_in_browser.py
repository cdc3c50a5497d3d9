import re

import pytest
from playwright.sync_api import expect

from patients.models import Patient


@pytest.mark.parametrize("width", [1280, 390])
def test_the_front_desk_registers_by_keyboard_and_is_warned_of_a_twin(patient, front_desk, logged_in, width):
    page = logged_in(front_desk)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/patients/register/")

    page.get_by_label("Given name").fill("Okonkwo")
    page.get_by_label("Family name").fill("Amara")
    expect(page.get_by_text("Perhaps here already")).to_be_in_viewport()
    expect(page.locator("#duplicates")).to_contain_text("P-000001")

    page.get_by_label("Given name").fill("Ama")
    page.get_by_label("Family name").fill("D'Arcy")
    expect(page.get_by_text("Perhaps here already")).to_have_count(0)
    page.get_by_label("Date of birth").fill("02/03/1985")
    expect(page.get_by_text("2 March 1985")).to_be_visible()
    page.get_by_label("Allergies").fill("soy\nwalnuts")
    page.keyboard.press("Control+Enter")

    expect(page).to_have_url(re.compile(r"/patients/\d+/$"))
    banner = page.locator("#patient-banner")
    expect(banner).to_contain_text("Ama D'Arcy")
    expect(banner).to_contain_text("Allergy")
    expect(page.locator("body")).not_to_contain_text("walnuts")
    assert Patient.objects.get(family_name="D'Arcy").allergies.unreviewed().count() == 2


def test_a_patient_is_found_from_anywhere_by_slash(patient, nurse, logged_in):
    page = logged_in(nurse)
    page.goto("/patients/tasks/", wait_until="networkidle")

    page.keyboard.press("/")
    page.keyboard.type("okonkwo ama")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Okonkwo, Amara").click()

    expect(page.locator("#patient-banner")).to_contain_text("P-000001")


def test_a_task_is_ticked_and_the_tick_taken_back(clinic, patient, nurse, logged_in):
    from patients.actions import tasks
    from tests.cast import NOON

    tasks.add(clinic, text="Call Amara", patient=patient, by=nurse, at=NOON)
    page = logged_in(nurse)
    page.goto("/patients/tasks/")
    tick = re.compile("^Done ?: Call Amara")

    page.get_by_role("button", name=tick).click()
    expect(page.get_by_role("status").filter(has_text="Done: Call Amara")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("button", name=tick)).to_be_visible()
