"""What pages may hold, and what the source may not name."""

import re
import subprocess

import pytest

from tests.factories.sources import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if not {"mail", "documents"} & set(path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_holds_no_script_or_style_of_its_own(path):
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", text)
    assert not re.findall(r"<style\b", text)
    assert not re.findall(r"\s(?:style|on[a-z]+)=[\"']", text)
    assert "javascript:" not in text


def tracked_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return listed.stdout.split() if listed.returncode == 0 else []


def test_no_file_names_the_host_of_a_package_registry():
    hosts = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|registry\.[a-z]+\.(?:org|com)")
    naming = [
        name
        for name in tracked_files()
        if name.endswith((".py", ".txt", ".json", ".toml", ".md", ".sh", ".yml", "Makefile", "Dockerfile", ".npmrc"))
        and name != "tests/architecture/test_pages.py"
        and hosts.search((ROOT / name).read_text(errors="ignore"))
    ]
    assert naming == []
