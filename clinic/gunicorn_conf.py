"""The web server: two processes of four threads, each ending with its parent."""

import os
import signal
import tempfile
from typing import Any

from clinic.embedded.processes import die_with_parent

# Both processes count into one place; it must be known before the application is loaded.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="clinic-metrics-"))

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests, max_requests_jitter = 20_000, 2_000
limit_request_line = 4094
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = ""
proc_name = "clinic-web"


def post_fork(server: Any, worker: Any) -> None:
    die_with_parent(signal.SIGKILL, server.pid)


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
