"""Volume data: as many as asked for, and every guarantee back in its place afterwards."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from scheduling.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
GUARANTEES = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid IN ('scheduling_appointment'::regclass, 'patients_patient'::regclass)
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('scheduling_appointment', 'patients_patient')
UNION ALL SELECT tgname, tgenabled::text FROM pg_trigger
WHERE tgrelid IN ('scheduling_appointment'::regclass, 'patients_patient'::regclass) AND NOT tgisinternal
ORDER BY 1, 2
"""


def guarantees():
    with connection.cursor() as cursor:
        cursor.execute(GUARANTEES)
        return cursor.fetchall()


def test_volume_data_is_written_and_the_constraints_are_back():
    before, told = guarantees(), StringIO()
    call_command("bulk_demo", patients=1_000, appointments=3_000, stdout=told)

    assert "3,000" in told.getvalue()
    assert guarantees() == before
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
