"""Work on this checkout with one command, on Windows, macOS and Linux alike.

It makes its own environment in .venv.

    python dev.py demo              install the tool and run it on sample_sql
    python dev.py test [ARGUMENT]   install what the tests need and run them; arguments go to pytest
    python dev.py setup             only install, with everything that the tests and the checks need

`--venv FOLDER` in front of the command uses another folder for the environment.
"""
# No __future__ import: the Pythons that this file turns away must be able to read it first.

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file is also what tells an older Python so
    sys.exit(
        f"dev.py needs Python 3.11 or later; this is {sys.version.split()[0]} ({sys.executable}).\n"
        "Install a newer one (python.org), then run: python3.11 dev.py (on Windows: py -3.11 "
        "dev.py)"
    )

import argparse
import hashlib
import importlib.util
import json
import os
import shlex
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
GROUPS = ("test", "lint")
DEMO = (
    ("scan", "sample_sql"),
    ("push", "sample_sql", "--yes"),
    ("tree", "SalesMonthly.Units", "sample_sql", "--up"),
)
_STAMP = "dev-stamp.json"
_NETWORK = (
    "Retrying (",
    "ConnectionError",
    "ConnectTimeout",
    "NewConnectionError",
    "NameResolutionError",
    "ProxyError",
    "SSLError",
)
_SHOWN_LINES = 15


class SetupError(Exception):
    """The environment cannot be made; the message says why and what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        "dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--venv", metavar="FOLDER", type=Path, default=ROOT / ".venv", help=argparse.SUPPRESS
    )
    parser.add_argument("command", choices=("demo", "test", "setup"))
    parser.add_argument(
        "rest", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="for test: arguments of pytest"
    )
    arguments = parser.parse_args(argv)
    if arguments.rest and arguments.command != "test":
        parser.error(f"{arguments.command} takes no arguments: {shlex.join(arguments.rest)}")
    try:
        python = ready(arguments.venv.absolute(), () if arguments.command == "demo" else GROUPS)
    except SetupError as error:
        say(f"dev.py: {error}")
        return 2
    except KeyboardInterrupt:
        say("Interrupted. Run the same command again to go on.")
        return 130
    if arguments.command == "demo":
        return run_demo(python, ROOT)
    if arguments.command == "test":
        return run([python, "-m", "pytest", *arguments.rest], ROOT)
    say(f"Ready: {python}")
    return 0


def run_demo(python: Path, folder: Path) -> int:
    """Run the tool's main job in a folder that holds sample_sql.

    Stop at the first command that fails.
    """
    for command in DEMO:
        print(f"> sql-lineage-purview {' '.join(command)}", flush=True)
        code = run([python, "-m", "sql_lineage_purview", *command], folder)
        if code:
            return code
        print(flush=True)
    say(f"The command itself is {python.with_name('sql-lineage-purview')}")
    return 0


def ready(venv: Path, groups: Sequence[str]) -> Path:
    """The environment's Python, with this package and some dependency groups installed.

    Quick where nothing has changed.

    Raises:
        SetupError: it cannot be made.
    """
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = venv / _STAMP
    present = _stamped(stamp) if python.exists() else None
    wanted = set(groups) | (present or set())
    if present is not None and present >= set(groups):
        return python
    say(f"Setting up {_shown(venv)} (a minute or two, once) ...")
    if not _works(python):
        _create(venv)
    stamp.unlink(missing_ok=True)
    _install(python, ["--editable", str(ROOT), *_requirements(sorted(wanted))])
    stamp.write_text(json.dumps({"key": _key(), "groups": sorted(wanted)}), encoding="utf-8")
    return python


def say(text: str) -> None:
    """Tell the person something, on stderr."""
    print(text, file=sys.stderr, flush=True)


def run(command: Sequence[object], folder: Path) -> int:
    """Run a program in a folder, in sight of the person; an interrupt is its business too."""
    process = subprocess.Popen([str(part) for part in command], cwd=folder)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _key() -> str:
    """What decides which packages are installed, and where from."""
    content = (ROOT / "pyproject.toml").read_bytes() + f"\0{ROOT}\0{sys.version_info[:2]}".encode()
    return hashlib.sha256(content).hexdigest()


def _stamped(stamp: Path) -> set[str] | None:
    """The groups that are installed, or None where the environment is unfinished or out of date."""
    try:
        found = json.loads(stamp.read_text(encoding="utf-8"))
        return set(found["groups"]) if found["key"] == _key() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _works(python: Path) -> bool:
    """Is there an environment of a Python that will do?

    One whose base was removed does not start.
    """
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def _create(venv: Path) -> None:
    """Make the environment anew.

    Debian's Python has no ensurepip; there the pip that runs it installs into it.
    """
    if venv.is_dir() and any(venv.iterdir()) and not (venv / "pyvenv.cfg").exists():
        raise SetupError(
            f"{venv} is not empty and no virtual environment. Remove it, or choose "
            "another: --venv FOLDER."
        )
    options = [] if _has("ensurepip") else ["--without-pip"]
    if options and not _has("pip"):
        raise SetupError(
            f"{sys.executable} has no pip. Install it (Debian, Ubuntu: apt install "
            "python3-venv), then try again."
        )
    made = _quietly([sys.executable, "-m", "venv", "--clear", *options, venv])
    if made.returncode:
        raise SetupError(
            f"no virtual environment can be made in {venv}:\n{_last_lines(made.stdout)}"
        )


def _install(python: Path, requirements: Sequence[str]) -> None:
    own = _quietly([python, "-m", "pip", "--version"]).returncode == 0
    pip = [python, "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", python]
    done = _quietly([*pip, "install", "--quiet", "--disable-pip-version-check", *requirements])
    if done.returncode == 0:
        return
    if any(word in done.stdout for word in _NETWORK):
        raise SetupError(
            "the packages cannot be downloaded: pip does not reach its package index. Check the "
            "network; behind a proxy set "
            "HTTPS_PROXY, or tell pip of a mirror (pip config). Then run the same command "
            f"again.\n{_last_lines(done.stdout, 3)}"
        )
    raise SetupError(f"pip could not install the packages:\n{_last_lines(done.stdout)}")


def _requirements(groups: Sequence[str]) -> list[str]:
    """The dependency groups of pyproject.toml (PEP 735).

    They are read here because only recent versions of pip can read them.
    """
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "dependency-groups"
    ]
    return [requirement for group in groups for requirement in known[group]]


def _quietly(command: Sequence[object]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(part) for part in command],
        # who installs for the user by default means another place than this
        env=os.environ | {"PIP_USER": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _last_lines(text: str, number: int = _SHOWN_LINES) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-number:])


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
