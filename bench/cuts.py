"""Hold where the tool cuts scripts into statements against where another parser has them begin.

    python bench/cuts.py FOLDER starts.jsonl

`starts.jsonl` has one JSON object a line: {"file": path, "valid": bool, "statements": {…},
"starts": [[offset, kind], …]}, the offsets in UTF-16 units. The starts of all statements of every
valid file are compared, those within others too.

Exit code: 0; 1 where a start differs; 2 where an input cannot be read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cutting import statements
from inputs import BenchError, Judged, existing_folder, load_truth, script_text

_SHOWN = 60
# The parser also has a statement for what stands within these; the tool has one statement for the
# whole.
_WITHIN = {
    **{
        f"{verb}{what}": {"Select"}
        for verb in ("Create", "Alter", "CreateOrAlter")
        for what in ("View", "Function")  # CREATE VIEW … AS SELECT, RETURN (SELECT …)
    },
    "DeclareCursor": {"Select"},
    "SetVariable": {"Select"},  # SET @c = CURSOR FOR SELECT …
    "WaitFor": {"Receive", "GetConversationGroup"},  # WAITFOR (RECEIVE …), TIMEOUT 1000
}
# The parser gives the offset of a later word for these: of the conversation's handle, of the first
# option's value.
_BEGIN_BEFORE = {
    "EndConversation": re.compile(r"(?i)\bEND\s+CONVERSATION\b"),
    "BeginEndAtomicBlock": re.compile(r"(?i)\bBEGIN\s+ATOMIC\b"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A start that only one side has. `lost`: the parser has it."""

    path: str
    line: int
    kind: str
    text: str
    lost: bool

    def __str__(self) -> str:
        side = f"lost {self.kind}" if self.lost else "no statement there"
        return f"{self.path}:{self.line}: {side}: {self.text}"


@dataclass(slots=True)
class Cuts:
    """What came out: files compared, starts of the parser, differences."""

    files: int = 0
    starts: int = 0
    differences: list[Difference] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    parser = argparse.ArgumentParser(
        "cuts.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="the folder of scripts that the parser read"
    )
    parser.add_argument(
        "starts",
        type=Path,
        metavar="STARTS",
        help="where the parser has statements begin (a JSON object a line)",
    )
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    arguments = parser.parse_args(argv)
    try:
        folder = existing_folder(arguments.folder)
        cuts = compare(folder, load_truth(arguments.starts, folder))
    except BenchError as error:
        print(f"cuts: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(
            json.dumps(
                {"files": cuts.files, "starts": cuts.starts, "differences": len(cuts.differences)}
            )
        )
    else:
        for difference in cuts.differences:
            print(difference)
        print(
            f"{cuts.files:,} valid files, {cuts.starts:,} statements, {len(cuts.differences):,} "
            "differences"
        )
    return 1 if cuts.differences else 0


def compare(folder: Path, truth: Iterable[Judged]) -> Cuts:
    """Compare the starts of every valid file.

    Raises:
        BenchError: the answer has no starts, or a file is gone.
    """
    result = Cuts()
    for judged in truth:
        if not judged.valid:
            continue
        text = script_text(folder / judged.path)
        result.files += 1
        result.starts += len(judged.starts)
        result.differences += differences(judged.path, text, judged.starts)
    if result.files and not result.starts:
        raise BenchError(
            "the answer holds no starts; ask for them with: oracle parse --starts FOLDER"
        )
    return result


def differences(path: str, text: str, theirs: Sequence[tuple[int, str]]) -> Iterator[Difference]:
    """The starts of one text that only one side has."""
    offsets = Utf16(text)
    parsed = [(_beginning(text, offsets.point(unit), kind), kind) for unit, kind in theirs]
    cuts = {cut.start for cut in statements(text)}
    for offset, kind in _comparable(parsed):
        if offset not in cuts:
            yield _difference(path, text, offset, kind, lost=True)
    for offset in sorted(cuts - {offset for offset, _ in parsed}):
        yield _difference(path, text, offset, "", lost=False)


def _beginning(text: str, offset: int, kind: str) -> int:
    while (
        text[offset : offset + 1] == "\ufeff"
    ):  # a mark within the text, which the parser takes for a part of the word behind it
        offset += 1
    pattern = _BEGIN_BEFORE.get(kind)
    found = [match.start() for match in pattern.finditer(text, 0, offset)] if pattern else []
    return found[-1] if found else offset


def _comparable(parsed: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    before = ""
    for offset, kind in parsed:
        if kind not in _WITHIN.get(before, ()):
            yield offset, kind
        before = kind


def _difference(path: str, text: str, offset: int, kind: str, *, lost: bool) -> Difference:
    shown = " ".join(text[offset : offset + _SHOWN].split())
    return Difference(path, text.count("\n", 0, offset) + 1, kind, shown, lost)


class Utf16:
    """Offsets of a text, in code points and in the UTF-16 units that .NET counts.

    A character past U+FFFF has two units.
    """

    def __init__(self, text: str) -> None:
        self._points = (
            []
            if text.isascii()
            else [index for index, character in enumerate(text) if character > "\uffff"]
        )
        self._units = [point + before for before, point in enumerate(self._points)]

    def unit(self, point: int) -> int:
        """The unit that a code point begins at."""
        return point + bisect_left(self._points, point)

    def point(self, unit: int) -> int:
        """The code point that holds a unit."""
        return unit - bisect_left(self._units, unit)


if __name__ == "__main__":
    sys.exit(main())
