"""The command `emulator`, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests

HEADERS = "/datamap/api/atlas/v2/types/typedef/name/Asset"


@contextmanager
def served(folder, *options):
    """The address of the emulator, and what it said before it answered."""
    command = [
        sys.executable,
        "-m",
        "sql_lineage_purview",
        "emulator",
        "--port",
        "0",
        "--file",
        "state.sqlite",
        *options,
    ]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONIOENCODING": "utf-8",
    }
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        announcements = []
        for line in process.stdout:
            announcements.append(line)
            if "Stop with" in line:
                break
        try:
            yield (
                next(line.strip() for line in announcements if line.startswith("http")),
                "".join(announcements),
            )
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    """No proxy stands between this machine and itself."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def ask(url, **more):
    return requests.get(url + HEADERS, headers={"Authorization": "Bearer any"}, timeout=10, **more)


def test_https_with_faults(tmp_path):
    options = (
        "--tls",
        "ca.pem",
        "--fault",
        "503:at=2:retry-after=1",
        "--fault-seed",
        "3",
        "--search-delay",
        "1",
        "--rate",
        "50/s",
    )
    with served(tmp_path, *options) as (url, announcements):
        assert url.startswith("https://127.0.0.1:")
        assert (
            "The certificate of its authority is in ca.pem: set REQUESTS_CA_BUNDLE to it.\n"
        ) in announcements
        assert "Any bearer token is accepted." in announcements
        answers = [ask(url, verify=str(tmp_path / "ca.pem")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert answers[1].headers["Retry-After"] == "1"


def test_the_authority_beside_the_state_and_the_rules(tmp_path):
    rules = (
        "--deny-account",
        "--collection",
        "sales",
        "--role",
        "me=data-reader@sales",
        "--audience",
        "api://x",
    )
    with served(tmp_path, "--tls", *rules, "--limit", "page=5", "--switch", "deletes=hard") as (
        url,
        announcements,
    ):
        assert "Nobody has access." in announcements
        assert ask(url, verify=str(tmp_path / "state.sqlite.ca.pem")).status_code == 401
