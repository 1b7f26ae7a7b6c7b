"""A shell for a page's commands, which run in turn in one folder with a copy of the sample."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from sql_lineage_purview.cli import main
from sql_lineage_purview.project.storing.left_out import CACHE_FOLDER

from .pages import ROOT

PROGRAM = "sql-lineage-purview"
# What `python dev.py …` does, in the environment of these tests instead of one of its own.
_DEV = """
import pathlib, sys
import dev
dev.ready = lambda *_: pathlib.Path(sys.executable)
dev.ROOT = pathlib.Path.cwd()
sys.exit(dev.main())
"""
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass
class Shell:
    """`folder` is the current folder of all commands. Leave it to end what the page has started."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    servers: list[subprocess.Popen[str]] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Shell:
        shutil.copytree(
            ROOT / "sample_sql",
            self.folder / "sample_sql",
            ignore=shutil.ignore_patterns(CACHE_FOLDER),
        )
        return self

    def __exit__(self, *_: object) -> None:
        for server in self.servers:
            server.terminate()
            server.communicate()

    def run(self, command: str) -> tuple[int, str]:
        """The exit code of a command, and all that it prints.

        The emulator is served in the background, on a port that is free; its address is the page's
        one for all that follows.
        """
        program, *arguments = shlex.split(self._translated(command))
        if program == "export":
            name, _, value = arguments[0].partition("=")
            self.environment[name] = value
            return 0, ""
        if (program, *arguments[:1]) == (PROGRAM, "emulator"):
            return 0, self._served(arguments)
        if program == PROGRAM:
            return self._own(arguments)
        if (program, *arguments[:1]) == ("python", "dev.py"):
            return self._dev(arguments[1:])
        raise AssertionError(f"{command}: no command that a page may show in a console block")

    def _own(self, arguments: list[str]) -> tuple[int, str]:
        printed = io.StringIO()
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            with (
                contextlib.chdir(self.folder),
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
            ):
                code = main(arguments)
        finally:
            for name in self.environment:
                os.environ.pop(name)
            os.environ.update(before)
        return code, self._as_shown(printed.getvalue())

    def _dev(self, arguments: list[str]) -> tuple[int, str]:
        folder = self.folder
        # the tests are running already: here it is enough that the command finds some
        if arguments[0] == "test":
            some = (
                []
                if any(word.startswith("tests") for word in arguments)
                else ["tests/test_readme.py"]
            )
            arguments, folder = (
                [*arguments, *some, "--collect-only", "-q", "-p", "no:cacheprovider"],
                ROOT,
            )
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
        }
        done = subprocess.run(
            [sys.executable, "-c", _DEV, *arguments],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    def _served(self, arguments: list[str]) -> str:
        port = arguments.index("--port") + 1
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "sql_lineage_purview",
                *arguments[:port],
                "0",
                *arguments[port + 1 :],
            ],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.servers.append(server)
        assert server.stdout
        printed = ""
        while "Stop with" not in printed:
            line = server.stdout.readline()
            assert line, f"the emulator ended:\n{printed}"
            printed += line
        match = _ADDRESS.search(printed)
        assert match, printed
        self.addresses[f"http://127.0.0.1:{arguments[port]}"] = match[0]
        return self._as_shown(printed)

    def _translated(self, command: str) -> str:
        for shown, real in self.addresses.items():
            command = command.replace(shown, real)
        return command

    def _as_shown(self, printed: str) -> str:
        for shown, real in self.addresses.items():
            printed = printed.replace(real, shown)
        return printed
