"""Real workers on a real Redis, with a mail server that can be slow: what only shows when a process is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from kombu import Connection
from redis import Redis

from clinic.celery import app
from clinic.embedded.postgres import APP
from clinic.embedded.processes import start_child
from clinic.embedded.redis import Broker
from clinic.mailbox import free_port
from clinic.testing import ROOT, TEST_CLUSTER, TEST_DATABASE


class Post:
    """A mail server: counts the letters, and can hold its breath after it has taken one."""

    port = 0

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.hold_at: int | None = None
        self.holding = threading.Event()
        self.go_on = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        import asyncio

        self.letters.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        if len(self.letters) == self.hold_at:
            self.holding.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.02)
        return "250 Taken"

    @property
    def received(self) -> Counter[str]:
        return Counter(recipient for recipient, _letter in self.letters)


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server on this machine; `post.port` is where it listens."""
    handler = Post()
    handler.port = free_port(0)
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, ready_timeout=10)
    controller.start()
    yield handler
    handler.go_on.set()
    controller.stop()


class Workers:
    """Starts workers, asks them for tasks, and kills them."""

    def __init__(self, home: Path, mail_port: int) -> None:
        self.home, self.mail_port = home, mail_port
        self.broker = Broker(home)
        self.alive: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        """Start one worker with one pool process, on this test's database."""
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "CLINIC_PROCESS": "worker",
            "CLINIC_ENV": "demo",
            "DATA_DIR": str(self.home),
            "DATABASE_URL": TEST_CLUSTER.url(APP, TEST_DATABASE),
            "REDIS_URL": self.broker.url,
            "MAIL_SINK_PORT": str(self.mail_port),
            "WORKERS": "1",
        }
        command = [sys.executable, "-m", "celery", "-A", "clinic.celery", "-q", "worker", "-l", "WARNING"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        log = self.home / "worker.log"
        worker = start_child([*command, *quiet], log=log, on_death=signal.SIGKILL, env=env, cwd=ROOT)
        self.alive.append(worker)
        return worker

    def ask(self, task: str) -> None:
        """Ask for a task the way beat does."""
        url = self.broker.url.replace("unix://", "redis+socket://", 1)
        with Connection(url) as connection:
            app.send_task(task, connection=connection, ignore_result=True)

    def nothing_left(self, *, lost: int = 0) -> bool:
        """Say whether every task that was asked for is done, but for those that a killed worker took along."""
        with Redis(unix_socket_path=str(self.broker.socket)) as redis:
            return redis.llen("celery") == 0 and redis.hlen("unacked") <= lost

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        """Kill a worker as the kernel does; its pool process ends with it."""
        worker.kill()
        worker.wait(10)

    def pool_process(self, worker: "subprocess.Popen[bytes]") -> int:
        """Find the process in which the worker runs its tasks."""
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        return int(children[-1])

    def end(self) -> None:
        for worker in self.alive:
            if worker.poll() is None:
                self.kill(worker)
        self.broker.stop()


@pytest.fixture
def workers(committed: None, post: Post, tmp_path: Path) -> Iterator[Workers]:
    """Workers over what this test commits; all that was started is ended."""
    home = Workers(tmp_path, post.port)
    home.broker.start(with_parent=True)
    yield home
    home.end()


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """eventually(question, seconds): ask until the answer is yes."""

    def wait(question: Callable[[], Any], seconds: float = 60, what: str = "") -> Any:
        until = time.monotonic() + seconds
        while not (answer := question()):
            assert time.monotonic() < until, what or "it did not happen in time"
            time.sleep(0.05)
        return answer

    return wait
