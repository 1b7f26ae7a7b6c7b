"""Damage valid statements in one token each, and count those whose lineage changes in silence.

    python bench/damage.py CORPORA --oracle ORACLE --out docs/conformance.md

Of the repositories in CORPORA statements and whole modules are drawn that the other parser takes,
each text once. One token of each is left out, written twice, or swapped with the next. ORACLE is a
command that answers `parse FOLDER` with a JSON object a line. Where it refuses the damaged text,
and the tool finds other edges in it than in the sound one, the tool must say that something is
wrong. Where it takes the damaged text, the tool must find no statement that it does not understand.

Exit code: 0; 1 where more than 0.5 % of the refused texts lose or win edges in silence; 2 where a
command fails.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cutting import modules, statements
from inputs import SYNTAX_CODES, BenchError, existing_folder, json_object, load_truth, script_text
from measure import publish
from runs import Oracle, Target, say, scanned

BEGIN, END = "<!-- bench/damage.py: begin -->", "<!-- bench/damage.py: end -->"
_LIMIT = 0.005
_LONGEST = 20_000  # characters of a statement
_AT_ONCE = 500  # statements of one scan
_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?\*/)|[nN]?'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"|"""
    r"""[\w@#$]+(?:\.\d+)?|<>|[<>!+\-*/%&|^:]=|::|.""",
    re.VERBOSE | re.DOTALL,
)
_CONSTANT = re.compile(r"[nN]?'(?:[^']|'')*'|\b\d[\w.]*")
_MODULES = frozenset({"PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER"})
_SHOWN = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "WITH",
    "DECLARE",
    "SET",
    "EXEC",
    "IF",
    "WHILE",
    "CREATE",
    "ALTER",
    "DROP",
)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A sound text, and what has been made of it. `change`: drop, double or swap."""

    kind: str
    sound: str
    text: str
    change: str
    token: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the tool says of one text: its edges, and how often each code."""

    edges: frozenset[str] = frozenset()
    codes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """What came out for one kind of statement.

    `lost`: refused, with other edges, and without a finding.
    """

    damaged: int = 0
    refused: int = 0
    changed: int = 0
    lost: list[Damaged] = field(default_factory=list)
    invented: list[Damaged] = field(default_factory=list)  # findings in what is valid


def main(argv: Sequence[str] | None = None) -> int:
    """Damage, ask both sides, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            work = arguments.work or Path(temporary)
            work.mkdir(parents=True, exist_ok=True)
            oracle = Oracle(arguments.oracle.absolute(), work)
            draw = random.Random(arguments.seed)  # noqa: S311 - a draw that can be repeated
            sound = drawn(existing_folder(arguments.corpora), arguments.count, draw, oracle, work)
            cases = [damaged(kind, text, draw) for kind, text in sound]
            tallies = tallied(cases, oracle, work)
        publish(markdown(tallies), arguments.out, (BEGIN, END))
    except BenchError as error:
        print(f"damage: {error}", file=sys.stderr)
        return 2
    for tally in tallies.values() if arguments.list else ():
        for what, cases in (
            ("in silence", tally.lost),
            ("valid, and not understood", tally.invented),
        ):
            for case in cases:
                print(f"--- {what}: {case.change} {case.token!r}\n{case.text}")
    refused, lost = (
        sum(numbers)
        for numbers in zip(*((t.refused, len(t.lost)) for t in tallies.values()), strict=True)
    )
    return 1 if lost > refused * _LIMIT else 0


def drawn(
    corpora: Path, count: int, draw: random.Random, oracle: Oracle, work: Path
) -> list[tuple[str, str]]:
    """Draw this many statements that the other parser accepts, with their kinds.

    Each kind is drawn equally often, as long as there are enough of it.
    """
    candidates = _in_turns(_candidates(corpora), draw)
    found: list[tuple[str, str]] = []
    for at in range(0, len(candidates), count):
        some = candidates[at : at + count]
        valid = judged([text for _, text in some], oracle, work / f"sound{at}")
        found += [candidate for candidate, good in zip(some, valid, strict=True) if good]
        if len(found) >= count:
            break
    return found[:count]


def _in_turns(candidates: Iterable[tuple[str, str]], draw: random.Random) -> list[tuple[str, str]]:
    """Statements of all kinds in turns.

    Of those that differ by their constants alone there is one.
    """
    by_kind: dict[str, dict[str, str]] = {}
    for kind, text in candidates:
        by_kind.setdefault(kind, {}).setdefault(_CONSTANT.sub("0", text), text)
    drawn: list[tuple[int, str, str]] = []
    for kind, texts in sorted(by_kind.items()):
        some = sorted(texts.values())
        draw.shuffle(some)
        drawn += [(turn, kind, text) for turn, text in enumerate(some)]
    return [(kind, text) for _, kind, text in sorted(drawn)]


def _candidates(corpora: Path) -> Iterator[tuple[str, str]]:
    """The statements and modules of all scripts, with their kinds."""
    for file in sorted(
        path for path in corpora.rglob("*") if path.suffix.lower() == ".sql" and path.is_file()
    ):
        text = script_text(file)
        for cut in (*statements(text), *modules(text)):
            part = text[cut.start : cut.end]
            if not cut.block and len(part) <= _LONGEST and len(_tokens(part)) > 1:
                yield _kind(cut.words), part


def _kind(words: tuple[str, ...]) -> str:
    if words[0] in ("CREATE", "ALTER") and _MODULES & set(words[:4]):
        return "module"
    first = {"EXECUTE": "EXEC", "(": "SELECT"}.get(words[0], words[0])
    return first if first in _SHOWN else "other"


def _tokens(text: str) -> list[re.Match[str]]:
    return [match for match in _TOKEN.finditer(text) if match.lastgroup != "skip"]


def damaged(kind: str, text: str, draw: random.Random) -> Damaged:
    """A text with one token left out, doubled, or swapped with the next."""
    tokens = _tokens(text)
    change = draw.choice(("drop", "double", "swap"))
    at = draw.randrange(len(tokens) - (change == "swap"))
    token = tokens[at]
    before, own, behind = text[: token.start()], token.group(), text[token.end() :]
    if change == "drop":
        made = f"{before} {behind}"
    elif change == "double":
        made = f"{before}{own} {own}{behind}"
    else:
        following = tokens[at + 1]
        between = text[token.end() : following.start()] or " "
        made = f"{before}{following.group()}{between}{own} {text[following.end() :]}"
    return Damaged(kind, text, made, change, own)


def tallied(cases: Sequence[Damaged], oracle: Oracle, work: Path) -> dict[str, Tally]:
    """What both sides say of the damaged texts, by kind of statement."""
    valid = judged([case.text for case in cases], oracle, work / "judged")
    sound, found = ([*answers(texts, work / name)] for name, texts in _sides(cases).items())
    tallies: dict[str, Tally] = {}
    for case, good, before, after in zip(cases, valid, sound, found, strict=True):
        tally = tallies.setdefault(case.kind, Tally())
        new = after.codes - before.codes
        tally.damaged += 1
        tally.refused += not good
        if good and SYNTAX_CODES & new.keys():
            tally.invented.append(case)
        if not good and before.edges != after.edges:
            tally.changed += 1
            tally.lost += [] if new else [case]
    return tallies


def _sides(cases: Sequence[Damaged]) -> dict[str, list[str]]:
    return {"sound": [case.sound for case in cases], "damaged": [case.text for case in cases]}


def judged(texts: Sequence[str], oracle: Oracle, folder: Path) -> list[bool]:
    """Which texts the other parser takes."""
    _write(texts, folder)
    valid = {
        entry.path
        for entry in load_truth(oracle.validity(Target("", folder)), folder)
        if entry.valid
    }
    return [f"{_name(number)}.sql" in valid for number in range(len(texts))]


def answers(texts: Sequence[str], work: Path) -> Iterator[Answer]:
    """What the tool says of each text alone: each has a folder and a database of its own."""
    for at in range(0, len(texts), _AT_ONCE):
        say(f"{work.name}: {at:,} of {len(texts):,}")
        folder = work / str(at)
        some = texts[at : at + _AT_ONCE]
        names = [_name(number) for number in range(len(some))]
        for name, text in zip(names, some, strict=True):
            _write([text], folder / name)
        settings = ["[folders]", *(f'"{name}" = "{name}"' for name in names), ""]
        (folder / "sql-lineage-purview.toml").write_text("\n".join(settings), encoding="utf-8")
        yield from _split(json_object(scanned(Target("", folder), work), ""), names)


def _split(document: Mapping[str, Any], names: Iterable[str]) -> Iterator[Answer]:
    edges: dict[str, set[str]] = {}
    codes: dict[str, Counter[str]] = {}
    for member in ("table_lineage", "column_lineage"):
        for edge in document[member]:
            told = json.dumps(
                {key: value for key, value in edge.items() if key != "statements"}, sort_keys=True
            )
            for path in {
                statement.partition("#")[0].partition("/")[0] for statement in edge["statements"]
            }:
                edges.setdefault(path, set()).add(told)
    for finding in document["diagnostics"]:
        codes.setdefault(finding["path"].partition("/")[0], Counter())[finding["code"]] += 1
    return (Answer(frozenset(edges.get(name, ())), codes.get(name, Counter())) for name in names)


def _write(texts: Sequence[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{_name(number)}.sql").write_text(text, encoding="utf-8", newline="")


def _name(number: int) -> str:
    return f"s{number:05}"


def markdown(tallies: Mapping[str, Tally]) -> str:
    """A table, a line for each kind of statement and one for all."""
    lines = [
        "| statement | damaged | refused | of these with other edges | in silence | still valid, "
        "and not understood |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    rows = [(kind, tallies[kind]) for kind in (*_SHOWN, "module", "other") if kind in tallies]
    for kind, tally in [*rows, ("all", _sum(tallies.values()))]:
        share = (
            f" ({len(tally.lost) / tally.refused:.2%})" if kind == "all" and tally.refused else ""
        )
        numbers = (
            f"{tally.damaged:,} | {tally.refused:,} | {tally.changed:,} | "
            f"{len(tally.lost):,}{share} | {len(tally.invented):,}"
        )
        lines.append(f"| {kind} | {numbers} |")
    return "\n".join(lines)


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.damaged += tally.damaged
        whole.refused += tally.refused
        whole.changed += tally.changed
        whole.lost += tally.lost
        whole.invented += tally.invented
    return whole


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "damage.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "corpora", type=Path, metavar="CORPORA", help="the folder that holds the repositories"
    )
    parser.add_argument(
        "--oracle",
        type=Path,
        required=True,
        metavar="COMMAND",
        help="the command of the other parser",
    )
    parser.add_argument(
        "--count", type=int, default=5_000, help="how many statements (default: 5,000)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="what the draw begins with (default: 1)"
    )
    parser.add_argument(
        "--list", action="store_true", help="print the texts that count against the tool"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PAGE",
        help="put the table into this page, between its two marks",
    )
    parser.add_argument(
        "--work", type=Path, metavar="FOLDER", help="keep the texts and answers there"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
