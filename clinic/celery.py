"""The queue's workers. Tasks live in the apps' `tasks` modules; beat asks for them."""

import os
import signal
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("CLINIC_PROCESS", "worker")

from celery import Celery
from celery.signals import worker_process_init

from clinic.embedded.processes import die_with_parent

app = Celery("clinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def begin(**kwargs: Any) -> None:
    """A pool process ends with its worker, however that ends, and loads the PDF engine before the first task."""
    die_with_parent(signal.SIGKILL, os.getppid())
    import weasyprint  # noqa: F401
