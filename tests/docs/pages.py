"""The project's pages, taken apart: code blocks, commands with what they print, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")),
)
OMITTED = "…"
PROMPT = "$ "

_FENCE = re.compile(r"^```(?P<language>\S*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is that of its first line of content."""

    language: str
    line: int
    body: str


@dataclass(frozen=True)
class Shown:
    """A command of a page, and the lines that the page shows below it."""

    place: str
    command: str
    output: tuple[str, ...]


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose_of(page: str) -> str:
    return _FENCE.sub("", text_of(page))


def blocks_of(page: str) -> list[Block]:
    text = text_of(page)
    return [
        Block(match["language"], text.count("\n", 0, match.start("body")) + 1, match["body"])
        for match in _FENCE.finditer(text)
    ]


def commands_of(page: str) -> list[Shown]:
    """The commands of the console blocks, in their order."""
    commands: list[Shown] = []
    for block in blocks_of(page):
        if block.language != "console":
            continue
        for number, line in enumerate(block.body.splitlines(), block.line):
            if line.startswith(PROMPT):
                commands.append(Shown(f"{page}:{number}", line.removeprefix(PROMPT), ()))
            else:
                last = commands.pop()
                commands.append(Shown(last.place, last.command, (*last.output, line)))
    return commands


def assert_printed(shown: Shown, output: str) -> None:
    """Hold what a page shows against what was printed.

    A line `…` stands for any lines, a ` …` at the end of a line for its rest; everything else must
    be there, in order and without a gap. A command with nothing below it may print anything.
    """
    if not shown.output:
        return
    actual = output.rstrip("\n").splitlines()
    position, exact = 0, True
    for line in shown.output:
        if line == OMITTED:
            exact = False
            continue
        places = [number for number in range(position, len(actual)) if _same(line, actual[number])]
        assert places, (
            f"{shown.place}: {shown.command} does not print, behind line "
            f"{position}:\n{line}\nbut:\n{output}"
        )
        assert not exact or places[0] == position, (
            f"{shown.place}: in front of this line {actual[position]!r} is left out:\n{line}"
        )
        position, exact = places[0] + 1, True
    assert not exact or position == len(actual), (
        f"{shown.place}: behind the last line {actual[position]!r} is left out"
    )


def _same(shown: str, actual: str) -> bool:
    end = f" {OMITTED}"
    if shown.endswith(end):
        return actual.startswith(shown.removesuffix(end)) and actual != shown.removesuffix(end)
    return shown == actual.rstrip()
