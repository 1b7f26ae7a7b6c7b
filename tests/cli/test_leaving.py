"""How a process ends: all is written and said, and what was loaded is left to the system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parents[2]
_BEGINNING = """
import atexit, sys, threading, time
from sql_lineage_purview.__main__ import run

class Loaded:
    def __del__(self):
        print("taken down")

kept = Loaded()
"""


def ended(code: str, *words: str, output: int = subprocess.PIPE) -> tuple[int, str, str]:
    process = subprocess.run(
        [sys.executable, "-c", _BEGINNING + code, *words],
        stdout=output,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
        cwd=_CHECKOUT,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )
    return process.returncode, process.stdout, process.stderr


@pytest.mark.parametrize(("words", "code"), [(("explain", "SLP101"), 0), (("explain", "x"), 2)])
def test_what_is_loaded_is_not_taken_down(words: tuple[str, ...], code: int) -> None:
    ending, out, _ = ended("run()", *words)

    assert ending == code
    assert "taken down" not in out


def test_what_waits_to_be_written_or_called_at_the_end_is() -> None:
    code = """
def late():
    time.sleep(0.2)
    print("thread")

def command():
    threading.Thread(target=late).start()
    atexit.register(print, "handler")
    print("result")
    return 1

import sql_lineage_purview.cli
sql_lineage_purview.cli.main = command
run()
"""
    assert ended(code) == (1, "result\nthread\nhandler\n", "")


def test_an_output_that_cannot_be_flushed_is_said_by_python() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    code = """
import sql_lineage_purview.cli
sql_lineage_purview.cli.main = lambda: print("result") or 0
run()
"""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ending, _, errors = ended(code, output=full.fileno())

    assert ending == 120
    assert "No space left" in errors
