"""List a lineage document's syntax gaps by the kind of statement.

Those of valid files stand apart from the others.

    python bench/gaps.py FOLDER lineage.json truth.jsonl

`truth.jsonl` is the other parser's answer, as bench/conformance.py reads it: it tells which files
are valid. The kind of a statement is its leading words. Exit code: 0; 2 where an input cannot be
read.
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from cutting import statements
from inputs import (
    BenchError,
    Document,
    Gap,
    Judged,
    existing_folder,
    load_document,
    load_truth,
    script_text,
)

# Statements that their first word does not tell, and second words that need a third.
_TWO_WORDS = frozenset(
    "ADD ALTER BACKUP BEGIN BULK CREATE DISABLE DROP ENABLE GET MOVE OPEN "
    "CLOSE RENAME RESTORE SAVE".split()
)
_THREE_WORDS = frozenset(
    """
    ASYMMETRIC AVAILABILITY COLUMN CRYPTOGRAPHIC DATABASE EVENT EXTERNAL FULLTEXT MATERIALIZED
    MESSAGE PARTITION REMOTE RESOURCE SEARCH SECURITY SENSITIVITY SERVER SYMMETRIC WORKLOAD XML
""".split()
)


@dataclass(slots=True)
class Kind:
    """The gaps of one kind of statement: how many in valid and other files, and the first place.

    That is the place where the first gap stands.
    """

    words: str
    valid: int
    invalid: int
    first: str


def main(argv: Sequence[str] | None = None) -> int:
    """List, and return the exit code."""
    parser = argparse.ArgumentParser(
        "gaps.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="the folder of scripts that was scanned"
    )
    parser.add_argument(
        "document", type=Path, metavar="DOCUMENT", help="the lineage document of the folder (JSON)"
    )
    parser.add_argument(
        "truth",
        type=Path,
        metavar="TRUTH",
        help="the other reading of the folder (a JSON object a line)",
    )
    parser.add_argument("--json", action="store_true", help="print the kinds as JSON")
    arguments = parser.parse_args(argv)
    try:
        folder = existing_folder(arguments.folder)
        kinds = kinds_of(
            folder, load_document(arguments.document), load_truth(arguments.truth, folder)
        )
    except BenchError as error:
        print(f"gaps: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(
            json.dumps(
                [
                    {"kind": k.words, "valid": k.valid, "invalid": k.invalid, "first": k.first}
                    for k in kinds
                ]
            )
        )
        return 0
    print(f"{'valid':>6} {'other':>6}  kind")
    for kind in kinds:
        print(f"{kind.valid:6,} {kind.invalid:6,}  {kind.words}  ({kind.first})")
    print(f"{sum(k.valid for k in kinds):6,} {sum(k.invalid for k in kinds):6,}  in all")
    return 0


def kinds_of(folder: Path, document: Document, truth: Sequence[Judged]) -> list[Kind]:
    """The kinds of the statements that were not understood, the most frequent first.

    Raises:
        BenchError: a script is gone.
    """
    valid = {judged.path for judged in truth if judged.valid}
    found: dict[str, Kind] = {}
    for path, gaps in groupby(
        sorted(document.gaps, key=lambda gap: (gap.path, gap.line, gap.column)),
        lambda gap: gap.path,
    ):
        for gap, words in _named(script_text(folder / path), gaps):
            kind = found.setdefault(words, Kind(words, 0, 0, f"{path}:{gap.line}"))
            if path in valid:
                kind.valid += 1
            else:
                kind.invalid += 1
    return sorted(found.values(), key=lambda kind: (-kind.valid, -kind.invalid, kind.words))


def _named(text: str, gaps: Iterator[Gap]) -> Iterator[tuple[Gap, str]]:
    cuts = statements(text)
    lines = [0]
    for line in text.split("\n"):
        lines.append(lines[-1] + len(line) + 1)
    for gap in gaps:
        offset = lines[min(gap.line, len(lines)) - 1] + gap.column - 1
        index = bisect_right(cuts, offset, key=lambda cut: cut.start) - 1
        yield gap, leading_words(cuts[index].words) if index >= 0 else "(no statement)"


def leading_words(words: Sequence[str]) -> str:
    """The words that say what a statement is.

    Examples are SELECT, CREATE TABLE, CREATE OR ALTER VIEW and DROP EXTERNAL TABLE.
    """
    if not words or not words[0]:
        return "(no word)"
    if tuple(words[:3]) == ("CREATE", "OR", "ALTER"):
        return " ".join(words[:4])
    if words[0] not in _TWO_WORDS:
        return words[0]
    return " ".join(words[: 3 if words[1:2] and words[1] in _THREE_WORDS else 2]).strip()


if __name__ == "__main__":
    sys.exit(main())
