"""Beat, of which one at most is at work however many are started."""

from typing import Any

import psycopg2
import structlog
from celery.beat import Scheduler
from django.conf import settings

LOCK = 7_310_001
WAIT_SECONDS = 5.0
log = structlog.get_logger(__name__)


class SoleBeat(Scheduler):
    """A schedule that ticks only while this process holds the database's advisory lock.

    The lock lives as long as its connection, so a beat that dies leaves it to the next one by itself.
    """

    held: Any = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if not self.at_work():
            return WAIT_SECONDS
        return float(super().tick(*args, **kwargs))

    def at_work(self) -> bool:
        """Whether this beat holds the lock, taking it if it is free."""
        try:
            if self.held is not None:
                self.ask("SELECT 1")
                return True
            self.held = self.connect()
            if self.ask("SELECT pg_try_advisory_lock(%s)", LOCK):
                log.info("beat is at work")
                return True
            self.let_go()
        except psycopg2.Error:
            log.warning("beat waits for the database")
            self.let_go()
        return False

    def connect(self) -> Any:
        database = settings.DATABASES["default"]
        connection = psycopg2.connect(
            host=database["HOST"] or None,
            port=database["PORT"] or None,
            dbname=database["NAME"],
            user=database["USER"] or None,
            password=database["PASSWORD"] or None,
            connect_timeout=5,
            application_name="clinic beat",
        )
        connection.autocommit = True
        return connection

    def ask(self, statement: str, *values: Any) -> Any:
        with self.held.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()[0]

    def let_go(self) -> None:
        if self.held is not None:
            self.held.close()
        self.held = None

    def close(self) -> None:
        self.let_go()
        super().close()


def is_at_work() -> bool:
    """Whether some beat holds the lock: the health check of the beat container."""
    asker = SoleBeat.__new__(SoleBeat)
    asker.held = asker.connect()
    try:
        free = asker.ask("SELECT pg_try_advisory_lock(%s)", LOCK)
    finally:
        asker.let_go()
    return not free


if __name__ == "__main__":
    import sys

    sys.exit(0 if is_at_work() else 1)
