"""Every address, by everybody, in every way: what the table of roles says is what happens, and it is counted."""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.access import Scope, grant_of
from accounts.models import Clinic, User
from clinic.demo import people
from patients.actions import portal
from tests.clinic.test_demo import told
from tests.security.doors import Rows, doors, tell

# Pages on which a patient comes in: whoever is logged in as staff is told so, and sent nowhere.
FOR_PATIENTS = ("portal:enter", "portal:code_ask", "portal:code_enter", "portal:code_person")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = {person.roles[0]: person.email for person in people.PEOPLE if person.email != "colleague@demo.example"}


@pytest.fixture
def demo(db):
    told()
    return Clinic.objects.get(slug="demo")


@pytest.fixture
def principals(demo, stranger, as_user, client):
    """Nine who knock: five roles, a colleague, somebody of another clinic, a patient, nobody."""
    everybody = {email: User.objects.get(email=email) for email in [*ROLES.values(), "colleague@demo.example"]}
    found = {role: (as_user(everybody[email], confirmed=True), everybody[email]) for role, email in ROLES.items()}
    found["colleague"] = (
        as_user(everybody["colleague@demo.example"], confirmed=True),
        everybody["colleague@demo.example"],
    )
    found["stranger"] = (as_user(stranger, confirmed=True), stranger)
    found["patient"] = (enter_portal(demo), None)
    found["nobody"] = (client, None)
    return found


def enter_portal(clinic):
    patient = clinic.plans.order_by("pk").first().patient
    link = portal.invite(patient, by=User.objects.system(), at=timezone.now())
    browser = Client()
    browser.post(f"/portal/enter/{link.secret}/")
    return browser


def test_what_the_table_says_is_what_happens(demo, principals):
    rows, wrong, asked = Rows(demo), [], 0
    for door in doors():
        for who, (browser, user) in principals.items():
            membership = user.memberships.select_related("clinic").first() if user else None
            for method in METHODS:
                status = knock(browser, method, rows.address(door))
                asked += 1
                problem = judge(door, who, membership, method, status, rows)
                if problem:
                    wrong.append(f"{method} {door.name} by {who}: {status}, {problem}")
    tell("role x url x method", asked, wrong)
    assert not wrong, "\n".join(wrong[:40])


def knock(browser, method, address):
    """Ask, and take back whatever the asking changed."""
    with transaction.atomic():
        browser.raise_request_exception = False
        options = {"content_type": "application/json"} if address.startswith("/api/") else {}
        response = browser.generic(method, address, "{}" if options and method != "GET" else "", **options)
        transaction.set_rollback(True)
    return response.status_code


def judge(door, who, membership, method, status, rows):
    """Say what is wrong with an answer; nothing where it is as declared."""
    if status >= 500 and door.name != "readyz":
        return "the server broke"
    if door.access.kind == "public":
        if door.name in FOR_PATIENTS and membership:
            return None if status in (403, 405) else "staff came in as a patient"
        return "a public page was closed" if status in (401, 403) and method in ("GET", "HEAD") else None
    if who == "nobody":
        return None if status in (302, 401, 403, 405) else "open without a log-in"
    if door.access.kind == "patient":
        return patient_page(who, status)
    if who == "patient":
        return None if status in (302, 401, 403, 404, 405) else "a patient came in"
    if door.access.kind == "member":
        return None
    return staff_page(door, who, membership, method, status, rows)


def patient_page(who, status):
    if who == "patient":
        return "a patient was kept out of the portal" if status in (401, 403) else None
    return None if status in (302, 403, 404, 405) else "staff came into a patient's portal"


def staff_page(door, who, membership, method, status, rows):
    permissions = door.access.permissions_for(method)
    if not permissions:
        return None if status in (403, 404, 405) else "this method is not declared"
    grants = [grant for permission in permissions if (grant := grant_of(membership, permission))]
    if not grants:
        return None if status in (403, 404, 405) else "the role does not hold this permission"
    if who == "stranger" and "pk" in door.converters:
        return None if status in (404, 405) else "somebody of another clinic came in"
    if status in (401, 403) and not only_own(door, grants, method):
        return "the role holds this permission and was kept out"
    whole = any(grant.scope in (Scope.ALL, Scope.READ) for grant in grants)
    if status == 404 and whole and method == "GET" and rows.has(door) and who != "stranger" and has_file(door):
        return "a row of the clinic was not found"
    return None


def only_own(door, grants, method):
    """A rule may still say that this person is not the one (the practitioner who treats, the director)."""
    return method in ("POST", "PATCH") or all(grant.scope == Scope.OWN for grant in grants)


def has_file(door):
    """A paper's file may not be made yet, a booking page wants to know of what, a task may be for others."""
    return not door.name.endswith(
        ("document_file", "receipt_file", "appointment_time", "appointment_confirm", "task_done")
    )
