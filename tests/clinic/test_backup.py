"""A backup taken while people work comes back on another machine, whole, and sends nothing twice."""

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.actions import backups, policies
from accounts.models import Backup, User
from audit import anchors
from audit.models import Event
from clinic.backups import manifest as lists
from clinic.backups import nightly, taking
from clinic.backups.manifest import Broken
from clinic.embedded.postgres import APP, OWNER, Cluster
from clinic.testing import ROOT
from messaging.actions import outbox
from messaging.rules import messages as rules
from patients.actions import patients
from tests.cast import NOON, PASSWORD
from tests.factories import messages

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def other_house(tmp_path_factory):
    """An empty house on another cluster: nothing of this one is reached from it."""
    home = tmp_path_factory.mktemp("h")
    cluster = Cluster(home, fast=True)
    cluster.start(with_parent=True)
    cluster.ensure_database()
    yield cluster
    cluster.stop()


def in_house(cluster, *command, **more):
    """Run a command in the other house, in a process of its own, as its operator would."""
    env = {
        "PATH": os.environ["PATH"],
        "CLINIC_ENV": "demo",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATA_DIR": str(cluster.home),
        "DATABASE_URL": cluster.url(APP),
        "OWNER_DATABASE_URL": cluster.url(OWNER),
        "REDIS_URL": "redis://127.0.0.1:9/0",
        **more,
    }
    return subprocess.run(
        [sys.executable, *command], env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )


def asked(cluster, question, *values):
    with closing(cluster.connect("clinic")) as connection, connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


@pytest.fixture
def papers():
    """Private files as the house keeps them."""
    home = Path(settings.FILES_DIR)
    (home / "documents").mkdir(parents=True, exist_ok=True)
    for number in range(5):
        (home / "documents" / f"{number}.pdf").write_bytes(b"%PDF " + os.urandom(3000))
    yield home
    shutil.rmtree(home)


@pytest.fixture
def waiting(patient):
    """Messages in every state in which a crash can find them, and one that is not due for long."""
    system, now = User.objects.system(), timezone.now()
    patient.email = "amara@example.org"
    patient.save(update_fields=["email"])
    claimed = messages.queue(patient, version=1, due_at=now - timedelta(minutes=5))
    outbox.claim(claimed, worker="a relay", by=system, at=now)
    messages.queue(patient, version=2, due_at=now - timedelta(minutes=4))
    messages.queue(patient, version=3, due_at=now, held_until=now + timedelta(minutes=3))
    messages.queue(patient, version=4, due_at=now + timedelta(days=20))
    return patient


def test_a_backup_taken_while_people_work_comes_back_whole_elsewhere(
    waiting, owner, papers, other_house, tmp_path, clinic
):
    owner.password = Argon2PasswordHasher().encode(PASSWORD, "a salt of the test")
    owner.save()
    anchors.drop(timezone.now())
    stop, written = threading.Event(), []

    def work():
        system = User.objects.system()
        while not stop.is_set():
            name = f"Written {len(written)}"
            patients.register(clinic, given_name=name, born_on=NOON.date(), sex="unknown", by=system, at=timezone.now())
            anchors.drop(timezone.now())
            written.append(name)
        connections.close_all()

    desk = threading.Thread(target=work)
    desk.start()
    while len(written) < 3:
        time.sleep(0.05)
    folder = tmp_path / "backup"
    call_command("backup", str(folder))
    during = len(written)
    while len(written) < during + 2:
        time.sleep(0.05)
    stop.set()
    desk.join(30)

    began = time.monotonic()
    restored = in_house(other_house, "manage.py", "restore", str(folder))
    seconds = time.monotonic() - began
    assert restored.returncode == 0, restored.stderr
    assert "every count and fingerprint as it was taken" in restored.stdout
    assert "chains verified" in restored.stdout
    assert "every seal holds" in restored.stdout
    assert seconds < 120

    manifest, _seal = lists.read(folder)
    ((came_back,),) = asked(other_house, "SELECT count(*) FROM patients_patient WHERE given_name LIKE 'Written %%'")
    assert 3 <= came_back < len(written)
    assert manifest.tables["patients_patient"][0] == came_back + 1
    for paper in papers.rglob("*.pdf"):
        assert (other_house.home / "files" / paper.relative_to(papers)).read_bytes() == paper.read_bytes()

    states = dict(asked(other_house, "SELECT version, state FROM messaging_message"))
    assert states == {1: "unknown", 2: "suppressed", 3: "suppressed", 4: "queued"}
    red = "SELECT count(*) FROM patients_task WHERE is_red AND reason_key LIKE 'restoration:%%'"
    assert asked(other_house, red) == [(1,)]
    log_in = (
        "import django; django.setup(); from django.contrib.auth import authenticate; "
        "from messaging.tasks import relay; "
        f"print(authenticate(None, email={owner.email!r}, password={PASSWORD!r}), relay())"
    )
    answered = in_house(other_house, "-c", log_in, DJANGO_SETTINGS_MODULE="clinic.settings")
    assert answered.returncode == 0, answered.stderr
    assert answered.stdout.split()[-1] == "0"
    assert "None" not in answered.stdout
    closed = asked(
        other_house,
        "SELECT has_table_privilege(%s, 'audit_event', 'UPDATE'), has_table_privilege(%s, 'audit_event', 'INSERT'),"
        " has_table_privilege(%s, 'patients_patient', 'TRUNCATE')",
        APP,
        APP,
        APP,
    )
    assert closed == [(False, True, False)]

    again = in_house(other_house, "manage.py", "restore", str(folder))
    assert again.returncode != 0
    assert "is not empty" in again.stderr
    assert Event.objects.in_chain(0).filter(kind="backup.taken").exists()


def test_a_backup_that_was_touched_is_refused_before_anything_is_changed(clinic, papers, other_house, tmp_path):
    folder = tmp_path / "backup"
    call_command("backup", str(folder))
    (folder / "files" / "documents" / "2.pdf").write_bytes(b"%PDF another")

    refused = in_house(other_house, "manage.py", "restore", str(folder))
    assert refused.returncode != 0
    assert "files/documents/2.pdf differs from the list" in refused.stderr
    assert asked(other_house, "SELECT count(*) FROM pg_class WHERE relname = 'accounts_clinic'") == [(0,)]

    (folder / lists.NAME).write_text((folder / lists.NAME).read_text().replace('"bytes"', '"bytez"', 1))
    assert "not as it was written" in in_house(other_house, "manage.py", "restore", str(folder), "--check").stderr


def test_nobody_else_on_the_machine_can_read_a_backup(clinic, papers, tmp_path):
    call_command("backup", str(tmp_path / "backup"))
    for path in [tmp_path / "backup", *(tmp_path / "backup").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert "PASSWORD" not in json.dumps(lists.read(tmp_path / "backup")[0].tables)


def test_a_folder_that_holds_something_is_never_written_over(clinic, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear Ada")
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(tmp_path / "mine"))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_backup_that_breaks_off_leaves_nothing_that_looks_like_one(clinic, tmp_path, monkeypatch):
    monkeypatch.setattr(taking, "_anchors", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", str(tmp_path / "backup"))

    assert list(tmp_path.iterdir()) == []
    assert "No space left" in Backup.objects.newest_first().first().error
    nightly.watch(timezone.now())
    task = clinic.tasks.open().get(reason_key="backup")
    assert task.is_red
    assert task.role == "owner"
    assert "No space left" in task.text

    monkeypatch.undo()
    call_command("backup", str(tmp_path / "backup"))
    nightly.watch(timezone.now())
    assert not clinic.tasks.open().filter(reason_key="backup").exists()


def test_the_backup_of_the_night_is_taken_once_and_the_last_few_are_kept(clinic, owner, papers, tmp_path, settings):
    settings.BACKUP_DIR = tmp_path
    policies.decide(clinic, "backup.keep", 2, effective_on=NOON.date(), by=owner, at=NOON)
    policies.decide(clinic, "backup.time", "03:15", effective_on=NOON.date(), by=owner, at=NOON)
    at = datetime(2030, 3, 4, 2, 14, tzinfo=UTC)  # a minute before a quarter past three in Madrid
    assert nightly.last_moment(clinic, at) == datetime(2030, 3, 3, 2, 15, tzinfo=UTC)

    for night in range(4):
        made = nightly.tonight(at + timedelta(days=night, minutes=1))
        assert made.is_good
        assert nightly.tonight(at + timedelta(days=night, minutes=6)) is None

    kept = list(nightly.kept(tmp_path))
    assert len(kept) == 2
    one, other = (folder / "files" / "documents" / "0.pdf" for folder in kept)
    assert one.stat().st_ino == other.stat().st_ino, "the same paper takes its room once"


def test_a_failed_night_is_tried_again_after_an_hour_and_shown_meanwhile(clinic, tmp_path, settings, monkeypatch):
    settings.BACKUP_DIR = tmp_path
    at = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(taking, "run", lambda *_, **__: (_ for _ in ()).throw(Broken("pg_dump failed: no such host")))
    with pytest.raises(Broken):
        nightly.tonight(at)
    assert nightly.tonight(at + timedelta(minutes=50)) is None
    monkeypatch.undo()
    assert nightly.tonight(at + timedelta(minutes=70)).is_good


def test_an_owner_is_told_when_no_good_backup_is_younger_than_26_hours(clinic, tmp_path):
    call_command("backup", str(tmp_path / "backup"))
    last = timezone.now()
    assert nightly.trouble_of(clinic, last + timedelta(hours=25)) == ""
    assert "26 hours" in nightly.trouble_of(clinic, last + timedelta(hours=27))


def test_what_was_due_before_the_house_came_back_is_never_sent_by_itself(waiting):
    system, now = User.objects.system(), timezone.now()
    backups.restored(taken_at=now - timedelta(hours=9), is_rehearsal=False, manifest_sha256="0" * 64, by=system, at=now)
    lost = messages.queue(waiting, version=7, due_at=now - timedelta(hours=3))
    later = messages.queue(waiting, version=8, due_at=now + timedelta(seconds=1))

    assert "before the clinic was restored" in rules.send.reasons_against(lost)[0].message
    assert rules.send.allows(later)

    backups.restored(taken_at=now, is_rehearsal=True, manifest_sha256="0" * 64, by=system, at=now)
    assert not rules.send.allows(later), "a rehearsal beside the real clinic sends nothing at all"
