"""The processes of a running clinic: started together, watched, brought back, stopped in order."""

import json
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from clinic.embedded.processes import alive, birth
from clinic.embedded.trouble import CannotStart

Start = Callable[[], "subprocess.Popen[bytes] | None"]
PATIENCE_SECONDS = 12.0
MOST_STARTS = 6
STARTS_WITHIN_SECONDS = 60.0
PAUSE_SECONDS = 15.0


@dataclass
class Child:
    """One process, how it is started, and how it is asked to end."""

    name: str
    start: Start
    ask_to_end: signal.Signals = signal.SIGTERM
    vital: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_STARTS))

    def begin(self) -> None:
        self.starts.append(time.monotonic())
        self.process = self.start()

    @property
    def dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def hopeless(self) -> bool:
        return len(self.starts) == MOST_STARTS and time.monotonic() - self.starts[0] < STARTS_WITHIN_SECONDS

    @property
    def resting(self) -> bool:
        return self.hopeless and time.monotonic() - self.starts[-1] < PAUSE_SECONDS


class Family:
    """All children of one start. What the first of them needs is started first and stopped last."""

    def __init__(self, record: Path) -> None:
        self.record = record
        self.children: list[Child] = []

    def add(self, child: Child) -> None:
        self.children.append(child)
        child.begin()
        self.write()

    def write(self) -> None:
        """Write down who was started, so that the next start can end what a kill left behind."""
        pids = [child.process.pid for child in self.children if child.process]
        self.record.parent.mkdir(parents=True, exist_ok=True)
        self.record.write_text(json.dumps([[pid, birth(pid)] for pid in pids]))

    def sweep(self) -> int:
        """End the processes that an earlier start left behind; a number that now names another process is spared."""
        try:
            recorded = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return 0
        left = [pid for pid, born in recorded if born and alive(pid) and birth(pid) == born]
        for sign in (signal.SIGINT, signal.SIGKILL):
            for pid in left:
                if alive(pid):
                    send(pid, sign)
            wait_until(lambda: not any(alive(pid) for pid in left), PATIENCE_SECONDS)
        self.record.unlink(missing_ok=True)
        return len(left)

    def mend(self) -> list[str]:
        """Start again what died; the names of those. What cannot live rests between tries; the clinic goes on
        without it, unless it is one that nothing works without."""
        mended = []
        for child in self.children:
            if not child.dead or child.resting:
                continue
            if child.hopeless and child.vital:
                raise CannotStart(f"{child.name} ended {MOST_STARTS} times within a minute; see its log.")
            with suppress(*(() if child.vital else (CannotStart,))):
                child.begin()
            mended.append(child.name)
        if mended:
            self.write()
        return mended

    def stop(self) -> None:
        """Doors and workers first, all at once; then the broker; then the database."""
        started = [child for child in self.children if child.process]
        last = [child for child in started if child.ask_to_end != signal.SIGTERM or child.name == "Redis"]
        end([child for child in started if child not in last])
        for child in reversed(last):
            end([child])
        self.record.unlink(missing_ok=True)

    def kill(self) -> None:
        for child in self.children:
            if child.process and child.process.poll() is None:
                child.process.kill()
                child.process.wait()
        self.record.unlink(missing_ok=True)


def end(children: list[Child]) -> None:
    for child in children:
        if child.process and child.process.poll() is None:
            child.process.send_signal(child.ask_to_end)
    wait_until(lambda: all(child.dead for child in children), PATIENCE_SECONDS)
    for child in children:
        if child.process and not child.dead:
            child.process.kill()
            child.process.wait()


def wait_until(met: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not met():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def send(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)
