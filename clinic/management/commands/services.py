"""The embedded PostgreSQL and Redis, left running for development."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from clinic.embedded.postgres import APP, Cluster
from clinic.embedded.redis import Broker


class Command(BaseCommand):
    help = "Start the embedded PostgreSQL and Redis and leave them running (--stop ends them)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stop", action="store_true", help="stop both")

    def handle(self, *args: Any, **options: Any) -> None:
        cluster, broker = Cluster(settings.DATA_DIR), Broker(settings.DATA_DIR)
        if options["stop"]:
            broker.stop()
            cluster.stop()
            return
        cluster.start(with_parent=False)
        cluster.ensure_database()
        broker.start(with_parent=False)
        for sentence in cluster.said:
            self.stdout.write(sentence)
        self.stdout.write(f"PostgreSQL: {cluster.url(APP)}\nRedis: {broker.url}")
