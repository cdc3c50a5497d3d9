"""When a recipe may be written and who approves it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, User
from common.refused import Refusal
from common.rules import rule
from formulations.checks.findings import Finding, Severity
from formulations.models import FormulationVersion, Review
from formulations.rules.references import is_director


@rule
def add(user: User, clinic: Clinic, *, name: str, components: list[dict[str, Any]]) -> Iterator[tuple[bool, Refusal]]:
    """A recipe has a name and components that the catalogue or the shelf knows, each with a volume."""
    yield bool(name.strip()), Refusal("invalid", _("Give the recipe a name."))
    yield bool(components), Refusal("invalid", _("Name at least one component."))
    known = set(clinic.ingredients.current().values_list("slug", flat=True))
    named = {each["ingredient"] for each in components if each.get("ingredient")}
    for slug in sorted(named - known):
        sentence = _("“%(slug)s” is not in the catalogue of substances.") % {"slug": slug}
        yield False, Refusal("invalid", sentence)
    yield (
        all(each.get("ingredient") or each.get("product") for each in components),
        Refusal("invalid", _("Each component names a substance or a product.")),
    )


@rule
def approve(
    user: User, version: FormulationVersion, *, findings: Iterable[Finding], reason: str
) -> Iterator[tuple[bool, Refusal]]:
    """The medical director approves a version that no block of its own stands against, and says why."""
    yield (
        is_director(user, version.clinic_id),
        Refusal("not_allowed", _("Only the medical director approves recipes.")),
    )
    yield version.review == Review.PROPOSED, Refusal("wrong_state", _("This version no longer waits for approval."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why this recipe is right: it is shown at the bedside."))
    for finding in findings:
        yield (
            finding.severity is not Severity.BLOCK,
            Refusal(finding.code, finding.message, finding.severity.value, finding.source),
        )
