"""What does not belong together: between products, never inside one; drugs the patient takes; the antiseptic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext as _

from formulations.checks.contexts import Context, PairRule
from formulations.checks.findings import Finding, Override, Severity, acting, hardest
from formulations.checks.mixes import Mix, Product, Substance, joined, short_name
from formulations.mixing import ph_gap

LARGEST_PH_GAP = 1
DETERGENTS, ACIDS = ("phosphatidylcholine", "sodium-deoxycholate"), ("vitamin-b1", "vitamin-b6", "procaine")
BLOCKS_AT_ONCE = frozenset(
    [frozenset((detergent, acid)) for detergent in DETERGENTS for acid in ACIDS]
    + [
        frozenset(("hyaluronidase", "sodium-deoxycholate")),
        frozenset(("hyaluronic-acid", "hyaluronidase")),
        frozenset(("polycomponent-ha", "hyaluronidase")),
        frozenset(("polidocanol", "class:lipolytic")),
        frozenset(("aminophylline", "vitamin-c")),
    ]
)


def rule_severity(rule: PairRule) -> Severity:
    """How hard a rule acts today, given who has signed it."""
    at_once = frozenset((rule.a, rule.b)) in BLOCKS_AT_ONCE
    return acting(rule.severity, rule.source, signed=rule.signed, at_once=at_once)


def substance_meets(word: str, substance: Substance) -> bool:
    """Whether a side of a rule speaks of this substance."""
    return word == substance.slug or word == f"class:{substance.substance_class}"


@dataclass(frozen=True)
class Match:
    """A rule that two products meet, with the substances it speaks of."""

    rule: PairRule
    subjects: tuple[str, ...]

    @property
    def specificity(self) -> int:
        return sum(0 if word == "any" else 1 if word.startswith("class:") else 2 for word in (self.rule.a, self.rule.b))


def matches(first: Product, second: Product, rules: Iterable[PairRule]) -> list[Match]:
    """Every rule that two different products of one mix meet; the order of a and b does not matter."""
    if first.slugs == second.slugs:
        return []
    found = []
    for rule in rules:
        subjects = _sides(rule.a, first, rule.b, second, rule) or _sides(rule.a, second, rule.b, first, rule)
        if subjects:
            found.append(Match(rule, subjects))
    return found


def _sides(a: str, one: Product, b: str, other: Product, rule: PairRule) -> tuple[str, ...]:
    """The slugs that meet when `a` speaks of one product and `b` of the other; empty when they do not."""
    if "any" in (a, b):
        return _any_sides(a, one, b, other, rule)
    for left in one.substances:
        for right in other.substances:
            if left.slug != right.slug and substance_meets(a, left) and substance_meets(b, right):
                return (left.slug, right.slug)
    syringe = b.removeprefix("syringe:")
    if b != syringe and syringe in other.drug_classes | other.slugs:
        return next(((left.slug, other.key) for left in one.substances if substance_meets(a, left)), ())
    return ()


def _any_sides(a: str, one: Product, b: str, other: Product, rule: PairRule) -> tuple[str, ...]:
    """`any` is any other product; a diluent is exempt from warnings, never from a block."""
    named, holder, rest = (a, one, other) if b == "any" else (b, other, one)
    if rest.is_diluent and rule.severity == Severity.WARN:
        return ()
    hit = next((substance.slug for substance in holder.substances if substance_meets(named, substance)), "")
    return (hit, *sorted(rest.slugs)) if hit and hit not in rest.slugs else ()


def check_pairs(mix: Mix, context: Context) -> Iterator[Finding]:
    """Rules between the products of a mix: the hardest severity holds, the most specific rule gives the sentence."""
    lines: dict[tuple[PairRule, Severity, tuple[PairRule, ...]], list[str]] = {}
    for first, second in combinations(mix.products, 2):
        found = matches(first, second, context.pairs)
        if not found:
            yield from _ph(first, second)
            continue
        told = max(found, key=lambda match: (match.specificity, rule_severity(match.rule).hardness))
        severity = hardest(rule_severity(match.rule) for match in found)
        behind = () if rule_severity(told.rule) is severity else tuple(_hard(found, severity))
        lines.setdefault((told.rule, severity, behind), []).extend(told.subjects)
    for (rule, severity, behind), subjects in lines.items():
        yield _pair_finding(mix, rule, severity, behind, tuple(dict.fromkeys(subjects)))


def _hard(found: list[Match], severity: Severity) -> list[PairRule]:
    return [match.rule for match in found if rule_severity(match.rule) is severity][:1]


def _pair_finding(
    mix: Mix, rule: PairRule, severity: Severity, behind: tuple[PairRule, ...], subjects: tuple[str, ...]
) -> Finding:
    names = {substance.slug: substance.short for substance in mix.substances}
    names |= {product.key: product.name for product in mix.products if product.key not in names}
    reasons = " ".join(dict.fromkeys(each.reason for each in (rule, *behind)))
    return Finding(
        "pair_incompatible",
        severity,
        subjects,
        _("%(names)s together: %(reason)s")
        % {"names": joined(short_name(names.get(slug, slug)) for slug in subjects), "reason": reasons},
        source="; ".join(dict.fromkeys(each.source for each in (rule, *behind))),
        override=Override.PRACTITIONER if severity is Severity.WARN else Override.NONE,
        fix="recipe",
        belongs_to_recipe=True,
    )


def _ph(first: Product, second: Product) -> Iterator[Finding]:
    """Far apart pH ranges may precipitate; never for a diluent, never where a rule of the list speaks already."""
    one, other = first.known_ph, second.known_ph
    if one is None or other is None or first.is_diluent or second.is_diluent or first.slugs == second.slugs:
        return
    if ph_gap(one, other) > LARGEST_PH_GAP:
        yield Finding(
            "ph_mismatch",
            Severity.WARN,
            tuple(sorted(first.slugs)) + tuple(sorted(second.slugs)),
            _("%(first)s and %(second)s have a different pH: check for precipitation.")
            % {"first": first.name, "second": second.name},
            source=_("pH ranges of the catalogue"),
            override=Override.PRACTITIONER,
            fix="recipe",
            belongs_to_recipe=True,
        )


def check_antiseptic(mix: Mix, context: Context) -> Iterator[Finding]:
    """What must not be put on the skin before this mix."""
    for rule in context.pairs:
        named = rule.a if rule.b.startswith("disinfectant:") else rule.b
        spoken = rule.b if named == rule.a else rule.a
        if not context.antiseptic or spoken != f"disinfectant:{context.antiseptic}":
            continue
        hits = [substance for substance in mix.substances if substance_meets(named, substance)]
        if hits:
            yield Finding(
                "antiseptic_forbidden",
                rule_severity(rule),
                (*(hit.slug for hit in hits), context.antiseptic),
                _("%(names)s and this antiseptic: %(reason)s")
                % {"names": joined(hit.short for hit in hits), "reason": rule.reason},
                source=rule.source,
                override=Override.NONE if rule_severity(rule) is Severity.BLOCK else Override.PRACTITIONER,
                fix="antiseptic",
            )
