"""Processes that never outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(sign: signal.Signals, parent: int) -> None:
    """Ask the kernel to send `sign` to this process when `parent` dies, however it dies."""
    _libc.prctl(PR_SET_PDEATHSIG, int(sign))
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)


def become(uid: int, gid: int) -> None:
    """Give up root for good; a change of user also clears the death signal, so this comes before it."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def start_child(
    command: Sequence[str],
    *,
    log: Path | IO[bytes] | None,
    on_death: signal.Signals | None,
    env: Mapping[str, str] | None = None,
    user: tuple[int, int] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches only the one who orders the stopping."""
    parent = os.getpid()

    def before_exec() -> None:
        if user:
            become(*user)
        if on_death:
            die_with_parent(on_death, parent)

    prepare: Callable[[], None] | None = before_exec if user or on_death else None
    output = log.open("ab") if isinstance(log, Path) else log
    try:
        return subprocess.Popen(  # noqa: S603
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=prepare,
        )
    finally:
        if isinstance(log, Path) and output:
            output.close()


def alive(pid: int) -> bool:
    """Whether a process of that number exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def birth(pid: int) -> int:
    """When the process began, in kernel ticks since boot: with the pid it names one process for good."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (FileNotFoundError, ProcessLookupError):
        return 0
