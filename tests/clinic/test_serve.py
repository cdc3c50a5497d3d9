"""The running house: one command, watched, and nothing left behind however it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from celery import Celery

from clinic.children import wait_until
from clinic.embedded.processes import birth
from clinic.testing import ROOT

FIRST_START_SECONDS, NEXT_START_SECONDS = 240, 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


class House:
    """A data folder of its own, and `manage.py serve` on it."""

    def __init__(self, home):
        self.home, self.port, self.process = home, free_port(), None
        kept = ("PATH", "HOME", "LANG")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment |= {"DATA_DIR": str(home), "PORT": str(self.port), "CLINIC_ENV": "demo"}

    def open(self, within):
        self.process = self.start()
        assert wait_until(self.is_ready, within), (self.home / "said").read_text()

    def start(self, **changes):
        with (self.home / "said").open("w") as said:
            return subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                env=self.environment | changes,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def is_ready(self):
        if self.process.poll() is not None:
            pytest.fail((self.home / "said").read_text())
        time.sleep(0.2)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return json.load(answer)["ready"] and "is open" in (self.home / "said").read_text()
        except OSError:
            return False

    def processes(self):
        """Everything that runs for this data folder, by its command line or its environment."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            except OSError:
                continue
            if str(self.home).encode() in words and int(folder.name) != os.getpid():
                found[int(folder.name)] = (folder / "comm").read_text().strip()
        return found

    def child(self, word):
        """The oldest process with that word in its command: the master, where there are several."""
        found = [pid for pid in self.processes() if word in command_of(pid)]
        if not found:
            raise LookupError(word)
        return min(found, key=birth)

    def nothing_left(self, within=15):
        wait_until(lambda: not self.processes(), within)
        return self.processes()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    house.open(FIRST_START_SECONDS)
    yield house
    if house.process.poll() is None:
        house.process.send_signal(signal.SIGINT)
        house.process.wait(60)


@pytest.fixture
def opened(house):
    if house.process.poll() is not None:
        house.open(NEXT_START_SECONDS)
    return house


def test_it_says_where_it_is_and_who_may_log_in(opened):
    said = (opened.home / "said").read_text()
    assert f"http://127.0.0.1:{opened.port}/" in said
    for role in ("owner", "practitioner", "nurse", "front_desk", "auditor"):
        assert role in said


def test_the_doors_work_as_the_application_and_never_as_the_owner(opened):
    for word in ("gunicorn", "celery"):
        environment = Path(f"/proc/{opened.child(word)}/environ").read_bytes()
        assert b"clinic_app" in environment
        assert b"clinic_owner" not in environment


@pytest.mark.parametrize("word", ["worker", "beat", "redis-server", "gunicorn"])
def test_what_is_killed_comes_back(opened, word):
    before = opened.child(word)
    os.kill(before, signal.SIGKILL)

    def back():
        try:
            return opened.child(word) != before and opened.is_ready()
        except LookupError:
            return False

    assert wait_until(back, 30)


def test_beat_asks_and_the_worker_works(opened):
    queue = Celery(broker=f"redis+socket://{opened.home}/run/redis.sock")

    def done():
        answers = queue.control.inspect(timeout=2).stats() or {}
        return any(count for answer in answers.values() for count in answer["total"].values())

    assert wait_until(done, 30)


def test_a_second_clinic_on_the_same_data_is_refused_with_a_sentence(opened):
    second = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        env=opened.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode != 0
    assert "This clinic already runs" in second.stderr
    assert opened.is_ready()


def test_a_kill_leaves_no_process_and_the_next_start_succeeds(opened):
    assert len(opened.processes()) > 5

    opened.process.kill()
    opened.process.wait()

    assert opened.nothing_left() == {}
    opened.open(NEXT_START_SECONDS)


def test_closing_leaves_no_process(opened):
    opened.process.send_signal(signal.SIGINT)

    assert opened.process.wait(30) == 0
    assert opened.nothing_left() == {}


def test_a_taken_port_is_named_with_a_way_on(house):
    if house.process.poll() is None:
        house.process.send_signal(signal.SIGINT)
        house.process.wait(30)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", house.port))
        other.listen()
        refused = house.start()
        assert refused.wait(60) != 0
    said = (house.home / "said").read_text()
    assert f"Cannot serve on 127.0.0.1:{house.port}" in said
    assert f"PORT={house.port + 1} make run" in said
    assert "Traceback" not in said
    assert house.nothing_left() == {}
