"""What of a patient's history stands on every page, and how much of it whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from patients import synonyms
from patients.models import AlertKind, AllergySeverity, Patient, StatementState
from patients.models.banners import Fact

ADULT = 18
IMPLANTS = frozenset({"implant-or-threads-at-site", "permanent-filler-at-site"})
PREGNANCY = frozenset({"pregnancy", "breastfeeding", "trying-to-conceive"})
BLEEDING_CONDITIONS = frozenset({"bleeding-disorder", "haemophilia", "platelet-dysfunction", "thrombocytopenia"})
Chip = dict[str, str]


def flags(facts: Iterable[Fact]) -> dict[str, bool]:
    """Say that there is something to heed, and of which kind, without a word of it."""
    facts = list(facts)
    return {
        "allergy": any(fact.kind == "allergy" for fact in facts),
        "blood_thinner": any(_thins(fact) for fact in facts),
        "pregnancy": any(_is(fact, PREGNANCY) for fact in facts),
        "implant": any(_is(fact, IMPLANTS) for fact in facts),
        "not_checked": any(not fact.checked for fact in facts),
        "to_review": any(fact.state == StatementState.UNREVIEWED for fact in facts),
    }


def chips(facts: Iterable[Fact], *, reads: bool, url: str = "") -> list[Chip]:
    """Give the chips of the banner, hardest first; without a word of them to whom may not read the history."""
    facts = list(facts)
    found = [chip for maker in (_allergies, _bleeding, _pregnancy, _implants, _alerts) for chip in maker(facts)]
    # Who reads finds an allergy that nobody knows in one chip; without words the two are two things to heed.
    unchecked = [fact.name for fact in facts if not fact.checked and not (reads and fact.kind == "allergy")]
    if unchecked:
        found.append({"tone": "unchecked", "label": _("Not checked"), "text": ", ".join(unchecked)})
    waiting = sum(fact.state == StatementState.UNREVIEWED for fact in facts)
    if waiting:
        found.append({"tone": "info", "label": _("To review"), "text": str(waiting), "url": url})
    return found if reads else _mute(found)


def of_age(patient: Patient, today: date) -> list[Chip]:
    """Give the chip of a minor."""
    if patient.age_on(today) >= ADULT:
        return []
    return [{"tone": "warn", "label": _("Under 18")}]


def _mute(found: list[Chip]) -> list[Chip]:
    """Keep each kind of chip once, without its words; what is not about health keeps them."""
    shown: dict[str, Chip] = {}
    for chip in found:
        kept = ("tone", "label", "icon", "text") if chip.get("open") else ("tone", "label", "icon")
        bare: Chip = {name: chip[name] for name in kept if name in chip}
        shown.setdefault(" ".join(bare.values()), bare)
    return list(shown.values())


def _allergies(facts: list[Fact]) -> list[Chip]:
    mine = [fact for fact in facts if fact.kind == "allergy"]
    hard = {AllergySeverity.ANAPHYLAXIS, AllergySeverity.SEVERE}
    mine.sort(key=lambda fact: (fact.mark not in hard, fact.name.lower()))
    return [{"tone": "danger", "label": _("Allergy"), "text": _named(fact)} for fact in mine]


def _named(fact: Fact) -> str:
    remarks = [] if fact.checked else [_("not checked")]
    if fact.mark in {AllergySeverity.ANAPHYLAXIS, AllergySeverity.SEVERE}:
        remarks.insert(0, AllergySeverity(fact.mark).label.lower())
    return f"{fact.name} ({', '.join(remarks)})" if remarks else fact.name


def _thins(fact: Fact) -> bool:
    by_medicine = fact.kind == "medicine" and bool(synonyms.bleeding_classes() & set(fact.slugs))
    return by_medicine or _is(fact, BLEEDING_CONDITIONS)


def _is(fact: Fact, slugs: frozenset[str]) -> bool:
    return fact.kind == "condition" and bool(slugs & set(fact.slugs))


def _bleeding(facts: list[Fact]) -> list[Chip]:
    names = [fact.name for fact in facts if _thins(fact)]
    return _one(names, {"tone": "danger", "label": _("Bleeds more"), "icon": "droplets"})


def _pregnancy(facts: list[Fact]) -> list[Chip]:
    names = [fact.name for fact in facts if _is(fact, PREGNANCY)]
    return _one(names, {"tone": "warn", "label": _("Pregnancy"), "icon": "baby"})


def _implants(facts: list[Fact]) -> list[Chip]:
    names = [fact.name for fact in facts if _is(fact, IMPLANTS)]
    return _one(names, {"tone": "warn", "label": _("Implant"), "icon": "circle-dot"})


def _one(names: list[str], chip: Chip) -> list[Chip]:
    return [{**chip, "text": ", ".join(names)}] if names else []


def _alerts(facts: list[Fact]) -> list[Chip]:
    found: list[Any] = []
    for fact in facts:
        if fact.kind == "alert":
            clinical = fact.mark == AlertKind.CLINICAL
            label = str(AlertKind(fact.mark).label)
            found.append({"tone": "warn", "label": label, "text": fact.name, "open": "" if clinical else "yes"})
    return found
