"""Runs the benchmarks: all of them, or those that are named. Each prints one JSON line per figure.

A benchmark is a module of this package with `measure()`, which yields the figures as dicts. With
`NEEDS = {"patients": 100_000, "appointments": 1_000_000}` it finds that much in its database. Each runs in a process of
its own, on a PostgreSQL of the benchmarks' own under DATA_DIR/bench, which is kept: volume data is written once per
shape of the database. The exit status is 1 when a figure misses its bar.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from clinic.embedded.postgres import APP, OWNER, Cluster, locked
from clinic.shape import shape

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve() / "bench"
RUN = "import sys, json, importlib, django; django.setup(); sys.path.insert(0, '.')\n"
RUN += "for figure in importlib.import_module('bench.' + sys.argv[1]).measure(): print(json.dumps(figure), flush=True)"


def named() -> list[str]:
    own = [path.stem for path in sorted((ROOT / "bench").glob("*.py")) if not path.stem.startswith("_")]
    every = [name for name in own if "measure" in names_of(name)]
    return sys.argv[1:] or every


def names_of(name: str) -> dict[str, Any]:
    """What stands at the top of a benchmark, without running it."""
    found: dict[str, Any] = {}
    for node in ast.parse((ROOT / "bench" / f"{name}.py").read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
    return found


def surroundings(cluster: Cluster, database: str) -> dict[str, str]:
    return {
        **os.environ,
        "CLINIC_ENV": "demo",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DATA_DIR": str(HOME),
        "DATABASE_URL": cluster.url(APP, database),
        "OWNER_DATABASE_URL": cluster.url(OWNER, database),
        "PYTHONPATH": str(ROOT),
    }


def manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def template_of(cluster: Cluster, needs: dict[str, int]) -> str:
    """The name of a database with that much in it, written once per shape and kept."""
    prefix = "volume_" + "_".join(map(str, needs.values()))
    template = f"{prefix}_{shape()}_{written_by()}"
    with locked(HOME / "volume.lock"):
        if not cluster.has_database(template):
            forget_older(cluster, prefix)
            unfinished = f"unfinished_{os.getpid()}"
            cluster.ensure_database(unfinished)
            environment = surroundings(cluster, unfinished)
            manage(environment, "migrate", "--database", "owner", "--no-input")
            if any(needs.values()):
                manage(environment, "bulk_demo", *(word for key, n in needs.items() for word in (f"--{key}", str(n))))
            cluster.create_database(template, template=unfinished)
            cluster.drop_database(unfinished)
    return template


def written_by() -> str:
    """A name for what fills the tables: volume data is written anew when its code changes."""
    code = b"".join(path.read_bytes() for path in sorted((ROOT / "clinic" / "volume").glob("*.py")))
    return hashlib.sha256(code).hexdigest()[:8]


def prepare(cluster: Cluster, needs: dict[str, int]) -> str:
    """A fresh database with that much in it, copied from one that is kept."""
    template = template_of(cluster, needs)
    cluster.drop_database("bench")
    cluster.create_database("bench", template=template)
    cluster.prepare_database("bench")
    return "bench"


def forget_older(cluster: Cluster, prefix: str) -> None:
    with cluster.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) OR starts_with(datname, 'unfinished')",
            [f"{prefix}_"],
        )
        for (name,) in cursor.fetchall():
            cluster.drop_database(name)


def run(cluster: Cluster, name: str) -> bool:
    """Run one benchmark and pass its lines on; whether it kept its bars."""
    value = names_of(name).get("NEEDS")
    needs = {"patients": 0, "appointments": 0} | (ast.literal_eval(value) if value else {})
    environment = surroundings(cluster, prepare(cluster, needs))
    kept = True
    with subprocess.Popen(
        [sys.executable, "-c", RUN, name], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as measuring:
        for text in measuring.stdout or ():
            print(text, end="", flush=True)
            kept &= within(json.loads(text))
    return kept and measuring.returncode == 0


def within(figure: dict[str, Any]) -> bool:
    if "max" not in figure:
        return True
    return bool(figure["ratio"] >= figure["max"] if figure.get("at_least") else figure["ratio"] <= figure["max"])


def main() -> int:
    cluster = Cluster(HOME)
    cluster.start(with_parent=True)
    cluster.ensure_roles()
    try:
        missed = [name for name in named() if not run(cluster, name)]
    finally:
        cluster.stop()
    if missed:
        print(f"Missed the bar: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
