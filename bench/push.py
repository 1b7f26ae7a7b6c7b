"""What a large push costs, and whether it survives trouble.

The push runs against the served emulator, with faults on demand.

    python bench/push.py [--processes 20000] [--small 2000] [--refused 0.1]

Three accounts, each an emulator in a process of its own:

1. a push of many processes with 5 % of all requests failing (429, 408, 500, cut and lost
  connections) ends complete, and a second one has nothing to do;
2. a push without faults of few and of many processes: the peak memory of the pushing process, which
  may grow by no more than 1.3 times;
3. with one entity in a thousand refused for good, exactly those are reported, and the second push
  tries only those.

Prints a Markdown table and fails where one of these does not hold. Runs on POSIX systems: the peak
memory of a process is asked of the operating system.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sql_lineage_purview.model.graph import Column, ColumnEdge, LineageGraph, Statement, TableEdge
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, StatementKind, Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    Counts,
    Database,
    DatabaseMap,
    Plan,
    PurviewTarget,
    connect,
    make_plan,
    open_plan,
    plan_lines,
)

_MEGABYTE = 1_000_000
_HOST = "bench.database.windows.net"
_STAGES = 200
_COLUMNS = tuple(f"Column{number}" for number in range(8))
_MOST_GROWTH = 1.3
TROUBLE = ("429:1.5%:retry-after=1", "408:1%", "500:1%", "cut:0.75%", "lost:0.75%")


def graph(processes: int) -> LineageGraph:
    """Procedures that each fill a table from a staging table and the table before it.

    Each fills a table of its own; the table before is that of the procedure before.
    """
    statements, tables, columns = [], [], []
    for number in range(processes):
        id_ = f"procedures/usp_Load{number}.sql#1"
        target = Name(("dbo", f"Target{number}"))
        sources = [Name(("stg", f"Stage{number % _STAGES}")), Name(("dbo", f"Target{number - 1}"))][
            : 2 if number else 1
        ]
        module = Name(("dbo", f"usp_Load{number}"))
        path = id_.partition("#")[0]
        kind = StatementKind.INSERT
        statements.append(
            Statement(id_, path, 3, 12, kind, module, tuple(sources), (target,), (), dynamic=False)
        )
        for source in sources:
            tables.append(TableEdge(source, target, EdgeType.DIRECT, (id_,)))
            columns += [
                ColumnEdge(
                    Column(source, name),
                    Column(target, name),
                    Subtype.IDENTITY,
                    Certainty.EXACT,
                    (id_,),
                )
                for name in _COLUMNS
            ]
    return LineageGraph(
        statements=tuple(statements), table_lineage=tuple(tables), column_lineage=tuple(columns)
    )


def seed(processes: int) -> str:
    names = [
        *(f"stg/Stage{number}" for number in range(_STAGES)),
        *(f"dbo/Target{number}" for number in range(processes)),
    ]
    assets = [
        {"type": "azure_sql_table", "qualifiedName": f"mssql://{_HOST}/Dw/{name}"} for name in names
    ]
    return json.dumps({"assets": assets})


@dataclass(frozen=True, slots=True)
class Pushed:
    """The outcome of a push in its own process.

    It has the exit code, the closing summary, the seconds, and the most memory that it held.
    """

    code: int
    summary: str
    seconds: float
    megabytes: float

    def counted(self, what: str) -> int:
        found = re.search(rf"(\d+) {what}", self.summary)
        return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True)
class Account:
    """A served emulator, and a folder configured for it."""

    url: str
    folder: Path

    def plan(self, processes: int) -> Plan:
        """Plan against the account; the plan is saved, and read from the file.

        In another process: the system counts the memory of this one to that of its children.
        """
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            pool.submit(save_plan, self.url, self.folder / "plan.json", processes).result()
        return open_plan(self.folder / "plan.json")

    def push(self) -> Pushed:
        """Push the saved plan with the command."""
        command = [
            sys.executable,
            "-m",
            "sql_lineage_purview",
            "push",
            "--plan",
            "plan.json",
            "--yes",
        ]
        start = time.perf_counter()
        with subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            output = process.stdout.read() if process.stdout else ""
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        seconds = time.perf_counter() - start
        summary = output[output.rfind("\nSummary") :]
        return Pushed(process.returncode, summary, seconds, usage.ru_maxrss * unit / _MEGABYTE)


def save_plan(url: str, path: Path, processes: int) -> None:
    client = connect(PurviewTarget(url))
    resolver = CatalogueResolver(client, DatabaseMap((Database("Dw", _HOST),), default="Dw"))
    plan = make_plan(graph(processes), resolver, client, owner="bench")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(plan_lines(plan))


@contextmanager
def account(folder: Path, processes: int, *faults: str) -> Iterator[Account]:
    """A new account that holds the tables of so many processes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seed.json").write_text(seed(processes), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "sql_lineage_purview",
        "emulator",
        "--port",
        "0",
        "--file",
        str(folder / "state.sqlite"),
    ]
    command += [
        "--seed",
        str(folder / "seed.json"),
        *(word for fault in faults for word in ("--fault", fault)),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            url = server.stdout.readline().strip() if server.stdout else ""
            text = f'[purview]\nendpoint = "{url}"\nowner = "bench"\n'
            (folder / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")
            yield Account(url, folder)
        finally:
            server.terminate()


def with_trouble(folder: Path, processes: int) -> list[str]:
    """The first promise; what is wrong with it."""
    with account(folder, processes, *TROUBLE) as place:
        place.plan(processes)
        first = place.push()
        again = place.plan(processes).counts()
        second = place.push()
    row(f"{processes:,} processes, 5 % of requests failing", first)
    row("… pushed again", second)
    wrong = (
        []
        if first.code == 0 and first.counted("created") == processes
        else [f"not complete: {first.summary}"]
    )
    return (
        wrong
        if again == Counts(unchanged=processes) and second.code == 0
        else [*wrong, f"not empty: {again}"]
    )


def memory(folder: Path, sizes: tuple[int, int]) -> list[str]:
    """The second promise."""
    peaks = []
    for processes in sizes:
        with account(folder / str(processes), processes) as place:
            place.plan(processes)
            pushed = place.push()
        row(f"{processes:,} processes", pushed)
        peaks.append(pushed.megabytes)
    growth = peaks[1] / peaks[0]
    print(f"\nThe peak memory grows {growth:.2f} times.")
    return [] if growth <= _MOST_GROWTH else [f"memory grows {growth:.2f} times"]


def with_refusals(folder: Path, processes: int, percent: float) -> list[str]:
    """The third promise."""
    with account(folder, processes, f"refuse:{percent}%") as place:
        place.plan(processes)
        first = place.push()
        left = {line.process.qualified_name for line in place.plan(processes).changes}
        second = place.push()
    row(f"{processes:,} processes, {percent} % of entities refused", first)
    row("… pushed again", second)
    refused = set(re.findall(r"sql-lineage-purview://\S+(?=: )", first.summary))
    wrong = []
    if not left or refused != left or first.code != 3:
        wrong.append(f"{len(refused)} reported as refused, {len(left)} left, exit {first.code}")
    if (
        second.code != 3
        or second.counted("created")
        or second.counted("unchanged") != processes - len(left)
    ):
        wrong.append(f"the second push did other things: {second.summary}")
    return wrong


def row(what: str, pushed: Pushed) -> None:
    numbers = (
        f"{pushed.seconds:.0f} s | {pushed.megabytes:.0f} MB | {pushed.counted('created'):,} "
        "created"
    )
    print(
        f"| {what} | {numbers}, {pushed.counted('unchanged'):,} unchanged | exit {pushed.code} |",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--processes", type=int, default=20_000)
    parser.add_argument("--small", type=int, default=2_000)
    parser.add_argument(
        "--refused", type=float, default=0.1, help="percent of entities that are refused for good"
    )
    arguments = parser.parse_args()
    print("| push | time | peak memory | result | |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wrong = with_trouble(place / "trouble", arguments.processes)
        wrong += memory(place / "memory", (arguments.small, arguments.processes))
        wrong += with_refusals(place / "refusals", arguments.processes, arguments.refused)
    for line in wrong:
        print(f"FAILED: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
