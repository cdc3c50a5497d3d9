"""What the approval of a recipe has settled, and when a mix is no longer that recipe."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from formulations.checks.contexts import ApprovedRecipe
from formulations.checks.findings import Finding, Severity, softened
from formulations.checks.mixes import Component, Mix
from formulations.mixing import total_ml


@dataclass(frozen=True)
class Line:
    """One ingredient of a mix, over all its packs: the volume, and the strength per mL of pack and of mix."""

    volume: Fraction
    strongest: dict[str, tuple[str, Fraction | None]]
    final: dict[str, Fraction]


def lines(components: tuple[Component, ...]) -> dict[frozenset[str], Line]:
    """The components by what is in them."""
    mixed = total_ml(component.volume_ml for component in components)
    found: dict[frozenset[str], Line] = {}
    for component in components:
        key = component.product.slugs
        line = found.get(key) or Line(Fraction(0), {}, {})
        found[key] = _with(line, component, mixed)
    return found


def _with(line: Line, component: Component, mixed: Fraction) -> Line:
    strongest, final = dict(line.strongest), dict(line.final)
    for content in component.product.contents:
        slug = content.substance.slug
        strength = None if content.concentration is None else Fraction(content.concentration)
        unit, before = strongest.get(slug, (content.unit, strength))
        known = strength is not None and before is not None and unit == content.unit
        strongest[slug] = (content.unit, max(strength, before) if known else None)  # type: ignore[type-var]
        final[slug] = final.get(slug, Fraction(0)) + (strength or Fraction(1)) * Fraction(component.volume_ml) / mixed
    return Line(line.volume + Fraction(component.volume_ml), strongest, final)


def covers(recipe: ApprovedRecipe, mix: Mix) -> bool:
    """Whether a mix is still the approved recipe."""
    return same_or_weaker(recipe.components, mix.components)


def same_or_weaker(said: tuple[Component, ...], done: tuple[Component, ...]) -> bool:
    """Whether a mix has the same components as what was decided on, none stronger and none in a larger volume."""
    if not done or not said:
        return False
    approved, mixed = lines(said), lines(done)
    return approved.keys() == mixed.keys() and all(_within(approved[key], mixed[key]) for key in mixed)


def _within(approved: Line, mixed: Line) -> bool:
    if mixed.volume > approved.volume:
        return False
    for slug, (unit, strength) in mixed.strongest.items():
        approved_unit, limit = approved.strongest[slug]
        if (strength is None) != (limit is None):
            return False
        if strength is not None and limit is not None and (unit != approved_unit or strength > limit):
            return False
        if mixed.final[slug] > approved.final[slug]:
            return False
    return True


def accepted_text(recipe: ApprovedRecipe) -> str:
    """How an accepted finding reads at the bedside."""
    values = {"label": recipe.label, "name": recipe.approved_by, "day": recipe.approved_on.isoformat()}
    text = _("accepted with %(label)s by %(name)s on %(day)s") % values
    return f"{text}: {recipe.reason}" if recipe.reason else text


def settle(findings: Iterable[Finding], recipe: ApprovedRecipe | None, mix: Mix) -> list[Finding]:
    """Findings of the mix alone become notes under an approved recipe; a block never does."""
    found = list(findings)
    if recipe is None or not covers(recipe, mix):
        return found
    text = accepted_text(recipe)
    return [softened(finding, text) if _settled(finding, recipe) else finding for finding in found]


def _settled(finding: Finding, recipe: ApprovedRecipe) -> bool:
    known = recipe.accepted is None or finding.key in recipe.accepted
    return finding.belongs_to_recipe and finding.severity is not Severity.BLOCK and known
