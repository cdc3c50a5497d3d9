"""Whether a substance may be used at all."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from formulations.checks.contexts import Context
from formulations.checks.findings import Finding, Override, Severity
from formulations.checks.mixes import Mix, Product, Substance

INJECTABLE_NOT = "cosmetic"


def check_status(mix: Mix, context: Context) -> Iterator[Finding]:
    """Withdrawn and prohibited never; restricted once the clinic enables it; inactive when the director allows it."""
    for substance in mix.substances:
        if substance.slug not in context.enabled or substance.status in ("withdrawn", "prohibited"):
            yield from _status(substance)
    for product in mix.products:
        if product.product_type == INJECTABLE_NOT:
            yield _cosmetic(product)


def _status(substance: Substance) -> Iterator[Finding]:
    is_zero = substance.cap is not None and substance.cap.absolute == 0
    status = "prohibited" if is_zero and substance.status == "active" else substance.status
    sentences = {
        "withdrawn": _("%(name)s is withdrawn and must not be used."),
        "prohibited": _("%(name)s is prohibited here and must not be used."),
        "restricted": _("%(name)s is restricted: the clinic's policy has not enabled it."),
        "inactive": _("%(name)s is not in use: the medical director may allow it with a reason."),
    }
    if status in sentences:
        yield Finding(
            f"ingredient_{status}",
            Severity.BLOCK,
            (substance.slug,),
            sentences[status] % {"name": substance.short},
            source=substance.source,
            override=Override.DIRECTOR if status == "inactive" else Override.NONE,
            fix="policy" if status == "restricted" else "recipe",
        )


def _cosmetic(product: Product) -> Finding:
    return Finding(
        "ingredient_prohibited",
        Severity.BLOCK,
        tuple(substance.slug for substance in product.substances),
        _("%(name)s is a cosmetic: it is not made to be injected.") % {"name": product.name},
        source="EU Borderline Manual 5.4",
        fix="recipe",
    )
