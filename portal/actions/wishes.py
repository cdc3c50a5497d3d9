"""What a patient wishes of the clinic: to be reached otherwise, another address, to take a consent back."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.actions import audited
from patients.actions import consents_to_contact, tasks
from patients.models import Patient, Task, TaskKind
from portal.rules import wishes as rules
from portal.rules.words import in_clinic_language
from treatments.models import Consent


@audited("contact_wishes.kept")
def keep(patient: Patient, *, wanted: Mapping[tuple[str, str], bool], by: User, at: datetime) -> Patient:
    """Keep by which way, and for what, a patient wants to be reached; what is as before is not written again."""
    now = rules.reachable(patient)
    for (purpose, channel), yes in wanted.items():
        if now[purpose, channel] == yes:
            continue
        if yes:
            consents_to_contact.give(patient, channel=channel, purpose=purpose, by=by, at=at)
        else:
            consents_to_contact.refuse(patient, channel=channel, purpose=purpose, by=by, at=at)
    return patient


@audited("contact_details.checked")
def check(patient: Patient, *, by: User, at: datetime) -> Patient:
    """Note that a patient looked at their own address and numbers, and found them right."""
    return patient


@audited("contact_details.corrected")
def correct(patient: Patient, *, words: str, by: User, at: datetime) -> Patient:
    """Hand the front desk what is not right; codes and letters go to these addresses, so a person changes them."""
    with in_clinic_language(patient.clinic):
        text = _("Contact details to correct, from the portal: %(words)s") % {"words": words}
    tasks.add(
        patient.clinic,
        kind=TaskKind.CALL,
        patient=patient,
        text=text,
        due_at=at,
        role=Role.FRONT_DESK,
        url=reverse("patients:patient_edit", args=[patient.pk]),
        by=by,
        at=at,
    )
    return patient


@audited("consent.withdrawal_wished")
def withdraw_consent(consent: Consent, *, words: str = "", by: User, at: datetime) -> Task:
    """Tell the practitioner at once that a patient wants to take a consent back; they talk, then it is written down."""
    rules.withdraw.check(by, consent)
    with in_clinic_language(consent.clinic):
        text = _("Wants to take back the consent %(number)s. %(words)s") % {
            "number": consent.document.number if consent.document else "",
            "words": words,
        }
    return tasks.add(
        consent.clinic,
        kind=TaskKind.CALL,
        patient=consent.patient,
        text=text.strip(),
        is_red=True,
        due_at=at,
        person=consent.practitioner.membership,
        url=reverse("treatments:consent_list", args=[consent.patient_id]),
        reason_key=f"portal-withdraw:{consent.pk}",
        by=by,
        at=at,
    )
