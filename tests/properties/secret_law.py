"""The law of secrets.

What stands in a string or comment of a script is in nothing that the tool writes, prints or
sends.

Each draw is a file with one secret. Many stand in one folder, through which all commands go; then
everything that they wrote and printed is searched for all secrets at once.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sql_lineage_purview.cli import main
from tests.catalog.packages import package, procedure

from .secret_forms import FORMS
from .secret_shapes import FILES, SHAPES, Secret

# What a mark begins with, so that any part of one is found wherever it stands.
_START = "Zq"
_MARK = re.compile(rb"zq[0-9a-z]{7,10}")
_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPRSTUVWXYZ23456789"
_JOINTS = (
    "",
    "",
    "#1",
    " and ",
    "!",
    "$",
    ";",
    "/",
    "=",
    "''",
    "'",
    '"',
    "]",
    "&",
    "%",
    "@",
    "\\",
    "{x}",
    "<",
    "|",
    "ß",
    "\n",
    "--",
)
_SETTINGS = """
[databases.Db]
server = "srv.example.net"
platform = "azure_sql"
[purview]
endpoint = "emulator"
emulator_file = "out/state.sqlite"
emulator_seed = "assets"
missing = "create"
placeholder_cap = 100000
"""
_TABLES = "".join(
    f"CREATE TABLE dbo.{name} (a int, b int, k int);\n" for name in ("T", "S", "U", "Users")
)
_BEFORE = "INSERT dbo.T (a) SELECT a FROM dbo.S;"
# Those that between them write and print all that others do; a batch in ten goes through all
# commands.
_FEW = ("json -o out/cold", "--show-source", "tree dbo.T", "statement", "push", "modules.dacpac")
_COMMANDS = (
    "scan . --format json -o out/cold.json",
    "scan . --format json -o out/warm.json",
    "scan . --format tree",
    "scan . --format table",
    "scan . --format csv",
    "scan . --not-read",
    "check .",
    "check . --show-source",
    "tables . --why",
    "tree dbo.T .",
    "resolve . --format json",
    "plan . --database Db",
    "plan . --database Db --granularity statement --format json",
    "plan . --database Db --output out/plan.json",
    "push . --database Db --yes --granularity module",
    "verify . --database Db --granularity module --format json",
    "catalog dump modules.dacpac --output out/modules.json",
    "catalog dump --from purview --output out/account.json",
)


@dataclass(frozen=True, slots=True)
class Draw:
    """A secret, in a form, in a shape, in a file."""

    form: str
    shape: str
    file: str
    secret: Secret

    @property
    def sql(self) -> str:
        """The script.

        Statements with lineage stand in the same lines, so that their text is sent.
        """
        text = SHAPES[self.shape](FORMS[self.form], self.secret)
        first = "" if text.startswith(("GO", ":")) else f"{_BEFORE} "
        return f"{first}{text}\n{_BEFORE}"


def draw(random: Random, form: str | None = None) -> Draw:
    """Any draw, or any of a form."""
    marks = ["".join((_START, *random.choices(_LETTERS, k=10))) for _ in range(2)]
    secret = Secret(marks[0], random.choice(_JOINTS), marks[1])
    return Draw(
        form or random.choice(list(FORMS)), random.choice(list(SHAPES)), _file(random), secret
    )


def _file(random: Random) -> str:
    return random.choices(list(FILES), weights=[6] + [1] * (len(FILES) - 1))[0]


def leaks(draws: Sequence[Draw], folder: Path, *, few: bool = False) -> Iterator[tuple[Draw, str]]:
    """The draws of which something was found, and where.

    Args:
        draws: with different secrets.
        folder: an empty one.
        few: only run the commands that between them write and print all.
    """
    inputs = set(_written(draws, folder))
    printed = _run(
        folder,
        [command for command in _COMMANDS if not few or any(part in command for part in _FEW)],
    )
    by_mark = {
        mark[:9].lower().encode(): draw
        for draw in draws
        for mark in (draw.secret.first, draw.secret.second)
    }
    places = [
        ("printed by " + command, text.encode("utf-8", "replace")) for command, text in printed
    ]
    places += [
        (str(path.relative_to(folder)), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in inputs
    ]
    for place, content in places:
        for mark in sorted(set(_MARK.findall(content.lower()))):
            leaking = by_mark.get(mark[:9])
            if leaking:
                yield leaking, place


def _written(draws: Iterable[Draw], folder: Path) -> Iterator[Path]:
    modules = []
    for number, draw in enumerate(draws):
        ending, text = FILES[draw.file](draw.sql)
        below = {"sqlscript.json": "sqlscript", "pipeline.json": "pipeline"}.get(ending, "sql")
        yield _put(folder / below / f"f{number}.{ending}", text)
        modules.append(
            procedure(f"[dbo].[P{number}]", draw.sql.replace("]]>", "") + f"\nSELECT {number} AS a")
        )
    yield _put(folder / "assets" / "tables.sql", _TABLES)
    yield _put(
        folder / "sql-lineage-purview.toml", 'exclude = ["assets/", "modules.dacpac"]\n' + _SETTINGS
    )
    (folder / "modules.dacpac").write_bytes(package(*modules))
    yield folder / "modules.dacpac"
    (folder / "out").mkdir()


def _put(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8", newline="")
    return place


def _run(folder: Path, commands: Iterable[str]) -> list[tuple[str, str]]:
    """What each command prints, and what is logged at the level of all details."""
    before = Path.cwd()
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    logging.getLogger("sql_lineage_purview").setLevel(logging.DEBUG)
    printed = []
    os.chdir(folder)
    try:
        for command in commands:
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
                code = main(command.split())
            text = stream.getvalue()
            if code not in (0, 1) or "internal error" in text:
                raise AssertionError(f"{command}: {code}: {text[-2000:]}")
            printed.append((command, text))
    finally:
        os.chdir(before)
        logging.getLogger().removeHandler(handler)
    return [*printed, ("the log", log.getvalue())]
