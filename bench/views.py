"""The cheapest view that asks who you are, beside a bare view: how many requests a second both servers answer."""

import contextlib
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any

from bench._servers import BARE, served, token

NEEDS = {"patients": 100_000, "appointments": 1_000_000}
CLIENTS, ROUNDS, SECONDS = 8, 5, 2.0
LEAST = 0.35


def measure() -> Iterator[dict[str, Any]]:
    """Eight clients that never wait, one server after the other in every round; medians."""
    with served() as ours, served(BARE) as bare:
        sides = ((ours, "/api/v1/me/", token()), (bare, "/row/", ""))
        rates: list[list[float]] = [[], []]
        for port, path, key in sides:
            rate(port, path, key, 0.5)
        for _round in range(ROUNDS):
            for place, (port, path, key) in enumerate(sides):
                rates[place].append(rate(port, path, key, SECONDS))
    value, limit = (statistics.median(side) for side in rates)
    yield {
        "bench": "cheapest_view_requests",
        "value": round(value),
        "limit": round(limit),
        "ratio": round(value / limit, 3),
        "max": LEAST,
        "at_least": True,
        "unit": "req/s",
    }


def rate(port: int, path: str, key: str, seconds: float) -> float:
    """Answers a second, over connections that stay open."""
    until = time.perf_counter() + seconds
    answered = [0] * CLIENTS
    clients = [threading.Thread(target=ask, args=(port, path, key, until, answered, n)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if not all(answered):
        raise RuntimeError(f"{path} was not answered")
    return sum(answered) / seconds


def ask(port: int, path: str, key: str, until: float, answered: list[int], place: int) -> None:
    """Ask again and again over one connection; written by hand, so that the asking costs next to nothing."""
    given = f"Authorization: Token {key}\r\n" if key else ""
    question = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{given}\r\n".encode()
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line:
        while time.perf_counter() < until:
            line.sendall(question)
            head, _, body = line.recv(65536).partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                return
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += line.recv(65536)
            answered[place] += 1
