"""Who the clinic is on its receipts, and the tax in its prices: one decision of the clinic, with its versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Clinic, Policy
from common.decimals import half_up
from common.refused import Refusal, Refused
from common.rules import rule

KEY = "billing.terms"


@dataclass(frozen=True)
class Terms:
    """What stands on a receipt by law: name, address, tax number, tax rate in per cent, or why there is none."""

    policy: Policy
    legal_name: str
    address: str
    tax_number: str
    tax_rate: Decimal
    exemption: str


def of_policy(policy: Policy) -> Terms:
    """Read one version of the decision."""
    value = policy.value
    said = {name: str(value.get(name, "")) for name in ("legal_name", "address", "tax_number", "exemption")}
    return Terms(policy=policy, tax_rate=Decimal(str(value.get("tax_rate", "0"))), **said)


def in_force(clinic: Clinic) -> Terms | None:
    """Give what stands on a clinic's receipts today; nothing before the owner has written it down."""
    newest = clinic.policies.newest(KEY).first()
    return of_policy(newest) if newest else None


def missing() -> Refusal:
    """Say that no receipt can be made yet, and where that is mended."""
    sentence = _(
        "The name, address and tax of the clinic for its receipts are not written down yet. The owner does it."
    )
    return Refusal("terms_missing", sentence, url=reverse("billing:terms_edit"))


def needed(clinic: Clinic) -> Terms:
    """Give what stands on a receipt, or refuse to make one without it."""
    terms = in_force(clinic)
    if terms is None:
        raise Refused.of([missing()])
    return terms


def shares(total: Decimal, rate: Decimal) -> tuple[Decimal, Decimal]:
    """Split an amount that holds its tax into (net, tax), to the cent, half up; `rate` in per cent, 0 to 100.

    The tax is what is left, so that both always add up to the amount.
    """
    net = half_up(Fraction(total) * 100 / (100 + Fraction(rate)), 2)
    return net, total - net


@rule
def decide(user: Any, *, tax_rate: Decimal, exemption: str) -> Iterator[tuple[bool, Refusal]]:
    """A rate is between nothing and a hundred; without tax the law that exempts is quoted."""
    yield 0 <= tax_rate <= 100, Refusal("invalid", _("The tax rate is between 0 and 100 per cent."))
    yield (
        tax_rate > 0 or bool(exemption.strip()),
        Refusal("reason_needed", _("Without tax, a receipt says why: write the sentence that the law asks for.")),
    )
