"""A push that is killed at any request, before it arrives or behind it, and pushed again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec import structs

from sql_lineage_purview.emulator import Emulator, seed
from sql_lineage_purview.emulator import SeedAsset as Registered
from sql_lineage_purview.model.graph import LineageGraph, Module
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import ModuleKind
from sql_lineage_purview.purview import (
    BulkLimits,
    CatalogueResolver,
    Database,
    DatabaseMap,
    DataMapClient,
    Journal,
    LocalTransport,
    Plan,
    PlanOptions,
    Pruning,
    PushOptions,
    PushResult,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.assets import Asset, AssetRef, Evidence, Found, Missing
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.transport.http import Reply

ROOT = "mssql://s.database.windows.net/Dw/dbo"
ENDPOINT = "https://acct.purview.azure.com"
OPTIONS = PushOptions(limits=BulkLimits(2), prune_threshold=0.5)
PLANNING = PlanOptions(pruning=Pruning.ON, direct_views=True)


class Killed(BaseException):
    """What a kill looks like from inside: nothing catches it."""


class Line:
    """The line to the emulator.

    It dies at a request, and remembers what was acknowledged, and what of that came again.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._inner = LocalTransport(emulator)
        self.acknowledged: set[str] = set()
        self.again: list[str] = []
        self.requests = 0
        self.kill_at: int | None = None
        self.kill_on: str | None = None
        self.answered = True

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        dies = self.requests == self.kill_at or (self.kill_on is not None and self.kill_on in url)
        self.requests += 1
        if dies and not self.answered:
            raise Killed
        sent = self._sent(method, url, body)
        self.again += [name for name in sent if name in self.acknowledged]
        reply = self._inner.send(method, url, headers, body)
        if dies:
            raise Killed
        if reply.status == 200:
            self.acknowledged.update(sent)
        return reply

    @staticmethod
    def _sent(method: str, url: str, body: bytes) -> list[str]:
        if method == "POST" and urlsplit(url).path.endswith("/entity/bulk"):
            return [
                entity["attributes"]["qualifiedName"] for entity in json.loads(body)["entities"]
            ]
        return [url] if method == "DELETE" else []


class Creating:
    """A resolver with the policy to make what is missing."""

    def __init__(self, client: DataMapClient) -> None:
        self._inner = CatalogueResolver(
            client, DatabaseMap((Database("Dw", "s.database.windows.net"),), default="Dw")
        )

    def resolve(self, tables):
        return {
            name: Found(
                Asset(AssetRef(f"{ROOT}/{name.object}", "azure_sql_table", "")), Evidence.EXACT
            )
            if isinstance(row, Missing)
            else row
            for name, row in self._inner.resolve(tables).items()
        }


def graph(graph_text, *edges: tuple[str, str]) -> LineageGraph:
    text = graph_text()
    for number, (source, target) in enumerate(edges):
        module = target if target == "dbo.V" else "dbo.usp"
        text.edge(source, target, module=module, line=number * 5 + 1)
    view = Module(parse_name("dbo.V"), ModuleKind.VIEW, "v.sql", 1, 2, (), (), (), ())
    return replace(text.graph(), modules=(view,))


@pytest.fixture
def before(graph_text) -> LineageGraph:
    return graph(graph_text, *(("dbo.A", f"dbo.T{number}") for number in range(4)))


@pytest.fixture
def after(graph_text) -> LineageGraph:
    """T0 as before, T1 and T2 from another table, T3 gone, and T4 to T6 new.

    There are also P, which is not in the account, and a view.
    """
    new = [("dbo.A", f"dbo.T{number}") for number in (4, 5, 6)]
    return graph(
        graph_text,
        ("dbo.A", "dbo.T0"),
        ("dbo.B", "dbo.T1"),
        ("dbo.B", "dbo.T2"),
        *new,
        ("dbo.A", "dbo.P"),
        ("dbo.A", "dbo.V"),
    )


Start = Callable[[], tuple[Line, DataMapClient]]


@pytest.fixture
def start(before: LineageGraph) -> Iterator[Start]:
    """An account that holds the lineage of `before`, each time anew."""
    opened: list[Emulator] = []

    def _start() -> tuple[Line, DataMapClient]:
        emulator = Emulator(":memory:")
        opened.append(emulator)
        tables = [*(f"T{number}" for number in range(7)), "A", "B"]
        seed(emulator, [Registered("azure_sql_table", f"{ROOT}/{name}") for name in tables])
        seed(emulator, [Registered("azure_sql_view", f"{ROOT}/V")])
        client = DataMapClient(ENDPOINT, LocalTransport(emulator))
        push(make_plan(before, Creating(client), client, owner="prod"), client)
        line = Line(emulator)
        return line, DataMapClient(ENDPOINT, line)

    yield _start
    for emulator in opened:
        emulator.close()


def plan_of(scanned: LineageGraph, client: DataMapClient) -> Plan:
    return make_plan(scanned, Creating(client), client, owner="prod", options=PLANNING)


def state(client: DataMapClient) -> dict[str, object]:
    """All that the account says of the lineage; guids as the names of what they are."""
    entities: dict[str, object] = {}
    for hit in client.search(PROCESS_TYPE, "sql-lineage-purview://"):
        (entity,) = client.get_entity(hit.guid).entities
        related = entity["relationshipAttributes"]
        ends = {
            end: sorted(row["displayText"] for row in related[end]) for end in ("inputs", "outputs")
        }
        entities[hit.qualified_name] = {**entity["attributes"], **ends}
    (view,) = client.get_entities("azure_sql_view", [f"{ROOT}/V"]).entities
    entities["V"] = [row["displayText"] for row in view["relationshipAttributes"]["sources"]]
    entities["P"] = len(client.get_entities("azure_sql_table", [f"{ROOT}/P"]).entities)
    return entities


def push_again(
    manner: str, plan: Plan, after: LineageGraph, client: DataMapClient, journal: Journal
) -> PushResult:
    match manner:
        case "planned anew":
            return push(plan_of(after, client), client, OPTIONS, journal=journal)
        case "saved":
            return push(plan, client, structs.replace(OPTIONS, saved=True), journal=journal)
    # Reads lag behind writes: the new plan says what the old one said.
    return push(plan, client, OPTIONS, journal=journal)


@pytest.mark.parametrize(
    "answered", [True, False], ids=["behind the request", "before the request"]
)
@pytest.mark.parametrize("manner", ["planned anew", "saved", "lagging"])
def test_nothing_that_was_acknowledged_is_sent_again_or_lost(
    start: Start, after: LineageGraph, tmp_path: Path, manner: str, *, answered: bool
) -> None:
    _, client = start()
    push(plan_of(after, client), client, OPTIONS)
    expected = state(client)
    for number in range(100):
        line, client = start()
        path = tmp_path / f"{number}.jsonl"
        plan = plan_of(after, client)
        line.requests, line.kill_at, line.answered = 0, number, answered
        try:
            push(plan, client, OPTIONS, journal=Journal(path))
            killed = False
        except Killed:
            killed = True
        line.kill_at = None
        if killed:
            result = push_again(manner, plan, after, client, Journal(path))
            assert (result.failed, result.stopped, result.untried) == ((), "", 0)
        # A delete says nothing that could differ; where reads lag, it may come twice.
        assert [
            name for name in line.again if manner != "lagging" or not name.startswith("https:")
        ] == []
        assert state(client) == expected
        assert not path.exists()
        assert plan_of(after, client).counts().changes == 0
        if not killed:
            break
    assert number >= 8


def test_of_a_push_that_broke_off_the_next_says_what_had_been_made(
    start: Start, after: LineageGraph, tmp_path: Path
) -> None:
    line, client = start()
    plan = plan_of(after, client)
    line.kill_on = "/relationship"
    with pytest.raises(Killed):
        push(plan, client, OPTIONS, journal=Journal(tmp_path / "j"))
    line.kill_on = None
    result = push(plan, client, OPTIONS, journal=Journal(tmp_path / "j"))
    assert result.resumed == len([name for name in line.acknowledged if "#dbo" in name]) - len(
        result.created + result.updated
    )
    assert result.resumed > 0


def test_what_others_changed_since_a_push_broke_off_is_written_over(
    start: Start, after: LineageGraph, tmp_path: Path
) -> None:
    line, client = start()
    line.kill_on = "/relationship"
    with pytest.raises(Killed):
        push(plan_of(after, client), client, OPTIONS, journal=Journal(tmp_path / "j"))
    line.kill_on = None
    name = next(name for name in line.acknowledged if name.endswith("#dbo.t1"))
    (entity,) = client.get_entities(PROCESS_TYPE, [name]).entities
    client.upsert_entities(
        [
            {
                "typeName": PROCESS_TYPE,
                "guid": entity["guid"],
                "attributes": {"qualifiedName": name, "name": "x"},
            }
        ]
    )
    assert push(
        plan_of(after, client), client, OPTIONS, journal=Journal(tmp_path / "j")
    ).updated == (name,)
    assert plan_of(after, client).counts().changes == 0
