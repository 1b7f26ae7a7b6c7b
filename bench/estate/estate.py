"""What plans and pushes of an estate of six platforms cost, and whether they end as they should.

    python bench/estate/estate.py [--others 6000] [--large 50000] [--costs]

Costs are requests and bytes, both ways, counted between the client and an emulator. With `--costs`
alone the program runs with older code as well, to compare (`PYTHONPATH=OTHER python
bench/estate/estate.py --costs`). Without it there is checked, too: push then verify finds nothing
in each position of the emulator's switches, behind a mapping that grew and shrank, behind assets
that were deleted and scanned anew, and behind a push that was killed at any request.

Prints Markdown; exit code 1 where one of these does not hold, or a plan of one module takes more
than 20 requests.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts import AZURE_SQL, COLUMNS, FABRIC, PLATFORMS, assets, write

from sql_lineage_purview.emulator import Behaviour, Emulator, SeedAsset, seed
from sql_lineage_purview.emulator.testing.option_words import SWITCHES, read_switches
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.publishing.plans import plan_of, push_options
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.purview import DataMapClient, LocalTransport, Plan, push
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.account.processes import process_type
from sql_lineage_purview.purview.checking.drift import verify
from sql_lineage_purview.purview.transport.http import Reply

_MOST_REQUESTS = 20
_READERS = 3_000


class Killed(BaseException):
    """A push that is killed."""


@dataclass(slots=True)
class Line:
    """The line to an emulator, which counts what passes, and dies at a request."""

    emulator: Emulator
    requests: int = 0
    size: int = 0
    kill_at: int | None = None

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self.requests == self.kill_at:
            raise Killed
        self.requests += 1
        reply = LocalTransport(self.emulator).send(method, url, headers, body)
        self.size += len(url) + len(body) + len(reply.body)
        return reply

    def counted(self) -> tuple[int, int]:
        """Requests and bytes since the last time."""
        counts, self.requests, self.size = (self.requests, self.size), 0, 0
        return counts


@dataclass(slots=True)
class Estate:
    """Scripts in a folder, and an emulator that holds their assets."""

    folder: Path
    emulator: Emulator
    line: Line = field(init=False)
    client: DataMapClient = field(init=False)

    def __post_init__(self) -> None:
        self.line = Line(self.emulator)
        self.client = DataMapClient("http://emulator", self.line)
        present = ("fabric_warehouse_table", "fabric_lakehouse_table")
        for name in present:
            self.client.ensure_types(
                [
                    {
                        "category": "ENTITY",
                        "name": name,
                        "superTypes": ["DataSet"],
                        "attributeDefs": [],
                    }
                ]
            )

    def plan(self, *paths: str) -> Plan:
        settings = load_settings(self.folder, arguments={}, environment={})
        scanned = scan(
            [self.folder / path for path in paths] or [self.folder], settings, use_cache=False
        )
        return plan_of(scanned, self.client, settings)

    def push(self) -> str:
        """Push, and say what is not as it should be then."""
        plan = self.plan()
        result = push(
            plan,
            self.client,
            push_options(load_settings(self.folder, arguments={}, environment={})),
        )
        if result.failed or result.stopped:
            return f"{result.failed[:1]} {result.stopped}"
        return self.drifts()

    def drifts(self) -> str:
        found = verify(self.plan(), self.client)
        return f"{len(found)} drifts: {found[0]}" if found else ""


@contextmanager
def estate(
    behaviour: Behaviour | None = None, *, wide: int = 400, platforms: tuple = PLATFORMS
) -> Iterator[Estate]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator(":memory:", behaviour=behaviour or Behaviour()) as emulator,
    ):
        write(Path(folder), wide=wide, platforms=platforms)
        made = Estate(Path(folder), emulator)
        seed(emulator, assets(platforms))
        made.line.counted()
        yield made


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--others",
        type=int,
        default=6_000,
        help="other tables on the server of a plan of one module",
    )
    parser.add_argument("--large", type=int, default=50_000, help="the same, on a large server")
    parser.add_argument("--costs", action="store_true", help="only count")
    arguments = parser.parse_args()
    print("| what | requests | bytes |\n|---|---|---|", flush=True)
    wrong = costs(arguments.others, arguments.large)
    if not arguments.costs:
        print("\n| what | result |\n|---|---|", flush=True)
        wrong = [*wrong, *filter(None, (result(*row) for row in CHECKS))]
    for line in wrong:
        print(f"FAILED: {line}")
    return 1 if wrong else 0


def costs(others: int, large: int) -> list[str]:
    with estate() as made:
        made.push()
        row("first push of the estate, with its plan and verify", made)
        made.push()
        row("second push, nothing changed", made)
    one = ("Sales/procedures/usp_Load2.sql", "Sales/tables/Target2.sql")
    wrong = []
    for number in (others, large):
        with estate(platforms=(AZURE_SQL,)) as made:
            register(made, (AZURE_SQL.asset("other", f"Table{place}") for place in range(number)))
            made.plan(*one)
            requests = row(f"plan of one module, {number:,} other tables on its server", made)
            if number == large and requests > _MOST_REQUESTS:
                wrong.append(f"{requests} requests for one module")
    with estate(platforms=(AZURE_SQL,)) as made:
        readers(made, f"{AZURE_SQL.root}/dbo/Target2")
        made.plan(*one)
        row(f"the same, {_READERS:,} processes of others read its table", made)
    return wrong


def register(made: Estate, rows: Iterable[SeedAsset]) -> None:
    batch: list[SeedAsset] = []
    for asset in rows:
        batch.append(asset)
        if len(batch) == 5_000:
            seed(made.emulator, batch)
            batch = []
    seed(made.emulator, batch)


def readers(made: Estate, table: str) -> None:
    made.client.ensure_types([process_type()])
    reference = {"typeName": AZURE_SQL.table, "uniqueAttributes": {"qualifiedName": table}}
    for start in range(0, _READERS, 500):
        names = [f"other://{number}" for number in range(start, start + 500)]
        rows = ({"qualifiedName": name, "name": name, "inputs": [reference]} for name in names)
        made.client.upsert_entities(
            [
                {"typeName": PROCESS_TYPE, "guid": f"-{number}", "attributes": each}
                for number, each in enumerate(rows, 1)
            ]
        )
    made.line.counted()


def row(what: str, made: Estate) -> int:
    requests, size = made.line.counted()
    print(f"| {what} | {requests:,} | {size:,} |", flush=True)
    return requests


# --- how it ends ----------------------------------------------------------------------------------


def result(what: str, check: Callable[[], str]) -> str:
    found = check()
    print(f"| {what} | {found or 'as it should'} |", flush=True)
    return f"{what}: {found}" if found else ""


def switched(word: str) -> str:
    """Pushed, changed and pushed again with a switch in a position."""
    behaviour = Behaviour(switches=read_switches([word]))
    with estate(behaviour, platforms=(AZURE_SQL, FABRIC)) as made:
        first = made.push()
        write(made.folder, wide=3, platforms=(AZURE_SQL, FABRIC))
        (made.folder / "Sales/procedures/usp_Load3.sql").unlink()
        return first or made.push()


def split() -> str:
    with estate(wide=3) as made:
        for wide in (3, 400, 150, 400, 1):
            write(made.folder, wide=wide)
            wrong = made.push()
            if wrong:
                return f"{wide} columns: {wrong}"
    return ""


def unread(word: str) -> str:
    """A process loses an input and reads it again later.

    The relation of that input stays listed as deleted, or does not.
    """
    behaviour = Behaviour(switches=read_switches([f"deleted-relations={word}"]))
    with estate(behaviour, platforms=(AZURE_SQL,)) as made:
        script = made.folder / "Sales/procedures/usp_Load5.sql"
        text = script.read_text(encoding="utf-8")
        more = text.partition("AS\n")[2].replace("stg.Source5", "stg.Source6")
        for written, listed in (
            (text + more, 2),
            (text, 1 + (word == "list")),
            (text + more, 2 + (word == "list")),
        ):
            script.write_text(written, encoding="utf-8")
            if wrong := made.push():
                return wrong
            if changes := made.plan().counts().changes:
                return f"{changes} changes after a push"
            [load] = [
                row
                for row in made.plan().processes
                if row.process.qualified_name.endswith("#sales.dbo.target5")
            ]
            [process] = made.client.get_entity(load.guid).entities
            if len(process["relationshipAttributes"]["inputs"]) != listed:
                return f"{len(process['relationshipAttributes']['inputs'])} inputs are listed"
    return ""


def deleted() -> str:
    """An asset is deleted, which verify tells, and scanned anew under another guid."""
    with estate(platforms=(AZURE_SQL,)) as made:
        made.push()
        [entity] = made.client.get_entities(
            AZURE_SQL.table, [f"{AZURE_SQL.root}/stg/Source4"]
        ).entities
        made.client.delete_entity(entity["guid"])
        if not made.drifts():
            return "verify does not tell it"
        seed(made.emulator, [AZURE_SQL.asset("stg", "Source4", *COLUMNS)])
        return made.push()


def killed() -> str:
    """A push is killed at each of its requests in turn.

    Its scripts shrink, grow and lose a procedure.
    """
    for number in range(1_000):
        with estate(wide=400, platforms=(AZURE_SQL,)) as made:
            made.push()
            write(made.folder, wide=20, platforms=(AZURE_SQL,))
            (made.folder / "Sales/procedures/usp_Load3.sql").unlink()
            plan = made.plan()
            made.line.counted()
            made.line.kill_at = number
            try:
                push(plan, made.client)
            except Killed:
                made.line.kill_at = None
            else:
                return "" if number > 3 else "too few requests"
            if wrong := made.push():
                return f"request {number}: {wrong}"
    return "it never ends"


CHECKS: list[tuple[str, Callable[[], str]]] = [
    *(
        (f"switch {name}={word}", lambda word=f"{name}={word}": switched(word))
        for name, words in SWITCHES.items()
        for word in words
    ),
    *(
        (
            f"an input that is read no longer, deleted-relations={word}",
            lambda word=word: unread(word),
        )
        for word in ("list", "omit")
    ),
    ("a mapping that grows and shrinks", split),
    ("an asset deleted and scanned anew", deleted),
    ("killed at each request", killed),
]

if __name__ == "__main__":
    sys.exit(main())
