from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.keys import CLEAR, PatientKey


class Relation(models.TextChoices):
    SELF = "self", _("The patient")
    PARTNER = "partner", _("Partner")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    GUARDIAN = "guardian", _("Guardian")
    CARER = "carer", _("Carer")
    DOCTOR = "doctor", _("Doctor")
    OTHER = "other", _("Other")


class Contact(models.Model):
    """Somebody around a patient whom the clinic may need to call: next of kin, carer, family doctor."""

    clinic = ClinicKey("contacts")
    patient = PatientKey(related_name="contacts", on_erase=CLEAR)
    name = models.CharField(_("name"), max_length=200)
    relation = models.CharField(_("relation"), max_length=10, choices=Relation, default=Relation.OTHER)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_emergency = models.BooleanField(_("call in an emergency"), default=False)
    may_be_told = models.BooleanField(_("may be told about the treatment"), default=False)
    added_at = models.DateTimeField()
    added_by = UserKey()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = UserKey(null=True, blank=True)

    nature = Nature(Retention.CONTACT, personal=("name", "phone", "email"))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("relation", Relation),
            not_blank("name"),
            paired("removed_at", "removed_by"),
        ]


class ContactChannel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Telephone")
    POST = "post", _("Post")


class ContactPurpose(models.TextChoices):
    CARE = "care", _("Appointments and treatment")
    FOLLOW_UP = "follow_up", _("Questions after the treatment")
    MARKETING = "marketing", _("News and offers")


class ContactConsentQuerySet(ClinicQuerySet):
    def standing(self) -> "ContactConsentQuerySet":
        """Keep the permissions that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@tracked
class ContactConsent(models.Model):
    """A patient's permission to be reached by one channel for one purpose."""

    clinic = ClinicKey("contact_consents")
    patient = PatientKey(related_name="contact_consents")
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel)
    purpose = models.CharField(_("purpose"), max_length=10, choices=ContactPurpose)
    given_at = models.DateTimeField()
    given_by = UserKey()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = UserKey(null=True, blank=True)

    objects = ContactConsentQuerySet.as_manager()
    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("channel", ContactChannel),
            one_of("purpose", ContactPurpose),
            paired("withdrawn_at", "withdrawn_by"),
            models.UniqueConstraint(
                fields=["clinic", "patient", "channel", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="contact_consent_once",
            ),
        ]
