"""What is written down about backups; the taking and the bringing back are the house's own work."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Backup, Restoration, User
from audit.actions import audited


@dataclass(frozen=True)
class Sizes:
    """How much a backup holds, and the seal of its list."""

    bytes: int
    rows: int
    files: int
    manifest_sha256: str


@audited("backup.begun")
def begin(*, folder: str, by: User, at: datetime) -> Backup:
    """Write down that a backup was begun: one that is never heard of again counts as failed."""
    return Backup.objects.create(started_at=at, folder=folder[:500])


@audited("backup.taken")
def finish(backup: Backup, *, sizes: Sizes, by: User, at: datetime) -> Backup:
    """Write down that a backup is whole, how large it is, and the seal by which it is known again."""
    backup.ended_at, backup.bytes, backup.row_count = at, sizes.bytes, sizes.rows
    backup.file_count, backup.manifest_sha256 = sizes.files, sizes.manifest_sha256
    backup.save(update_fields=["ended_at", "bytes", "row_count", "file_count", "manifest_sha256"])
    return backup


@audited("backup.failed")
def fail(backup: Backup, *, error: str, by: User, at: datetime) -> Backup:
    """Write down that a backup was not finished, and why."""
    backup.ended_at, backup.error = at, (error.strip() or "It ended without a word.")[:500]
    backup.save(update_fields=["ended_at", "error"])
    return backup


@audited("house.restored")
def restored(*, taken_at: datetime, is_rehearsal: bool, manifest_sha256: str, by: User, at: datetime) -> Restoration:
    """Write down that the house was brought back: from now on nothing that was due earlier leaves by itself."""
    return Restoration.objects.create(
        taken_at=taken_at, restored_at=at, is_rehearsal=is_rehearsal, manifest_sha256=manifest_sha256
    )
