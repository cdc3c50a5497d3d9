"""By which ways a patient may be reached as things stand, and when a consent can be taken back from the portal."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refusal
from common.rules import rule
from patients.models import ContactChannel, ContactPurpose, Patient
from treatments.models import Consent, ConsentState

CHANNELS = (ContactChannel.EMAIL, ContactChannel.SMS, ContactChannel.PHONE)


def reachable(patient: Patient) -> dict[tuple[str, str], bool]:
    """Say for each purpose and channel whether the patient may be reached so.

    About appointments and treatment one may be written to and called until one says no; for short messages and for
    all else one has to say yes.
    """
    found = {
        (purpose.value, channel.value): purpose == ContactPurpose.CARE and channel != ContactChannel.SMS
        for purpose in ContactPurpose
        for channel in CHANNELS
    }
    for row in patient.contact_consents.order_by("given_at", "pk"):
        if (row.purpose, row.channel) in found:
            found[row.purpose, row.channel] = row.withdrawn_at is None
    return found


@rule
def withdraw(user: Any, consent: Consent) -> Iterator[tuple[bool, Refusal]]:
    """A signed consent can be taken back at any time."""
    yield (
        consent.state in (ConsentState.SIGNED, ConsentState.COUNTERSIGNED),
        Refusal("wrong_state", _("This consent is not signed, or was withdrawn already.")),
    )
