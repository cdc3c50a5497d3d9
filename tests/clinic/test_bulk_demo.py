"""Volume data: as many as asked for, and every guarantee back in its place afterwards."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import Clinic, User
from clinic.volume.guarantees import GUARANTEES, broken
from clinic.volume.tables import TABLES
from formulations.actions import lots
from scheduling.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
WALLS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid IN ('scheduling_appointment'::regclass, 'patients_patient'::regclass)
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('scheduling_appointment', 'patients_patient')
UNION ALL SELECT tgname, tgenabled::text FROM pg_trigger
WHERE tgrelid IN ('scheduling_appointment'::regclass, 'patients_patient'::regclass) AND NOT tgisinternal
ORDER BY 1, 2
"""


def walls():
    with connection.cursor() as cursor:
        cursor.execute(WALLS)
        return cursor.fetchall()


def test_volume_data_is_written_and_the_constraints_are_back():
    before, told = walls(), StringIO()
    call_command("bulk_demo", patients=1_000, appointments=3_000, stdout=told)

    assert "3,000" in told.getvalue()
    assert walls() == before
    visit = Appointment.objects.select_related("clinic").first()
    assert visit.practitioner_busy == ((visit.starts_at, visit.ends_at),)
    assert visit.clinic.appointments.count() == 3_000
    assert visit.clinic.patients.matching("okonkwo").exists()
    with pytest.raises(CommandError, match="written once"):
        call_command("bulk_demo", patients=0, appointments=10, stdout=told)


def test_volume_data_is_not_for_production(settings):
    settings.IN_PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("bulk_demo", patients=10)


WALLS_OF_SESSIONS = """
SELECT c.relname, conname, pg_get_constraintdef(n.oid) FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
WHERE c.relname = ANY (%(tables)s)
UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename = ANY (%(tables)s)
UNION ALL SELECT c.relname, tgname, tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relname = ANY (%(tables)s) AND NOT tgisinternal
ORDER BY 1, 2, 3
"""


def walls_of_sessions(cursor):
    cursor.execute(WALLS_OF_SESSIONS, {"tables": list(TABLES)})
    return cursor.fetchall()


@pytest.fixture
def treated():
    """A clinic with two hundred signed sessions, and what the database guaranteed before."""
    with connection.cursor() as cursor:
        before = walls_of_sessions(cursor)
    told = StringIO()
    call_command("bulk_demo", patients=1_000, appointments=500, sessions=200, stdout=told)
    return before, told.getvalue()


def test_signed_sessions_are_written_as_if_each_had_been_given(treated, practitioner):
    before, told = treated
    clinic = Clinic.objects.get(slug="volume")

    assert "200" in told
    assert "rows a second" in told
    with connection.cursor() as cursor:
        assert list(broken(cursor)) == []
        assert walls_of_sessions(cursor) == before
    assert clinic.treatment_sessions.count() == 200
    assert not clinic.treatment_sessions.exclude(state="signed").exists()
    assert (clinic.plans.count(), clinic.plans.filter(state="completed").count()) == (34, 33)
    assert (clinic.lots.count(), clinic.products.count()) == (500, 30)
    assert clinic.side_effects.count() == 6
    assert clinic.appointments.count() == 700
    assert not clinic.lots.filter(balance__lte=0).exists()
    with pytest.raises(CommandError, match="written once"):
        call_command("bulk_demo", patients=0, sessions=10, stdout=StringIO())


def test_the_clinic_works_on_after_it_was_filled(treated):
    clinic = Clinic.objects.get(slug="volume")
    at = timezone.now()
    lot = clinic.lots.first()
    loss = lots.move(lot, kind="adjustment", quantity=Decimal(-1), reason="Counted", by=User.objects.system(), at=at)
    lot.refresh_from_db()
    assert (loss.quantity, lot.balance) == (-1, 49)
    session = clinic.treatment_sessions.first()
    with pytest.raises(ProgrammingError, match="closed"), transaction.atomic():
        clinic.treatment_sessions.filter(pk=session.pk).update(note="x")
    assert lot_exposure_of(clinic) > 0


def lot_exposure_of(clinic):
    return clinic.component_uses.filter(movement__lot=clinic.component_uses.first().movement.lot).count()


@pytest.mark.parametrize("sentence", GUARANTEES)
def test_each_guarantee_can_be_asked(sentence, django_db_setup):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({GUARANTEES[sentence]})")
        assert cursor.fetchone() == (False,)


def test_a_broken_guarantee_is_found_and_named(treated, superuser):
    with superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE formulations_lot SET balance = balance + 1 WHERE number LIKE 'V%%1'")
        cursor.execute("DELETE FROM treatments_screening WHERE id = (SELECT min(id) FROM treatments_screening)")
    with connection.cursor() as cursor:
        assert list(broken(cursor)) == [
            "the balance of a lot is the sum of its movements",
            "every signed session was screened and watched, and its visit is done",
        ]
