"""What a label does not say, what nobody has validated, and how many products make a bedside mix too many."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from formulations.checks.contexts import Context
from formulations.checks.doses import cap_of, portions
from formulations.checks.findings import Finding, Override, Severity
from formulations.checks.mixes import Mix, Substance, joined
from formulations.mixing import IMMEDIATE_USE_PRODUCTS, MILLILITRES


def check_strengths(mix: Mix, context: Context) -> Iterator[Finding]:
    """Products whose label gives no strength, and substances for which nobody has a validated maximum."""
    unknown = [
        portion.content.substance
        for portion in portions(mix)
        if not portion.strength_known and not portion.content.substance.is_diluent
    ]
    other_unit = [
        portion.content.substance
        for portion in portions(mix)
        if portion.strength_known and cap_of(portion.content.substance) and not portion.comparable
    ]
    needed = [each for each in unknown if (cap := cap_of(each)) and cap.unit != MILLILITRES] + other_unit
    if needed:
        yield _strength(needed, Severity.WARN, _("Without the strength of %(names)s its cap cannot be checked."))
    if idle := [each for each in unknown if each not in needed]:
        yield _strength(idle, Severity.NOTE, _("The strength of %(names)s is not known."))
    uncapped = [each for each in mix.substances if cap_of(each) is None and _wants_cap(each)]
    if uncapped:
        yield _uncapped(uncapped, context)


def _wants_cap(substance: Substance) -> bool:
    return not substance.is_diluent and substance.status not in ("prohibited", "withdrawn")


def _strength(substances: list[Substance], severity: Severity, sentence: str) -> Finding:
    return Finding(
        "strength_unknown",
        severity,
        tuple(dict.fromkeys(substance.slug for substance in substances)),
        sentence % {"names": joined(substance.short for substance in substances)},
        source=_("the product's label"),
        override=Override.PRACTITIONER if severity is Severity.WARN else Override.NONE,
        fix="strength",
        belongs_to_recipe=True,
    )


def _uncapped(substances: list[Substance], context: Context) -> Finding:
    names = joined(substance.short for substance in substances)
    sentence = _("No validated maximum exists for %(names)s; this never means unlimited.")
    if context.prescriber:
        sentence = _("No validated maximum exists for %(names)s; %(prescriber)s decides the dose.")
    return Finding(
        "no_validated_cap",
        Severity.NOTE,
        tuple(substance.slug for substance in substances),
        sentence % {"names": names, "prescriber": context.prescriber},
        source=_("catalogue of substances"),
        belongs_to_recipe=True,
    )


def check_product_count(mix: Mix, context: Context) -> Iterator[Finding]:
    """More than three different sterile products are outside immediate use at the bedside."""
    products = mix.products
    if len(products) > IMMEDIATE_USE_PRODUCTS and context.preparation_standard == "immediate":
        severity = Severity.WARN if context.flags_many_products else Severity.NOTE
        yield Finding(
            "too_many_products",
            severity,
            tuple(product.key for product in products),
            _("The mix has %(count)s products; immediate use allows %(most)s. Prepare it in a pharmacy, or say why.")
            % {"count": len(products), "most": IMMEDIATE_USE_PRODUCTS},
            source="USP <797>",
            override=Override.PRACTITIONER if severity is Severity.WARN else Override.NONE,
            fix="recipe",
            belongs_to_recipe=True,
        )
