"""dev.py: an environment made once, reused after, and errors that say what to do.

Nothing is installed here.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import dev

Answers = Callable[[Sequence[object]], tuple[int, str]]


class Programs:
    """Stands in for the programs that dev.py runs out of sight, and notes them."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.calls: list[list[str]] = []
        self.pip = (0, "")

    def __call__(self, command: Sequence[object]) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in command]
        self.calls.append(words)
        if "venv" in words:
            python = self.python
            python.parent.mkdir(parents=True)
            python.touch()
        code, output = self.pip if "install" in words else (0, "")
        return subprocess.CompletedProcess(words, code, output)

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def installed(self) -> list[list[str]]:
        return [call[call.index("--editable") :] for call in self.calls if "install" in call]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    fake = Programs(tmp_path / "environment")
    monkeypatch.setattr(dev, "_quietly", fake)
    monkeypatch.setattr(dev, "_works", lambda python: python.exists())
    return fake


def test_an_environment_is_made_once(programs: Programs) -> None:
    first = dev.ready(programs.venv, ())
    calls = len(programs.calls)

    assert dev.ready(programs.venv, ()) == first == programs.python
    assert len(programs.calls) == calls
    assert programs.installed == [["--editable", str(dev.ROOT)]]


def test_groups_are_added_and_stay(programs: Programs) -> None:
    dev.ready(programs.venv, ())
    dev.ready(programs.venv, dev.GROUPS)
    dev.ready(programs.venv, ())

    assert len(programs.installed) == 2
    assert {"pytest>=8.3", "ruff>=0.8"} <= set(programs.installed[1])
    assert sum("venv" in call for call in programs.calls) == 1


def test_a_changed_project_is_installed_again(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[dependency-groups]\ntest = ['a']\nlint = ['b']\n", encoding="utf-8"
    )
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    dev.ready(programs.venv, dev.GROUPS)
    (tmp_path / "pyproject.toml").write_text(
        "[dependency-groups]\ntest = ['a>2']\nlint = ['b']\n", encoding="utf-8"
    )
    dev.ready(programs.venv, dev.GROUPS)

    assert [call[2:] for call in programs.installed] == [["b", "a"], ["b", "a>2"]]


def test_what_broke_off_is_done_again(programs: Programs) -> None:
    programs.pip = (1, "ERROR: no space left")
    with pytest.raises(dev.SetupError, match="no space left"):
        dev.ready(programs.venv, ())
    programs.pip = (0, "")

    assert dev.ready(programs.venv, ()) == programs.python
    assert len(programs.installed) == 2


def test_without_a_network_it_says_so(
    programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    programs.pip = (
        1,
        "WARNING: Retrying (Retry(total=4)) after connection broken by "
        "'NewConnectionError'\nERROR: no match",
    )

    assert dev.main(["--venv", str(programs.venv), "demo"]) == 2
    assert "cannot be downloaded" in capsys.readouterr().err


def test_without_ensurepip_the_pip_at_hand_is_used(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "_has", lambda module: module == "pip")
    dev.ready(programs.venv, ())

    assert [
        sys.executable,
        "-m",
        "venv",
        "--clear",
        "--without-pip",
        str(programs.venv),
    ] in programs.calls


def test_a_folder_of_something_else_is_left_alone(programs: Programs) -> None:
    programs.venv.mkdir()
    (programs.venv / "thesis.txt").touch()

    with pytest.raises(dev.SetupError, match="not empty"):
        dev.ready(programs.venv, ())


def test_an_older_python_is_told_what_to_do() -> None:
    script = (
        "import runpy, sys; sys.version_info = (3, 9, 1); "
        f"runpy.run_path({str(Path(dev.__file__))!r})"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("dev.py needs Python 3.11 or later; this is ")


def test_arguments_go_to_pytest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Sequence[object]] = []
    monkeypatch.setattr(dev, "ready", lambda venv, groups: Path("python"))
    monkeypatch.setattr(dev, "run", lambda command, folder: ran.append([*command, folder]) or 5)

    assert dev.main(["test", "-n", "2", "-k", "merge"]) == 5
    assert ran == [[Path("python"), "-m", "pytest", "-n", "2", "-k", "merge", dev.ROOT]]
    with pytest.raises(SystemExit):
        dev.main(["demo", "-n", "2"])


def test_the_demo_stops_at_the_first_command_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[Sequence[object]] = []
    monkeypatch.setattr(dev, "run", lambda command, folder: ran.append(command) or 3)

    assert dev.run_demo(Path("python"), tmp_path) == 3
    assert len(ran) == 1
