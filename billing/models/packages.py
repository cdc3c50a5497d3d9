from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least
from common.constraints import SameOwner, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class PackageQuerySet(ClinicQuerySet):
    def newest_of(self, plans: list[int]) -> dict[int, "Package"]:
        """Give, for each of these plans, what was agreed last."""
        rows = self.filter(plan__in=plans).order_by("plan", "-pk").distinct("plan")
        return {row.plan_id: row for row in rows}


class Package(models.Model):
    """A plan is sold as a whole for one price; without a total, by the session again. The newest row holds."""

    clinic = ClinicKey("packages")
    plan = models.ForeignKey("treatments.TreatmentPlan", models.PROTECT, related_name="packages")
    total = models.DecimalField(_("price of the whole"), max_digits=12, decimal_places=2, null=True, blank=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField()
    by = UserKey()

    objects = PackageQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("reason",), append_only=True)

    class Meta:
        verbose_name, verbose_name_plural = _("package price"), _("package prices")
        constraints = [owner_key(), SameOwner("plan"), at_least("total", 0)]

    def __str__(self) -> str:
        return f"{self.plan.number}: {self.total}"
