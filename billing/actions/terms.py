"""What stands on the clinic's receipts by law: written down by the owner, in versions."""

from datetime import datetime
from decimal import Decimal

from accounts.actions import policies
from accounts.models import Clinic, Policy, User
from audit.actions import audited
from billing.rules import terms as rules
from common.dates import local_day
from common.decimals import plain


@audited("billing_terms.decided")
def decide(
    clinic: Clinic,
    *,
    legal_name: str,
    address: str,
    tax_number: str,
    tax_rate: Decimal,
    exemption: str = "",
    by: User,
    at: datetime,
) -> Policy:
    """Put a new version in force from today; receipts that were issued keep the one they name."""
    rules.decide.check(by, tax_rate=tax_rate, exemption=exemption)
    value = {
        "legal_name": legal_name.strip(),
        "address": address.strip(),
        "tax_number": tax_number.strip(),
        "tax_rate": plain(tax_rate),
        "exemption": exemption.strip(),
    }
    day = local_day(at, clinic.time_zone)
    return policies.decide(clinic, rules.KEY, value, effective_on=day, approved=True, by=by, at=at)
