"""Servers over the database of a benchmark, and over one a tenth its size; the front desk and a bare view on them."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OURS, BARE = "clinic.wsgi:application", "bench._bare:application"
SMALLER = {"patients": 100_000, "appointments": 100_000}
SMALLER_DATABASE = "bench_smaller"


class Client:
    """One connection that stays open, as a browser's or a program's does."""

    def __init__(self, port: int, token: str = "") -> None:
        self.headers = {"Authorization": f"Token {token}"} if token else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        given = self.headers | ({"Content-Type": "application/json"} if body is not None else {})
        self.connection.request(method, path, None if body is None else json.dumps(body), given)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def get(self, path: str) -> Any:
        status, body = self.send("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body}")
        return body


@contextlib.contextmanager
def served(application: str = OURS, *, environment: dict[str, str] | None = None) -> Iterator[int]:
    """The port of a server set up as `serve` sets it up (two workers of four threads), ended at the end."""
    port = free_port()
    settings = "bench._bare_settings" if application == BARE else "clinic.settings"
    options = ["-c", "python:clinic.gunicorn_conf", "-b", f"127.0.0.1:{port}", "--keep-alive", "60"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, *options],
        env={**(environment or os.environ), "DJANGO_SETTINGS_MODULE": settings, "ALLOWED_HOSTS": "127.0.0.1"},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: int = 60) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")


def token() -> str:
    """A key of the front desk of the volume clinic."""
    from django.utils import timezone

    from accounts.actions import members
    from accounts.models import Membership
    from clinic.volume.house import FRONT_DESK

    membership = Membership.objects.select_related("clinic", "user").get(user__email=FRONT_DESK)
    given = members.issue_token(membership, name="bench", by=membership.user, at=timezone.now())
    return str(given.secret)  # type: ignore[attr-defined]


@contextlib.contextmanager
def smaller() -> Iterator[dict[str, str]]:
    """A second database with a tenth of the visits; gives the environment of a server over it."""
    import bench.__main__ as runner
    from clinic.embedded.postgres import Cluster

    runner.HOME = Path(os.environ["DATA_DIR"])
    cluster = Cluster(runner.HOME)
    template = runner.template_of(cluster, SMALLER)
    cluster.drop_database(SMALLER_DATABASE)
    cluster.create_database(SMALLER_DATABASE, template=template)
    cluster.prepare_database(SMALLER_DATABASE)
    try:
        yield runner.surroundings(cluster, SMALLER_DATABASE)
    finally:
        cluster.drop_database(SMALLER_DATABASE)


@contextlib.contextmanager
def working_on(database: str) -> Iterator[Any]:
    """Let this process work on another database of the cluster for a while."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
