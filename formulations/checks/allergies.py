"""Allergies: inside any product of the mix, and in what disinfects the skin."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from formulations.checks.charts import Allergy, Patient
from formulations.checks.contexts import Context
from formulations.checks.findings import Finding, Override, Severity
from formulations.checks.mixes import Mix, Product, Substance, joined

ANTISEPTIC_ALLERGENS = {"chlorhexidine-alcohol": "chlorhexidine", "povidone-iodine": "iodine"}


def check_allergies(mix: Mix, patient: Patient, context: Context) -> Iterator[Finding]:
    """An allergen inside any product of the mix, or in the antiseptic, blocks; one line for each allergy."""
    for allergy in patient.allergies:
        met = {product.key: product.all_allergens & _meaning(allergy, product.substances) for product in mix.products}
        hits = [product for product in mix.products if met[product.key]]
        if hits:
            yield _allergy(allergy, hits, frozenset().union(*met.values()))
        allergen = ANTISEPTIC_ALLERGENS.get(context.antiseptic)
        if allergen in allergy.allergens:
            yield Finding(
                "antiseptic_forbidden",
                Severity.BLOCK,
                (context.antiseptic, allergen or ""),
                _("The patient is allergic to this antiseptic (“%(said)s”).") % {"said": allergy.said},
                source=_("the patient's allergies"),
                fix="antiseptic",
            )


def _meaning(allergy: Allergy, substances: Iterable[Substance]) -> frozenset[str]:
    """The allergens of an allergy; free text that names a substance of the mix means that substance."""
    said = allergy.said.strip().casefold()
    named = (substance.slug for substance in substances if said in _names(substance))
    return allergy.allergens | frozenset(named)


def _names(substance: Substance) -> set[str]:
    names = (substance.slug, substance.slug.replace("-", " "), substance.name, substance.short, substance.common_name)
    return {name.casefold() for name in names if name}


def _allergy(allergy: Allergy, hits: list[Product], allergens: frozenset[str]) -> Finding:
    slugs = tuple(dict.fromkeys(slug for product in hits for slug in sorted(product.slugs)))
    sentence = _("Allergy to “%(said)s”: the mix contains %(allergens)s (%(products)s).")
    if allergy.ask:
        sentence += " " + _("Ask which one is meant; until then all of them count.")
    return Finding(
        "allergy",
        Severity.BLOCK,
        (*slugs, *sorted(allergens - set(slugs))),
        sentence
        % {
            "said": allergy.said,
            "allergens": joined(sorted(allergens)),
            "products": joined(product.name for product in hits),
        },
        source=_("the patient's allergies; allergens of the product"),
        fix="allergies" if allergy.ask else "recipe",
    )


def check_unknown(patient: Patient) -> Iterator[Finding]:
    """What is known only as free text is named: silence must not look like safety."""
    unknown = {
        _("allergies"): [each.said for each in patient.allergies if not each.known],
        _("conditions"): [each.name or each.slug for each in patient.conditions if not each.known],
        _("medicines"): [each.name for each in patient.medicines if not each.known],
    }
    for kind, texts in unknown.items():
        if texts:
            yield Finding(
                "not_checked",
                Severity.WARN,
                tuple(dict.fromkeys(texts)),
                _("Not checked, because nothing is known about these %(kind)s: %(texts)s.")
                % {"kind": kind, "texts": joined(texts)},
                source=_("typed by hand on the chart"),
                override=Override.PRACTITIONER,
                fix="history",
            )
