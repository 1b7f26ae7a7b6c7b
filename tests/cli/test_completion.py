"""`completion`: the script by which shells complete, of all commands and their options."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.cli import COMMANDS

if TYPE_CHECKING:
    from .conftest import Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_script_names_all_commands_and_options(run: Run, shell: str) -> None:
    pytest.importorskip("shtab")

    outcome = run("completion", shell)

    assert outcome.code == 0
    assert all(name in outcome.out for name in COMMANDS)
    assert "not-read" in outcome.out


BASH = shutil.which("bash") or ""


@pytest.mark.skipif(not BASH, reason="there is no bash")
def test_bash_reads_the_script(run: Run) -> None:
    pytest.importorskip("shtab")
    script = run("completion", "bash").out

    done = subprocess.run([BASH, "-n"], input=script, text=True, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_without_shtab_it_says_what_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)

    outcome = run("completion", "bash")

    assert (outcome.code, outcome.out) == (2, "")
    assert "pip install shtab" in outcome.err
