"""Hold a lineage document against another reading of the same scripts: what each statement reads, writes and calls.

    sql-lineage-purview scan FOLDER --format json -o lineage.json
    python bench/conformance.py FOLDER lineage.json truth.jsonl

`truth.jsonl` has one JSON object a line: `{"file": path, "valid": bool, "statements": [row, …]}`, a row having `line`, `reads`,
`writes` and `calls`. Names are compared case-folded, without brackets, `dbo` where no schema stands, last two parts; files,
@variables, system objects and dynamic rows aside. A pair is a table written and a table read by one statement; a line is where
a statement begins that reads or writes. A file or statement that the document lacks counts as missed. This command imports
nothing of the package.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

FACTS = ("reads", "writes", "calls", "pairs", "lines")
PART = re.compile(r'\[((?:[^\]]|\]\])*)\]|"([^"]*)"|([^.]*)')


def folded(name: str) -> str | None:
    """A name as it is compared; None for what is left aside."""
    if "/" in name or "\\" in name or name.startswith("@"):
        return None
    parts = []
    position = 0
    while position <= len(name):
        match = PART.match(name, position)
        if match is None:
            break
        parts.append(((match[1] or "").replace("]]", "]") or match[2] or match[3] or "").lower())
        position = match.end() + 1
    last = parts[-1]
    schema = parts[-2] if len(parts) > 1 and parts[-2] else "dbo"
    if schema in ("sys", "information_schema") or (last.startswith(("sp_", "xp_")) and schema == "dbo"):
        return None
    return last if last.startswith("#") else f"{schema}.{last}"


def names(row: dict, what: str) -> set[str]:
    return {name for raw in row[what] if (name := folded(raw))}


def facts_of(rows: Iterable[dict], modules: set[str]) -> dict[str, Counter[str]]:
    """The facts of one file, each as often as a statement states it."""
    found: dict[str, Counter[str]] = {what: Counter() for what in FACTS}
    for row in rows:
        reads, writes = names(row, "reads"), names(row, "writes")
        calls = {call for call in names(row, "calls") if call in modules}
        found["reads"].update(reads)
        found["writes"].update(writes)
        found["calls"].update(calls)
        found["pairs"].update(f"{w} <- {r}" for w in writes for r in reads)
        if reads or writes:
            found["lines"][str(row["line"])] += 1
    return found


@dataclass
class Tally:
    """Facts that both have, that only we have, that only the truth has."""

    both: int = 0
    ours: int = 0
    theirs: int = 0
    files: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, path: str, mine: Counter[str], other: Counter[str]) -> None:
        self.both += (mine & other).total()
        extra, missing = mine - other, other - mine
        self.ours += extra.total()
        self.theirs += missing.total()
        if extra or missing:
            self.files[path] += extra.total() + missing.total()
            self.examples += [f"+ {path}: {fact}" for fact in extra] + [f"- {path}: {fact}" for fact in missing]

    @property
    def precision(self) -> float:
        return self.both / max(1, self.both + self.ours)

    @property
    def recall(self) -> float:
        return self.both / max(1, self.both + self.theirs)


def compare(folder: Path, document: dict, truth: list[dict]) -> dict[str, Tally]:
    rows_of: dict[str, list[dict]] = {}
    for row in document["statements"]:
        if not row["dynamic"]:
            rows_of.setdefault(row["path"], []).append(row)
    modules = {name for module in document["modules"] if (name := folded(module["name"]))}
    tallies = {what: Tally() for what in FACTS}
    for entry in truth:
        if not entry["valid"]:
            continue
        path = Path(entry["file"]).resolve().relative_to(folder.resolve()).as_posix()
        mine, other = facts_of(rows_of.get(path, []), modules), facts_of(entry["statements"], modules)
        for what in FACTS:
            tallies[what].add(path, mine[what], other[what])
    return tallies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("document", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--examples", type=int, default=0, help="print so many differences of each kind")
    args = parser.parse_args()
    document = json.loads(args.document.read_text(encoding="utf-8"))
    truth = [json.loads(line) for line in args.truth.read_text(encoding="utf-8").splitlines()]
    valid = {Path(e["file"]).resolve().relative_to(args.folder.resolve()).as_posix() for e in truth if e["valid"]}
    files = [file for file in document["files"] if file["path"] in valid]
    statements, gaps = sum(f["statements"] for f in files), sum(f["gaps"]["syntax"] for f in files)
    print(f"{len(document['files'])} files, {len(valid)} of them valid with {statements} statements")
    print(f"syntax gaps in valid files: {gaps} ({1000 * gaps / max(1, statements):.2f} for each thousand statements)")
    tallies = compare(args.folder, document, truth)
    for what, tally in tallies.items():
        print(f"{what:7} {tally.both:6} agree  precision {tally.precision:.4f}  recall {tally.recall:.4f}")
    for what, tally in tallies.items():
        for line in tally.examples[: args.examples]:
            print(f"  {what}: {line}")
    worst: Counter[str] = sum((tally.files for tally in tallies.values()), Counter())
    for path, count in worst.most_common(10):
        print(f"{count:5} differences in {path}")


if __name__ == "__main__":
    main()
