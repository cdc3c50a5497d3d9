"""What a new clinic still lacks before its first patient; every line is read from facts, none is ticked by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Backup, Clinic
from audit.models import Event
from clinic.backups import nightly
from common.dates import local_day, zone_of
from messaging.models import Message, MessageKind, MessageState
from treatments.tables.protocols import standing_of

ARRIVED = (MessageState.SENT, MessageState.DELIVERED)


@dataclass(frozen=True)
class Step:
    """One line of the list: what is asked, whether it is so, what the facts say, and where it is mended."""

    key: str
    label: str
    is_done: bool
    said: str
    url: str
    action: str


def steps(clinic: Clinic, at: datetime, *, secure: bool) -> list[Step]:
    """Read every line of the set-up of a clinic, in the order in which they are best done."""
    today = local_day(at, clinic.time_zone)
    return [
        _clinic(clinic),
        _clock(clinic, at),
        *_people(clinic, today),
        *_calendar(clinic, today),
        _protocols(clinic),
        *_stock(clinic, today),
        _daily(clinic),
        _sender(clinic),
        _backup(clinic, at),
        _certificate(secure),
    ]


def _clinic(clinic: Clinic) -> Step:
    wanted = {
        _("phone"): clinic.phone,
        _("emergency phone"): clinic.emergency_phone,
        _("e-mail address"): clinic.email,
        _("address of the place"): clinic.locations.filter(is_active=True).exclude(address="").exists(),
    }
    missing = [name for name, value in wanted.items() if not value]
    said = _("Missing: %(names)s.") % {"names": ", ".join(missing)} if missing else f"{clinic.name}, {clinic.phone}"
    return Step(
        "clinic", _("Name, phones and address"), not missing, said, reverse("accounts:clinic_show"), _("Fill in")
    )


def _clock(clinic: Clinic, at: datetime) -> Step:
    looked_at = Event.objects.about(clinic).filter(kind="clinic.changed").exists()
    said = (
        f"{at.astimezone(zone_of(clinic.time_zone)):%H:%M} · {clinic.time_zone} · {clinic.language} · {clinic.currency}"
    )
    url = reverse("accounts:clinic_edit")
    return Step("clock", _("Time zone, language and currency"), looked_at, said, url, _("Check and save"))


def _people(clinic: Clinic, today: Any) -> Iterator[Step]:
    team = reverse("accounts:member_list")
    licensed = clinic.practitioners.active().licensed_on(today).count()
    yield Step(
        "people",
        _("People who treat, with their licence"),
        licensed > 0,
        ngettext("%(n)s valid licence", "%(n)s valid licences", licensed) % {"n": licensed},
        team,
        _("Invite and license"),
    )
    director = clinic.memberships.active().filter(is_medical_director=True).select_related("user").first()
    said = director.user.display_name if director else _("Nobody can sign protocols or approve recipes yet.")
    yield Step("director", _("A medical director"), director is not None, said, team, _("Name one"))


def _calendar(clinic: Clinic, today: Any) -> Iterator[Step]:
    page = reverse("scheduling:calendar_show")
    rooms = clinic.rooms.active().count()
    said = ngettext("%(n)s room", "%(n)s rooms", rooms) % {"n": rooms}
    yield Step("rooms", _("Rooms"), rooms > 0, said, page, _("Add rooms"))
    lines = clinic.working_hours.holding_from(today).filter(practitioner__isnull=False)
    people = lines.values("practitioner").distinct().count()
    said = ngettext("%(n)s person has hours", "%(n)s people have hours", people) % {"n": people}
    yield Step("hours", _("Weekly hours"), people > 0, said, page, _("Add hours"))
    kinds = clinic.appointment_kinds.filter(is_active=True).count()
    said = ngettext("%(n)s kind of visit", "%(n)s kinds of visit", kinds) % {"n": kinds}
    yield Step("kinds", _("Kinds of visit"), kinds > 0, said, page, _("Add kinds"))


def _protocols(clinic: Clinic) -> Step:
    standing = standing_of(clinic)
    said = _("%(signed)s of %(all)s rows signed") % {"signed": standing.signed, "all": standing.in_force}
    url = reverse("treatments:protocol_list")
    return Step("protocols", _("Protocols, signed"), standing.is_complete, said, url, _("Read and sign"))


def _stock(clinic: Clinic, today: Any) -> Iterator[Step]:
    products = clinic.products.count()
    said = ngettext("%(n)s product", "%(n)s products", products) % {"n": products}
    page = reverse("formulations:product_list")
    yield Step("products", _("Products"), products > 0, said, page, _("Add products"))
    lots = clinic.lots.drawable(today).count()
    said = ngettext("%(n)s usable lot", "%(n)s usable lots", lots) % {"n": lots}
    yield Step("lots", _("Lots in stock"), lots > 0, said, page, _("Receive lots"))


def _daily(clinic: Clinic) -> Step:
    lists = clinic.daily_lists.active().count()
    said = ngettext("%(n)s list", "%(n)s lists", lists) % {"n": lists}
    url = reverse("scheduling:daily_list_set_up")
    return Step("daily", _("Daily lists: emergency kit, fridge, devices"), lists > 0, said, url, _("Set up lists"))


def _sender(clinic: Clinic) -> Step:
    last = last_test(clinic)
    done = last is not None and last.state in ARRIVED
    said = _("No test mail was sent yet.") if last is None else f"{last.get_state_display()}: {last.recipient}"
    return Step("sender", _("Mail goes out"), done, said, reverse("mail_test"), _("Send a test mail"))


def last_test(clinic: Clinic) -> Message | None:
    """Give the last test mail of a clinic."""
    tests = Message.objects.about("clinic", clinic.pk).filter(clinic=clinic, kind=MessageKind.STAFF)
    return tests.order_by("-version").first()


def _backup(clinic: Clinic, at: datetime) -> Step:
    last = Backup.objects.good().newest_first().first()
    done = last is not None and last.started_at > at - nightly.TOO_OLD
    said = (
        _("None yet: the first is taken tonight at %(time)s.") % {"time": f"{nightly.time_of(clinic):%H:%M}"}
        if last is None
        else _("The last good one: %(when)s UTC") % {"when": f"{last.started_at:%Y-%m-%d %H:%M}"}
    )
    return Step("backup", _("A backup of the last 26 hours"), done, said, reverse("backup_list"), _("See backups"))


def _certificate(secure: bool) -> Step:
    done = secure and settings.PUBLIC_URL.startswith("https://")
    said = settings.PUBLIC_URL if done else _("This page was not opened by https: tablets have no camera then.")
    return Step(
        "certificate", _("A certificate that tablets trust"), done, said, reverse("certificate_help"), _("How to")
    )
