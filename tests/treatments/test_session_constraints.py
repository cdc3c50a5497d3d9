from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from patients.models import PatientsMerge
from tests.cast import NOON
from tests.factories import rows
from treatments.models import (
    Addendum,
    ComponentUse,
    ImmediateReaction,
    Screening,
    SessionPreparation,
    TreatmentSession,
    ZoneApplication,
)

CHANGES = {
    TreatmentSession: {"note": "Later"},
    Screening: {"answers": {"pregnancy": "yes"}},
    ZoneApplication: {"points": 21},
    ComponentUse: {"dose": 1},
    ImmediateReaction: {"none_observed": False},
    SessionPreparation: {"clinic_id": 1},
}


def refused(make):
    with pytest.raises(rows.REFUSED) as caught, transaction.atomic():
        make()
    return rows.refusal(caught)


@pytest.fixture
def signed(clinic, doctor):
    return rows.signed_session(rows.patient(clinic), doctor)


@pytest.mark.parametrize("model", CHANGES, ids=lambda model: model.__name__)
def test_what_sign_off_closes_cannot_be_changed(signed, model):
    assert refused(lambda: model.objects.update(**CHANGES[model])) == "session_closed"


@pytest.mark.parametrize("model", [m for m in CHANGES if m is not TreatmentSession], ids=lambda model: model.__name__)
def test_what_sign_off_closes_cannot_be_deleted(signed, model):
    assert refused(lambda: model.objects.all()._raw_delete("default")) == "session_closed"


def test_a_session_is_never_deleted(clinic, doctor):
    rows.session(rows.patient(clinic), doctor)

    with pytest.raises(rows.REFUSED, match="permission denied"), transaction.atomic():
        TreatmentSession.objects.all()._raw_delete("default")


def test_nothing_is_slipped_into_a_signed_session(signed):
    application = signed.zone_applications.get()
    application.pk, application.ordinal = None, 2
    reaction = signed.reaction
    use = ComponentUse.objects.get()
    use.pk = None

    assert refused(lambda: application.save(force_insert=True)) == "session_closed"
    assert refused(lambda: use.save(force_insert=True)) == "session_closed"
    assert refused(lambda: reaction.effects.create(clinic=signed.clinic, effect_id=1, grade=1)) == "session_closed"


def test_an_addendum_may_follow_and_stays(signed):
    Addendum.objects.create(clinic=signed.clinic, session=signed, text="She called.", at=NOON, by=rows.system())

    with pytest.raises(rows.REFUSED, match="permission denied"), transaction.atomic():
        Addendum.objects.update(text="She did not call.")


def test_a_merge_alone_moves_a_signed_session(signed):
    stays = rows.patient(signed.clinic)
    mine = TreatmentSession.objects.filter(pk=signed.pk)

    assert refused(lambda: mine.update(patient=stays)) == "session_closed"

    PatientsMerge.objects.create(
        clinic=signed.clinic,
        from_patient=signed.patient,
        to_patient=stays,
        applying=True,
        reason="Registered twice",
        merged_at=NOON,
        merged_by=rows.system(),
    )
    assert refused(lambda: mine.update(patient=stays, note="And more")) == "session_closed"
    mine.update(patient=stays)
    signed.refresh_from_db()
    assert signed.patient == stays


def test_a_planned_session_is_given_once(clinic, doctor):
    session = rows.session(rows.patient(clinic), doctor)
    session.pk = None

    assert refused(lambda: session.save(force_insert=True)) == "session_once_per_planned_session"


def test_a_session_takes_no_other_patients_mix(clinic, doctor):
    session = rows.session(rows.patient(clinic), doctor)
    other = rows.patient(clinic)
    mix = rows.preparation(rows.pack(rows.lot(clinic), other), other, doctor)

    def join():
        SessionPreparation.objects.create(clinic=clinic, session=session, preparation=mix)

    assert refused(join) == "session_preparation_of_patient"


def test_the_chain_from_the_zone_to_the_lot_holds(clinic, doctor):
    session = rows.session(rows.patient(clinic), doctor)
    other = rows.movement(rows.lot(clinic), "wastage", "-1")

    assert refused(lambda: ComponentUse.objects.update(movement=other)) == "component_use_in_chain"
    assert session.zone_applications.get().component_uses.get().movement.lot.balance == Decimal(8)


def test_a_zone_written_while_somebody_signs_waits_and_is_refused(clinic, doctor, at_once, committed):
    session = rows.session(rows.patient(clinic), doctor)
    application = session.zone_applications.get()

    def sign(_):
        with transaction.atomic():
            mine = TreatmentSession.objects.select_for_update().get(pk=session.pk)
            mine.state, mine.ended_at, mine.ended_by = "signed", NOON + timedelta(hours=1), rows.system()
            mine.signed_at, mine.signed_by = NOON + timedelta(hours=1), rows.system()
            mine.save()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.4)")

    def write(_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        ZoneApplication.objects.filter(pk=application.pk).update(points=21)

    signing, writing = at_once(lambda work: work(None), [sign, write])

    assert signing is None
    assert isinstance(writing, rows.REFUSED)
    application.refresh_from_db()
    assert application.points == 20
