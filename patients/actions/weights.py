"""A patient's weight, which is a measurement of one day."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.dates import local_day
from common.refused import Refused
from patients.actions import statements
from patients.models import Patient, WeightMeasurement

LEAST, MOST = Decimal(2), Decimal(400)


@audited("weight.recorded")
def record(
    patient: Patient, *, weight_kg: Decimal, measured_on: date | None = None, by: User, at: datetime
) -> WeightMeasurement:
    """Write down what a patient weighed on a day; the same figure of the same day is written once."""
    weight_kg = Decimal(weight_kg)
    today = local_day(at, patient.clinic.time_zone)
    day = measured_on or today
    if not LEAST <= weight_kg <= MOST:
        raise Refused("invalid", _("A weight lies between 2 and 400 kg."))
    if day > today:
        raise Refused("invalid", _("This day lies in the future."))
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    standing = patient.weights.counting().filter(measured_on=day, kg=weight_kg).first()
    if standing:
        return statements.said_again(standing, by=by, at=at)
    measured = WeightMeasurement(clinic=patient.clinic, patient=patient, kg=weight_kg, measured_on=day)
    return statements.put(measured, by=by, at=at)
