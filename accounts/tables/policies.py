"""What the clinic has decided, each decision with its versions, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.settings import field_for
from accounts.models import Policy

NAMES: dict[str, Any] = {
    "billing.terms": gettext_lazy("What stands on receipts: name, address, tax"),
    "backup.keep": gettext_lazy("Nights of which the backup is kept"),
    "backup.time": gettext_lazy("Time of the nightly backup"),
    "ingredients.enabled": gettext_lazy("Substances that may be used here by decision"),
    "ingredients.prohibited": gettext_lazy("Substances that are never used here"),
    "preparations.usp_797": gettext_lazy("Immediate-use limits of USP 797 are flagged"),
    "protocols.enabled": gettext_lazy("Protocols that are offered by decision"),
    "protocols.disabled": gettext_lazy("Protocols that are not offered"),
    "portal.link_days": gettext_lazy("Days for which a portal link works"),
    "scheduling.slot_step_minutes": gettext_lazy("Minutes between the times offered"),
}


@dataclass(frozen=True)
class Decision:
    """All versions of one decision, newest first."""

    key: str
    versions: list[Policy]

    @property
    def newest(self) -> Policy:
        return self.versions[0]

    @property
    def earlier(self) -> list[Policy]:
        return self.versions[1:]

    @property
    def name(self) -> str:
        return str(NAMES.get(self.key, self.key))

    @property
    def is_typed(self) -> bool:
        """Say whether its value is of a kind that a page can take."""
        return field_for(self.newest.value) is not None


def decisions(policies: Iterable[Policy]) -> list[Decision]:
    """Group the versions by decision; each version carries its value in words."""
    rows = sorted(policies, key=lambda policy: (policy.key, -policy.version))
    for row in rows:
        row.words = in_words(row.value)  # type: ignore[attr-defined]
    return [Decision(key, list(group)) for key, group in groupby(rows, key=lambda row: row.key)]


def in_words(value: Any) -> str:
    """Write a value as a person would read it out."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(in_words(each) for each in value) or _("none")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {in_words(each)}" for name, each in value.items())
    return str(value)
