"""Plans that are sold as a whole."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from billing.models import Package
from common.money import amount as cents
from common.refused import Refused
from treatments.models import TreatmentPlan


@audited("package.agreed")
def agree(plan: TreatmentPlan, *, total: Decimal | None, reason: str = "", by: User, at: datetime) -> Package:
    """Agree one price for the whole of a plan, or (without one) go back to its price per session."""
    if total is not None and (total < 0 or total != cents(total)):
        raise Refused("invalid", _("A price is in whole cents, from nothing up."))
    return Package.objects.create(clinic=plan.clinic, plan=plan, total=total, reason=reason.strip(), at=at, by=by)
