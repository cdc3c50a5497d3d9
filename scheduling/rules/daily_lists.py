"""What an entry of a daily list means: what is wrong with what was found, and who may correct what."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.decimals import plain
from common.refused import Refusal
from common.rules import rule
from scheduling.models import DailyEntry, DailyList, DailyListKind, Disinfectant

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def record(
    daily_list: DailyList, *, temperature_c: Decimal | None, findings: list[dict[str, Any]], disinfectant: str
) -> Clauses:
    """An entry says what its list asks: a temperature, each thing of the kit, or what was used to disinfect."""
    yield daily_list.is_active, Refusal("wrong_state", _("This list is no longer in use."))
    if daily_list.kind == DailyListKind.FRIDGE:
        yield temperature_c is not None, Refusal("invalid", _("Read the thermometer and write down what it shows."))
        yield (
            temperature_c is None or Decimal(-40) <= temperature_c <= Decimal(60),
            Refusal("invalid", _("No fridge is that cold or that warm: look at the number again.")),
        )
    if daily_list.kind == DailyListKind.EMERGENCY_KIT:
        said = {each["thing"] for each in findings}
        yield (
            said == set(daily_list.things),
            Refusal("invalid", _("Say of each thing of the kit whether it is there.")),
        )
    if daily_list.kind == DailyListKind.DISINFECTION:
        yield disinfectant in Disinfectant.values, Refusal("invalid", _("Say what the device was disinfected with."))


@rule
def correct(entry: DailyEntry, note: str) -> Clauses:
    """An entry is corrected once, by a later one that says why; the later one can be corrected in its turn."""
    yield (
        not DailyEntry.objects.filter(clinic=entry.clinic_id, corrects=entry.pk).exists(),
        Refusal("already_done", _("This entry was corrected already: correct the one that followed it.")),
    )
    yield bool(note.strip()), Refusal("reason_needed", _("Say why the entry is corrected."))


def troubles(
    daily_list: DailyList, on: date, *, temperature_c: Decimal | None, findings: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Say in sentences what is not in order; an empty list means all is well. A thing counts on its last day."""
    if daily_list.kind == DailyListKind.FRIDGE:
        return _out_of_range(daily_list, temperature_c)
    found = []
    for each in findings:
        if not each["there"]:
            found.append(_("%(thing)s is missing.") % {"thing": each["thing"]})
        elif each.get("expires_on") and each["expires_on"] < on.isoformat():
            found.append(_("%(thing)s has expired.") % {"thing": each["thing"]})
    return found


def _out_of_range(daily_list: DailyList, temperature_c: Decimal | None) -> list[str]:
    lowest, highest = daily_list.coldest_c, daily_list.warmest_c
    if temperature_c is None or lowest is None or highest is None or lowest <= temperature_c <= highest:
        return []
    said = {"found": plain(temperature_c), "lowest": plain(lowest), "highest": plain(highest)}
    return [_("%(found)s °C lies outside of %(lowest)s to %(highest)s °C.") % said]
