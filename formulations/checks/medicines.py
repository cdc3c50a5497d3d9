"""Medicines the patient takes: one line for bleeding, pair rules about medicines, notes for the rest."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from formulations.checks.charts import Medicine, Patient
from formulations.checks.contexts import Context, PairRule
from formulations.checks.findings import Finding, Override, Severity, hardest
from formulations.checks.mixes import Mix, Substance, joined
from formulations.checks.pairs import rule_severity, substance_meets

BLOOD_THINNERS = frozenset({"anticoagulants", "antiplatelets", "vitamin-k-antagonists"})
BLEEDING = BLOOD_THINNERS | {"nsaids", "ketorolac"}


def check_medicines(mix: Mix, patient: Patient, context: Context) -> Iterator[Finding]:
    """One line for all that makes bleeding likelier; pair rules about medicines; else a note for each medicine."""
    thinners = [medicine for medicine in patient.medicines if makes_bleed(medicine, mix, context)]
    if thinners:
        yield _bleeding(mix, thinners)
    for medicine in patient.medicines:
        rules = _medicine_rules(mix, medicine, context)
        classes = medicine.classes - (BLEEDING if medicine in thinners else frozenset())
        listed = [substance for substance in mix.substances if substance.drugs & classes]
        if rules:
            yield _ruled(mix, medicine, rules, listed)
        elif listed:
            yield _listed(medicine, listed, classes)


def makes_bleed(medicine: Medicine, mix: Mix, context: Context) -> bool:
    """A blood thinner always matters to a needle; a painkiller where a substance lists it, or outside pain."""
    if medicine.classes & BLOOD_THINNERS:
        return True
    nsaid = medicine.classes & BLEEDING
    return bool(nsaid) and (context.domain != "pain" or any(nsaid & substance.drugs for substance in mix.substances))


def _bleeding(mix: Mix, thinners: list[Medicine]) -> Finding:
    classes = frozenset().union(*(medicine.classes for medicine in thinners)) & BLEEDING
    listed = [substance for substance in mix.substances if substance.drugs & classes]
    sentence = _("%(medicines)s: more bleeding and bruising.")
    if listed:
        sentence = _("%(medicines)s: more bleeding and bruising, above all with %(names)s.")
    if classes & BLOOD_THINNERS:
        sentence += " " + _(
            "Never stop a prescribed blood thinner: ask the prescriber; INR if it is a vitamin K antagonist."
        )
    return Finding(
        "drug_interaction",
        Severity.WARN,
        (*(substance.slug for substance in listed), *sorted(classes)),
        sentence
        % {
            "medicines": joined(medicine.name for medicine in thinners),
            "names": joined(substance.short for substance in listed),
        },
        source="label; general medical knowledge",
        override=Override.PRACTITIONER,
        fix="medicines",
    )


def _medicine_rules(mix: Mix, medicine: Medicine, context: Context) -> list[tuple[PairRule, list[Substance]]]:
    """The pair rules that speak of this medicine and a substance of the mix."""
    found = []
    for rule in context.pairs:
        drug, other = (rule.b, rule.a) if rule.b.startswith("drug:") else (rule.a, rule.b)
        if drug.startswith("drug:") and drug.removeprefix("drug:") in medicine.classes:
            hits = [substance for substance in mix.substances if substance_meets(other, substance)]
            if hits:
                found.append((rule, hits))
    return found


def _ruled(
    mix: Mix, medicine: Medicine, rules: list[tuple[PairRule, list[Substance]]], listed: list[Substance]
) -> Finding:
    severity = hardest(rule_severity(rule) for rule, _hits in rules)
    severity = hardest((severity, Severity.WARN))
    hits = list({hit.slug: hit for _rule, hits in rules for hit in hits}.values())
    hits += [substance for substance in listed if substance not in hits]
    classes = [
        rule.b.removeprefix("drug:") if "drug:" in rule.b else rule.a.removeprefix("drug:") for rule, _hits in rules
    ]
    return Finding(
        "drug_interaction",
        severity,
        (*(hit.slug for hit in hits), *dict.fromkeys(classes)),
        _("%(medicine)s with %(names)s: %(reason)s")
        % {
            "medicine": medicine.name,
            "names": joined(hit.short for hit in hits),
            "reason": " ".join(dict.fromkeys(rule.reason for rule, _hits in rules)),
        },
        source="; ".join(dict.fromkeys(rule.source for rule, _hits in rules)),
        override=Override.PRACTITIONER if severity is Severity.WARN else Override.NONE,
        fix="recipe" if severity is Severity.BLOCK else "medicines",
    )


def _listed(medicine: Medicine, listed: list[Substance], classes: frozenset[str]) -> Finding:
    met = frozenset().union(*(substance.drugs for substance in listed)) & classes
    return Finding(
        "drug_interaction",
        Severity.NOTE,
        (*(substance.slug for substance in listed), *sorted(met)),
        _("%(medicine)s is listed as interacting with %(names)s.")
        % {"medicine": medicine.name, "names": joined(substance.short for substance in listed)},
        source=_("catalogue of substances"),
        fix="medicines",
    )
