"""What a clinic needs before its doors open: services, tables, reference data, the demo, static files."""

import hashlib
import io
import json
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGKILL
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections

from clinic.children import Child, Family
from clinic.embedded.postgres import Cluster
from clinic.embedded.processes import start_child
from clinic.embedded.redis import Broker
from clinic.embedded.trouble import CannotStart

Say = Callable[[str], None]


def refuse_taken_port() -> None:
    """Say who holds the door's port before anything is started for it."""
    with socket.socket(socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CannotStart(
                f"Cannot serve on {settings.HOST}:{settings.PORT}: {os.strerror(error.errno or 0)}. "
                f"Stop what uses it, or choose another port: PORT={settings.PORT + 1} make run"
            ) from None


def open_services(family: Family, say: Say) -> None:
    """The embedded PostgreSQL and Redis, each unless an address of another is given."""
    folder = settings.DATA_DIR
    folder.mkdir(parents=True, exist_ok=True)
    settings.FILES_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.EMBEDDED:
        cluster = Cluster(folder)
        family.add(Child("PostgreSQL", lambda: cluster.start(with_parent=True), SIGINT, vital=True))
        cluster.ensure_database()
        for sentence in cluster.said:
            say(sentence)
    if settings.OWN_REDIS:
        broker = Broker(folder)
        family.add(Child("Redis", lambda: broker.start(with_parent=True)))


def prepare_tables(say: Say) -> None:
    if "owner" not in settings.DATABASES:
        say("OWNER_DATABASE_URL is not set: migrations are left to whoever holds the owner's role.")
        return
    say("Bringing the tables up to date ...")
    call_command("migrate", database="owner", interactive=False, verbosity=0)


def load_demo(say: Say) -> list[dict[str, Any]]:
    """The reference data and the demo clinic, once; later starts only read which accounts there are."""
    if settings.IN_PRODUCTION or "demo" not in get_commands():
        return []
    kept = settings.DATA_DIR / "demo.json"
    if not kept.exists() or not apps.get_model("accounts", "Clinic").objects.exists():
        say("Loading the reference data and the demo clinic ...")
        output = io.StringIO()
        call_command("demo", json=True, stdout=output)
        unfinished = kept.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(output.getvalue())
        unfinished.replace(kept)
    return list(json.loads(kept.read_text())["accounts"])


def collect_static(say: Say) -> None:
    """Gather the static files when one of them changed since the last start."""
    stamp = settings.STATIC_ROOT / ".stamp"
    now = static_stamp()
    if stamp.exists() and stamp.read_text() == now:
        return
    say("Gathering the static files ...")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def static_stamp() -> str:
    digest = hashlib.sha256((settings.BASE_DIR / "requirements" / "base.txt").read_bytes())
    for folder in settings.STATICFILES_DIRS:
        root = Path(str(folder[1] if isinstance(folder, tuple) else folder))
        for path in sorted(root.rglob("*")):
            if path.is_file():
                found = path.stat()
                digest.update(f"{path.relative_to(root)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def open_doors(family: Family, *, mail_port: int) -> None:
    """Web, worker and beat, as the application's role: the owner's address is not handed on."""
    connections.close_all()
    logs = settings.DATA_DIR / "log"
    logs.mkdir(parents=True, exist_ok=True)
    figures = fresh_folder(settings.DATA_DIR / "run" / "metrics")
    env = {key: value for key, value in os.environ.items() if key != "OWNER_DATABASE_URL"}
    env |= {
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
        "DATA_DIR": str(settings.DATA_DIR),
        "HOST": settings.HOST,
        "PORT": str(settings.PORT),
        "MAIL_SINK_PORT": str(mail_port),
        "CLINIC_ENV": settings.CLINIC_ENV,
    }
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "clinic.celery", "-q"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
    beat = [*celery, "beat", "-l", "WARNING", "--pidfile="]
    for name, command, more in (
        ("web", [*python, "gunicorn", "-c", "python:clinic.gunicorn_conf", "clinic.wsgi"], figures),
        ("worker", worker, {"CLINIC_PROCESS": "worker"}),
        ("beat", beat, {"CLINIC_PROCESS": "worker"}),
    ):
        start = partial(start_child, command, log=logs / f"{name}.log", on_death=SIGKILL, env=env | more)
        family.add(Child(name, partial(start, cwd=settings.BASE_DIR), vital=name == "web"))


def fresh_folder(folder: Path) -> dict[str, str]:
    """An empty folder for the figures that the web processes share."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.db"):
        path.unlink()
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
