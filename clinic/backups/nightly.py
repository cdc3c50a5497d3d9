"""The backup of every night: when it is due, where it lies, how many are kept, and who is told when it fails."""

import shutil
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import backups, policies
from accounts.actions.policies import value_of
from accounts.models import Backup, Clinic, Role, User
from clinic.backups.manifest import NAME
from clinic.backups.taking import HALF, take
from common.dates import local_day, zone_of
from patients.actions import tasks

TIME_KEY, TIME = "backup.time", "02:30"
KEEP_KEY, KEEP = "backup.keep", 14
TOO_OLD = timedelta(hours=26)
RETRY = timedelta(hours=1)
STAMP = "clinic-%Y%m%d-%H%M%S"
LOCK = 7_310_002
REASON = "backup"
log = structlog.get_logger(__name__)


def time_of(clinic: Clinic) -> time:
    """Give the time of night at which the clinic wants its backup, on its own clock."""
    try:
        return time.fromisoformat(str(value_of(clinic, TIME_KEY, TIME)))
    except ValueError:
        return time.fromisoformat(TIME)


def keep_of(clinic: Clinic) -> int:
    """Give how many nights are kept; never fewer than two."""
    return max(2, int(value_of(clinic, KEEP_KEY, KEEP)))


def decide(clinic: Clinic, *, time: time, keep: int, by: User, at: datetime) -> None:
    """Put another time or another number of kept nights in force; what stays the same gets no new version."""
    today, source = local_day(at, clinic.time_zone), _("The owner's decision.")
    for key, before, value in (
        (TIME_KEY, f"{time_of(clinic):%H:%M}", f"{time:%H:%M}"),
        (KEEP_KEY, keep_of(clinic), keep),
    ):
        if value != before:
            policies.decide(clinic, key, value, source=source, effective_on=today, by=by, at=at)


def lately() -> Any:
    """Give the last attempts, good and bad, the newest first."""
    return Backup.objects.newest_first()[:30]


def last_moment(clinic: Clinic, at: datetime) -> datetime:
    """Give the last moment at which a backup should have begun."""
    zone = zone_of(clinic.time_zone)
    local = at.astimezone(zone)
    moment = datetime.combine(local.date(), time_of(clinic), tzinfo=zone)
    if moment > local:
        moment = datetime.combine(local.date() - timedelta(days=1), time_of(clinic), tzinfo=zone)
    return moment


def is_due(at: datetime) -> bool:
    """Say whether some clinic of the house still waits for its backup of the night; a failed one is tried hourly."""
    moments = [last_moment(clinic, at) for clinic in Clinic.objects.all()]
    if not moments or Backup.objects.good().tried_since(max(moments)).exists():
        return False
    return not Backup.objects.tried_since(max(max(moments), at - RETRY)).exists()


def attempt(folder: Path, *, at: datetime) -> Backup:
    """Take a backup and write down what came of it; raises what went wrong."""
    system = User.objects.system()
    row: Backup = backups.begin(folder=str(folder), by=system, at=at)
    try:
        sizes = take(folder, before=next(iter(kept(folder.parent)), None))
    except BaseException as error:
        backups.fail(row, error=f"{type(error).__name__}: {error}", by=system, at=timezone.now())
        raise
    finished: Backup = backups.finish(row, sizes=sizes, by=system, at=timezone.now())
    return finished


def tonight(at: datetime) -> Backup | None:
    """Take the backup of the night if it is due and nobody else is at it, and let the oldest go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        try:
            if not is_due(at):
                return None
            folder = Path(settings.BACKUP_DIR)
            made = attempt(folder / at.strftime(STAMP), at=at)
            forget(folder, max(keep_of(clinic) for clinic in Clinic.objects.all()))
            return made
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def kept(folder: Path) -> Iterator[Path]:
    """List the nightly backups in a folder, the newest first; those of another name are somebody's own."""
    found = [path for path in folder.glob("clinic-*") if (path / NAME).is_file()] if folder.exists() else []
    yield from sorted(found, key=lambda path: path.name, reverse=True)


def forget(folder: Path, keep: int) -> int:
    """Let go of the nightly backups beyond the last few, and of what a killed one left behind."""
    old = list(kept(folder))[keep:]
    for path in [*old, *folder.glob(f"clinic-*{HALF}")]:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


def watch(at: datetime) -> int:
    """Put a red task before each owner while the last good backup is too old or the last try failed."""
    system = User.objects.system()
    told = 0
    for clinic in Clinic.objects.order_by("pk"):
        trouble = trouble_of(clinic, at)
        standing = clinic.tasks.open().filter(reason_key=REASON).first()
        if trouble and not standing:
            tasks.add(
                clinic, text=trouble, role=Role.OWNER, due_at=at, url=reverse("backup_list"), is_red=True,
                reason_key=REASON, by=system, at=at,
            )  # fmt: skip
            told += 1
        elif standing and not trouble:
            tasks.done(standing, outcome=_("A good backup was taken."), by=system, at=at)
    return told


def trouble_of(clinic: Clinic, at: datetime) -> str:
    """Say what is wrong with the backups, in a sentence; empty if nothing is."""
    last = Backup.objects.filter(ended_at__isnull=False).newest_first().first()
    if last and last.error:
        return _("The last backup failed: %(error)s") % {"error": last.error[:300]}
    good = Backup.objects.good().newest_first().first()
    if (good.started_at if good else clinic.created_at) < at - TOO_OLD:
        return _("There is no good backup of the last 26 hours.")
    return ""
