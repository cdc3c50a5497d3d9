"""Days and wall times of a place; a wall time that does not exist, or exists twice, is refused."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.refused import Refused


def zone_of(name: str | ZoneInfo) -> ZoneInfo:
    """Give the time zone of an IANA name."""
    return name if isinstance(name, ZoneInfo) else ZoneInfo(name)


def resolve_local(wall: datetime, zone: str | ZoneInfo) -> datetime:
    """Turn a wall time at a place into a moment, refusing the two hours a year where it means none or two."""
    tz = zone_of(zone)
    first, second = wall.replace(tzinfo=tz, fold=0), wall.replace(tzinfo=tz, fold=1)
    if first.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != wall:
        raise Refused(
            "invalid_local_time",
            _("%(wall)s does not exist in %(zone)s: the clocks go forward that night. Choose another time.")
            % {"wall": wall.strftime("%Y-%m-%d %H:%M"), "zone": tz.key},
        )
    if first.utcoffset() != second.utcoffset():
        raise Refused(
            "invalid_local_time",
            _("%(wall)s happens twice in %(zone)s: the clocks go back that night. Choose another time.")
            % {"wall": wall.strftime("%Y-%m-%d %H:%M"), "zone": tz.key},
        )
    return first.astimezone(UTC)


def local_day(moment: datetime, zone: str | ZoneInfo) -> date:
    """Give the calendar day of a moment at a place."""
    return moment.astimezone(zone_of(zone)).date()


def day_bounds(day: date, zone: str | ZoneInfo) -> tuple[datetime, datetime]:
    """Give the first moment of a day at a place, and that of the next day (half open, 23 to 25 hours long)."""
    tz = zone_of(zone)
    start = datetime.combine(day, time.min, tzinfo=tz)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=tz)
    return start.astimezone(UTC), end.astimezone(UTC)


def parse_moment(text: str, zone: str | ZoneInfo) -> datetime:
    """Read an ISO time; one with an offset is a moment, one without is a wall time at the place."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            "invalid_local_time", _("“%(text)s” is not a time. Write it like 2026-12-07T10:00.") % {"text": text}
        ) from error
    return moment.astimezone(UTC) if moment.tzinfo else resolve_local(moment, zone)


class LocalDateTimeField(forms.CharField):
    """A wall time at a place, cleaned to a moment; set `zone` on the field before cleaning."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 300})
    zone: str | ZoneInfo = "UTC"

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo:
            return value.astimezone(zone_of(self.zone)).strftime("%Y-%m-%dT%H:%M")
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_moment(str(text).replace(" ", "T"), self.zone)
        except Refused as refused:
            raise ValidationError(refused.detail, code=refused.code) from refused


class PastDayField(forms.CharField):
    """A day typed as 2 March 1985, 02/03/1985 or 1985-03-02; never a browser's own idea of a date."""

    widget = forms.TextInput(attrs={"autocomplete": "bday", "placeholder": "1985-03-02"})
    formats = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y")

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        for pattern in self.formats:
            try:
                return datetime.strptime(str(text).strip(), pattern).replace(tzinfo=UTC).date()
            except ValueError:
                continue
        raise ValidationError(_("“%(text)s” is not a day. Write it like 1985-03-02 or 02/03/1985.") % {"text": text})
