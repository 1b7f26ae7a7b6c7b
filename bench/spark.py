"""Measure a folder on a local Spark of two cores against the command with two processes.

    python bench/spark.py FOLDER --copies 10
    python bench/spark.py FOLDER --copies 30 --alike

Each copy of the folder's scripts is a database of its own. They differ in a comment, so that each
is compiled; with `--alike` they do not, and linking is what is left to measure. It takes the extra
`spark`, Java 17 or later, and Linux, whose /proc tells the processor's time of all processes below.

Exit code: 0; 1 where the documents differ; 2 where the command fails.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pyspark.sql import SparkSession

from sql_lineage_purview.render.json_document import render_json
from sql_lineage_purview.spark import compile_files, link_facts

T = TypeVar("T")
_LEFT_OUT = {".git", ".sql-lineage-purview-cache"}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description="Spark against the command, on one folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=1, help="how often the folder is scanned")
    parser.add_argument("--alike", action="store_true", help="compile only one of the copies")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as place:
        estate = Path(place) / "estate"
        count = copied(arguments.folder, estate, arguments.copies, alike=arguments.alike)
        print(f"{count} files")
        by_spark = on_spark(estate, Path(place), count)
        target = Path(place) / "command.json"
        if measured("command, 2 processes", lambda: by_command(estate, target)):
            return 2
        same = target.read_bytes() == by_spark
        print(f"{len(by_spark) / 1e6:.1f} MB of document, {'the same' if same else 'DIFFERENT'}")
    return 0 if same else 1


def copied(folder: Path, estate: Path, copies: int, *, alike: bool) -> int:
    """Write copies of a folder's files, and say that each is a database; how many files."""
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _LEFT_OUT.intersection(path.relative_to(folder).parts)
    ]
    for number in range(copies):
        for path in files:
            target = estate / f"copy{number}" / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            data = path.read_bytes()
            is_text = path.suffix.lower() == ".sql" and b"\0" not in data
            target.write_bytes(data + b"\n-- %d\n" % number if is_text and not alike else data)
    rows = "".join(f'copy{number} = "Db{number}"\n' for number in range(copies))
    (estate / "sql-lineage-purview.toml").write_text(f"[folders]\n{rows}", encoding="utf-8")
    return len(files) * copies


def on_spark(estate: Path, work: Path, count: int) -> bytes:
    """The document, by way of a table of facts."""
    spark = session()
    rows = ((path.relative_to(estate).as_posix(), path.read_bytes()) for path in files_of(estate))
    table = spark.createDataFrame(list(rows), "path string, content binary")
    table.write.parquet(str(work / "files"))
    files = spark.read.parquet(str(work / "files"))
    compile_files(files.limit(2)).collect()  # begins the processes of executors
    facts = measured("hash and find", lambda: compile_files(files))
    measured("compile", lambda: facts.write.parquet(str(work / "facts")))
    stored = spark.read.parquet(str(work / "facts"))
    [size] = stored.selectExpr("sum(length(facts))").first() or [0]
    before = memory()
    scan = measured("link", lambda: link_facts(stored), time.process_time)
    print(f"{size / count:.0f} bytes of facts per file, {memory() - before:.0f} MB more to link")
    document = measured("render", lambda: render_json(scan.graph), time.process_time)
    return document.encode("utf-8", "backslashreplace")


def by_command(estate: Path, target: Path) -> int:
    """Scan with two processes; the exit code."""
    options = ["--jobs", "2", "--no-cache", "--format", "json", "-o", str(target)]
    command = [sys.executable, "-m", "sql_lineage_purview", "scan", str(estate), *options]
    return subprocess.run(command, capture_output=True, check=False).returncode


def files_of(estate: Path) -> Iterator[Path]:
    """The files of an estate, in order."""
    return (path for path in sorted(estate.rglob("*")) if path.is_file())


def session() -> SparkSession:
    """A Spark of two cores in this machine."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.memory", "4g").config(
        "spark.ui.showConsoleProgress", "false"
    )
    spark = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def measured(name: str, work: Callable[[], T], clock: Callable[[], float] | None = None) -> T:
    """Do work, and print what it took: seconds, and those of the processor.

    These are of all processes. Where executors are idle, so that theirs may end and take their time
    along, they are of this process alone: `clock`.
    """
    used_seconds = clock or processor_seconds
    begun, used = time.monotonic(), used_seconds()
    result = work()
    seconds, processor = time.monotonic() - begun, used_seconds() - used
    print(f"{name:20} {seconds:7.1f} s {processor:7.1f} s of the processor", flush=True)
    return result


def processor_seconds() -> float:
    """What this process and all below it have used, those that ended included."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(stat.parent.name)] = int(fields[1])
        ticks[int(stat.parent.name)] = sum(map(int, fields[11:15]))
    below = {os.getpid()}
    while added := {process for process, parent in parents.items() if parent in below} - below:
        below |= added
    return sum(ticks[process] for process in below) / os.sysconf("SC_CLK_TCK")


def memory() -> float:
    """The most megabytes that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
