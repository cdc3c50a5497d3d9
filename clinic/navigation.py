"""Where one can go from anywhere: the rail of the staff, the tab bar of the patients."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission, may


@dataclass(frozen=True)
class Entry:
    """One place in the navigation; `section` is the first word of the addresses that belong to it.

    What stands at `count_name` says how much waits there; a page asks for it after it is shown.
    """

    label: str | Promise
    icon: str
    url_names: tuple[str, ...]
    permission: Permission | None = None
    sections: tuple[str, ...] = ()
    count_name: str = ""


PATIENTS = Entry(_("Patients"), "users", ("patients:patient_list",), Permission.VIEW_PATIENTS, ("patients",))
RAIL = (
    Entry(
        _("Today"),
        "calendar-check",
        ("scheduling:day_today",),
        Permission.VIEW_CALENDAR,
        ("scheduling",),
    ),
    PATIENTS,
    Entry(_("Plans"), "route", ("treatments:plan_list",), Permission.VIEW_PLANS, ("treatments",)),
    Entry(
        _("To be signed"),
        "pen-line",
        ("treatments:session_unsigned",),
        Permission.SIGN_SESSIONS,
        count_name="treatments:session_unsigned_count",
    ),
    Entry(_("Stock"), "package", ("formulations:lot_list",), Permission.VIEW_STOCK, ("formulations",)),
    Entry(
        _("Reactions"),
        "siren",
        ("safety:side_effect_list",),
        Permission.VIEW_SIDE_EFFECTS,
        ("safety",),
        "safety:side_effect_count",
    ),
    Entry(_("Tasks"), "list-checks", ("patients:task_list",), Permission.MANAGE_TASKS),
    Entry(_("Messages"), "mail", ("messaging:message_list",), Permission.VIEW_MESSAGES, ("messaging", "reminders")),
    Entry(_("Documents"), "file-text", ("documents:document_list",), Permission.VIEW_DOCUMENTS, ("documents",)),
    Entry(_("Takings"), "banknote", ("billing:takings_show",), Permission.VIEW_PAYMENTS, ("billing",)),
    Entry(_("Reports"), "chart-column", ("reports:report_list",), Permission.VIEW_REPORTS, ("reports",)),
    Entry(_("Settings"), "settings", ("accounts:settings",), Permission.VIEW_SETTINGS, ("set-up",)),
)
ACCOUNT_MENU = (
    Entry(_("Two-step log-in"), "shield-check", ("mfa_index",)),
    Entry(_("PIN for shared tablets"), "hash", ("accounts:pin_choose",), Permission.WORK_HERE),
    Entry(_("Change password"), "key-round", ("account_change_password",)),
    Entry(_("Other devices"), "monitor", ("usersessions_list",)),
    Entry(_("Team"), "users", ("accounts:member_list",), Permission.WORK_HERE),
    Entry(_("Delegations"), "user-check", ("treatments:delegation_list",), Permission.VIEW_ORDERS),
    Entry(_("Audit trail"), "scroll-text", ("reports:audit_log",), Permission.VIEW_AUDIT),
    Entry(_("Kept mail"), "inbox", ("mail_list",)),
    Entry(_("Change clinic"), "map-pin", ("accounts:clinic_choose",)),
)
PORTAL_TABS = (
    Entry(_("Home"), "house", ("portal:home",)),
    Entry(_("Documents"), "file-text", ("portal:document_list",)),
    Entry(_("Messages"), "mail", ("portal:message_list",)),
    Entry(_("Me"), "user", ("portal:me",)),
)


def links(entries: tuple[Entry, ...], membership: Any, path: str) -> list[dict[str, Any]]:
    """Give the entries that exist and that this member may open; at most one of them is the current place."""
    shown: list[dict[str, Any]] = [
        {
            "entry": entry,
            "label": entry.label,
            "icon": entry.icon,
            "url": url,
            "current": False,
            "count_url": _first_url((entry.count_name,)),
        }
        for entry in entries
        if (entry.permission is None or may(membership, entry.permission)) and (url := _first_url(entry.url_names))
    ]
    exact = [link for link in shown if path.startswith(link["url"])]
    section = [link for link in shown if path.lstrip("/").partition("/")[0] in link["entry"].sections]
    if current := max(exact, key=lambda link: len(link["url"]), default=None) or next(iter(section), None):
        current["current"] = True
    return shown


def _first_url(names: tuple[str, ...]) -> str:
    for name in filter(None, names):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""
