"""What a commit costs: the hook's check of a repository of many procedures, with its comparison.

    python bench/commits.py [--procedures 3000] [--rounds 3] [--package FOLDER]

A repository is made up: tables, and procedures that load one of them from another. Then in turn,
each with the processor's seconds and as a ratio to `import sqlglot`: the first check; one of a
commit of nothing but a comment; one that changes a procedure; one that drops a column which others
use, and must be stopped. Runs on POSIX systems, which tell what a process took.

Exit code: 0; 1 where a check ends otherwise than it should; 2 where git fails.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

_GIT = ("git", "-c", "user.name=Bench", "-c", "user.email=bench@example.com")
_COLUMNS = ("Id", "Amount", "Price", "Kind", "Region")
_IN_FOLDER = 100


def scripts(count: int) -> dict[str, str]:
    """The files of the repository by their paths."""
    columns = ", ".join(f"{name} int" for name in _COLUMNS)
    files = {}
    for number in range(count // 3 + 2):
        folder = f"part{number // _IN_FOLDER}"
        files[f"tables/{folder}/T{number}.sql"] = f"CREATE TABLE dbo.T{number} ({columns});\n"
    for number in range(count):
        source, target = number // 3, number // 3 + 1
        files[f"procedures/part{number // _IN_FOLDER}/Load{number}.sql"] = (
            f"CREATE PROCEDURE dbo.Load{number} @day date AS\nBEGIN\n"  # noqa: S608 - none is run
            f"    SELECT s.Id, s.Amount * s.Price AS Value INTO #work FROM dbo.T{source} AS s\n"
            f"    WHERE s.Kind = {number % 7};\n"
            f"    INSERT INTO dbo.T{target} (Id, Amount, Price, Kind, Region)\n"
            f"    SELECT w.Id, w.Value, t.Price, t.Kind, t.Region FROM #work AS w\n"
            f"    JOIN dbo.T{source} AS t ON t.Id = w.Id;\nEND\n"
        )
    return files


def processor_seconds(command: list[str], folder: Path, package: Path) -> tuple[float, int]:
    """What a process took, and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"PYTHONPATH": str(package)}
    code = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, check=False
    ).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime), code


def edit(path: Path, text: str, replacement: str) -> None:
    """Replace a text in a file."""
    content = path.read_text(encoding="utf-8")
    if text not in content:
        raise ValueError(f"{path} has no {text}")
    path.write_text(content.replace(text, replacement), encoding="utf-8")


def main() -> int:
    """Make the repository, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--procedures", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--package", type=Path, default=Path(__file__).parents[1])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        return measured(Path(place), arguments)


def measured(folder: Path, arguments: argparse.Namespace) -> int:
    """Print what each kind of commit takes; see the exit code above."""
    for path, text in scripts(arguments.procedures).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All")
    floor = min(
        processor_seconds([sys.executable, "-c", "import sqlglot"], folder, arguments.package)[0]
        for _ in range(arguments.rounds)
    )
    print(f"{'import sqlglot':<28}{floor:7.2f} s")
    load = folder / "procedures/part0/Load7.sql"
    table = folder / "tables/part0/T2.sql"
    is_right = True
    for round_ in range(arguments.rounds):
        steps = [
            ("first" if not round_ else "comment", load, "BEGIN\n", f"BEGIN -- {round_}\n", 0),
            ("comment", load, f" -- {round_}\n", "\n", 0),
            ("procedure", load, "s.Amount * s.Price", "s.Amount + s.Price", 0),
            ("procedure", load, "s.Amount + s.Price", "s.Amount * s.Price", 0),
            ("dropped column", table, ", Region int", "", 1),
        ]
        for name, path, text, replacement, expected in steps:
            edit(path, text, replacement)
            git(folder, "add", "--all")
            tool = [sys.executable, "-m", "sql_lineage_purview", "check", "--staged"]
            seconds, code = processor_seconds(tool, folder, arguments.package)
            is_right = is_right and code == expected
            print(f"{name:<28}{seconds:7.2f} s{seconds / floor:7.1f} x  exit code {code}")
            if code:
                git(folder, "checkout", "--quiet", "HEAD", "--", ".")
            else:
                git(folder, "commit", "--quiet", "--message", name)
    return 0 if is_right else 1


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run([*_GIT, *words], cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
