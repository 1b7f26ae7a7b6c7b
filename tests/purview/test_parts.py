"""Parts of a process whose mapping is too large for one.

They come and go with it, whatever happens on the way.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sql_lineage_purview.emulator import Behaviour, Emulator, SeedAsset, Switches, seed
from sql_lineage_purview.emulator.testing import Faults
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.vocabulary import EdgeType, Subtype
from sql_lineage_purview.purview import (
    BulkLimits,
    CatalogueResolver,
    Database,
    DatabaseMap,
    DataMapClient,
    Granularity,
    Journal,
    LocalTransport,
    Plan,
    PlannedAction,
    PlanOptions,
    Pruning,
    PushOptions,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.checking.drift import DriftKind, verify
from sql_lineage_purview.purview.planning.mapping import ColumnBlock, encode, pack
from sql_lineage_purview.purview.purview_errors import PruneError, RefusedError
from sql_lineage_purview.purview.transport.http import Reply

ROOT = "mssql://s.database.windows.net/Dw/dbo"
ENDPOINT = "https://acct.purview.azure.com"
LOAD = "sql-lineage-purview://prod/dbo.usp_load#dbo.t"
DATABASES = DatabaseMap((Database("Dw", "s.database.windows.net"),), default="Dw")
PLANNING = PlanOptions(mapping_limit=1_000)


class Killed(BaseException):
    """What a kill looks like from inside: nothing catches it."""


class Line:
    """The line to an emulator, which dies at a request, before it arrives or behind it."""

    def __init__(self, emulator: Emulator) -> None:
        self._inner = LocalTransport(emulator)
        self.requests = 0
        self.kill_at: int | None = None
        self.answered = True

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        dies = self.requests == self.kill_at
        self.requests += 1
        if dies and not self.answered:
            raise Killed
        reply = self._inner.send(method, url, headers, body)
        if dies:
            raise Killed
        return reply


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[Emulator, Line, DataMapClient]]]:
    opened: list[Emulator] = []

    def _start(behaviour: Behaviour | None = None) -> tuple[Emulator, Line, DataMapClient]:
        emulator = Emulator(":memory:", behaviour=behaviour or Behaviour())
        opened.append(emulator)
        seed(
            emulator,
            [
                SeedAsset("azure_sql_table", f"{ROOT}/{name}")
                for name in ("A", "B", "C", "D", "T", "U")
            ],
        )
        line = Line(emulator)
        return emulator, line, DataMapClient(ENDPOINT, line)

    yield _start
    for emulator in opened:
        emulator.close()


@pytest.fixture
def scripts(graph_text) -> Callable[..., LineageGraph]:
    """A procedure that fills T from A with so many columns, and from B and C.

    Of B and C no column comes.
    """

    def _scripts(columns: int) -> LineageGraph:
        edges = [(f"c{number}", f"d{number}", Subtype.IDENTITY) for number in range(columns)]
        text = (
            graph_text()
            .edge("dbo.A", "dbo.T", *edges)
            .edge("dbo.B", "dbo.T", type_=EdgeType.INDIRECT)
        )
        return text.edge("dbo.C", "dbo.U", module="dbo.usp_other", path="other.sql").graph()

    return _scripts


def plan(graph: LineageGraph, client: DataMapClient, options: PlanOptions = PLANNING) -> Plan:
    return make_plan(
        graph, CatalogueResolver(client, DATABASES), client, owner="prod", options=options
    )


def mappings(client: DataMapClient) -> dict[str, str]:
    """What the processes of the account map, by name, whatever the index says of them."""
    names = [hit.qualified_name for hit in client.search(PROCESS_TYPE, LOAD)]
    return {
        entity["attributes"]["qualifiedName"]: entity["attributes"]["columnMapping"]
        for entity in client.get_entities(PROCESS_TYPE, names).entities
    }


@pytest.mark.parametrize("columns", [1, 3, 40, 200, 400])
def test_a_process_has_the_parts_that_it_needs_whatever_it_had(
    start, scripts, columns: int
) -> None:
    _, _, client = start()
    for before in (200, 1, 400):
        push(plan(scripts(before), client), client)
        new_plan = plan(scripts(columns), client)
        result = push(new_plan, client)
        assert (result.failed, result.stopped, result.untried, result.held_back) == ((), "", 0, 0)
        expected = {
            row.process.qualified_name
            for row in new_plan.processes
            if row.action is not PlannedAction.DELETE
        }
        assert set(mappings(client)) == {name for name in expected if name.startswith(LOAD)}
        second_plan = plan(scripts(columns), client)
        assert second_plan.counts().changes == 0
        assert verify(second_plan, client) == ()


def test_parts_go_below_any_threshold_and_without_pruning(start, scripts) -> None:
    _, _, client = start()
    push(plan(scripts(400), client), client)
    new_plan = plan(scripts(1), client)
    gone = new_plan.having(PlannedAction.DELETE)
    assert {row.part_of for row in gone} == {LOAD}
    assert {row.reason for row in gone} == {"its process needs fewer parts"}
    assert new_plan.counts().parts == new_plan.counts().delete == len(gone) > 10
    assert {row.kind for row in verify(new_plan, client)} == {DriftKind.SURPLUS, DriftKind.CHANGED}
    assert len(push(new_plan, client, PushOptions(prune_threshold=0)).deleted) == len(gone)
    assert set(mappings(client)) == {LOAD}


def test_a_process_with_its_parts_counts_once(start, scripts, graph_text) -> None:
    _, _, client = start()
    push(plan(scripts(400), client), client)
    options = replace(PLANNING, pruning=Pruning.ON)
    remainder = (
        graph_text().edge("dbo.C", "dbo.U", module="dbo.usp_other", path="other.sql").graph()
    )
    new_plan = plan(remainder, client, options)
    assert len(new_plan.having(PlannedAction.DELETE)) > 10
    assert new_plan.counts().parts == 0
    with pytest.raises(PruneError, match="delete 1 of the 2 processes"):
        push(new_plan, client, PushOptions(prune_threshold=0.4))
    push(new_plan, client, PushOptions(prune_threshold=0.5))
    assert mappings(client) == {}


@pytest.mark.parametrize("bulk", ["atomic", "partial"])
@pytest.mark.parametrize(
    "answered", [True, False], ids=["behind the request", "before the request"]
)
@pytest.mark.parametrize("manner", ["planned anew", "saved"])
@pytest.mark.parametrize(("before", "after"), [(400, 1), (60, 400), (400, 60)])
def test_killed_at_any_request_it_ends_the_same(
    start,
    scripts,
    tmp_path: Path,
    before: int,
    after: int,
    manner: str,
    *,
    answered: bool,
    bulk: str,
) -> None:
    options = PushOptions(limits=BulkLimits(7))
    for number in range(100):
        _, line, client = start(Behaviour(switches=Switches(bulk=bulk)))
        push(plan(scripts(before), client), client)
        new_plan = plan(scripts(after), client)
        line.requests, line.kill_at, line.answered = 0, number, answered
        try:
            push(new_plan, client, options, journal=Journal(tmp_path / f"{number}"))
            killed = False
        except Killed:
            killed = True
        line.kill_at = None
        if killed and manner == "saved":
            push(
                new_plan,
                client,
                replace(options, saved=True),
                journal=Journal(tmp_path / f"{number}"),
            )
        elif killed:
            push(plan(scripts(after), client), client, options)
        expected = {
            row.process.qualified_name: row.process.column_mapping
            for row in new_plan.processes
            if row.action is not PlannedAction.DELETE
        }
        assert mappings(client) == {
            name: text for name, text in expected.items() if name.startswith(LOAD)
        }
        assert plan(scripts(after), client).counts().changes == 0
        if not killed:
            break
    assert number >= 3


@pytest.mark.parametrize("refused", [LOAD, f"{LOAD}~2"])
def test_nothing_goes_while_the_process_that_is_to_say_it_is_refused(
    start, scripts, refused: str
) -> None:
    emulator, _, client = start()
    push(plan(scripts(400), client), client)
    before = mappings(client)
    emulator.behave(Behaviour(faults=Faults.read([f"refuse:{refused}"])))
    new_plan = plan(scripts(60), client)
    result = push(new_plan, client)
    assert [row.qualified_name for row in result.failed] == [refused]
    assert (result.deleted, result.held_back, result.untried) == (
        (),
        new_plan.counts().parts,
        new_plan.counts().parts,
    )
    assert set(mappings(client)) == set(before)
    emulator.behave(Behaviour())
    push(plan(scripts(60), client), client)
    assert verify(plan(scripts(60), client), client) == ()


def test_another_process_that_is_refused_holds_no_parts_back(start, scripts) -> None:
    emulator, _, client = start()
    push(plan(scripts(400), client), client)
    emulator.behave(Behaviour(faults=Faults.read(["refuse:*usp_third*"])))
    text = scripts(1)
    third = replace(
        text.statements[-1],
        id="third.sql#1",
        path="third.sql",
        module=replace(text.statements[-1].module, parts=("dbo", "usp_third")),
    )
    edge = replace(text.table_lineage[-1], statements=(third.id,))
    grown = dataclasses.replace(
        text, statements=(*text.statements, third), table_lineage=(*text.table_lineage, edge)
    )
    result = push(plan(grown, client), client)
    assert len(result.failed) == 1
    assert len(result.deleted) > 10
    assert result.held_back == 0


def test_a_part_that_cannot_be_deleted_keeps_those_before_it(
    start, scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a gap would hide the ones behind it from the next push."""
    _, _, client = start()
    push(plan(scripts(100), client), client)
    new_plan = plan(scripts(1), client)
    surplus = new_plan.having(PlannedAction.DELETE)[1]
    delete, delete_one = client.delete_entities, client.delete_entity

    def refuse(guids: list[str]) -> None:
        if surplus.guid in guids:
            raise RefusedError("The service answered 403", status=403)

    monkeypatch.setattr(client, "delete_entities", lambda guids: refuse(guids) or delete(guids))
    monkeypatch.setattr(client, "delete_entity", lambda guid: refuse([guid]) or delete_one(guid))
    result = push(new_plan, client)
    monkeypatch.undo()
    assert (len(result.deleted), len(result.failed)) == (1, 1)
    assert result.held_back == result.untried == len(new_plan.having(PlannedAction.DELETE)) - 2
    push(plan(scripts(1), client), client)
    assert set(mappings(client)) == {LOAD}


def test_parts_of_others_stay(start, scripts) -> None:
    _, _, client = start()
    push(plan(scripts(1), client), client)
    foreign = {"qualifiedName": f"{LOAD}~2", "name": "mine", "lineageOwner": "somebody"}
    client.upsert_entities([{"typeName": PROCESS_TYPE, "guid": "-1", "attributes": foreign}])
    assert plan(scripts(1), client).counts().changes == 0


def test_each_part_has_the_ends_that_it_maps_and_all_of_them_together_every_one(
    start, graph_text
) -> None:
    _, _, client = start()
    text = graph_text()
    for source in "AB":
        text.edge(
            f"dbo.{source}",
            "dbo.T",
            *((f"{source}{number}", f"d{number}", Subtype.IDENTITY) for number in range(40)),
        )
    text.edge("dbo.C", "dbo.T", type_=EdgeType.INDIRECT).edge(
        "dbo.D", "dbo.U", ("x", "y", Subtype.IDENTITY)
    )
    text.edge("dbo.A", "dbo.U", type_=EdgeType.INDIRECT)
    new_plan = plan(text.graph(), client, replace(PLANNING, granularity=Granularity.MODULE))
    rows = [row.process for row in new_plan.processes]
    assert len(rows) > 2
    for row in rows[:-1]:
        blocks = [block["DatasetMapping"] for block in json.loads(row.column_mapping)]
        assert {ref.qualified_name for ref in row.inputs} == {block["Source"] for block in blocks}
        assert {ref.qualified_name for ref in row.outputs} == {block["Sink"] for block in blocks}
    covered = {
        (a.qualified_name[-1], b.qualified_name[-1])
        for row in rows
        for a in row.inputs
        for b in row.outputs
    }
    assert covered >= {("A", "T"), ("B", "T"), ("C", "T"), ("D", "U"), ("A", "U")}


NAMES = st.text(st.sampled_from('a"\\\n\tü€'), min_size=1, max_size=6)


@given(
    st.lists(
        st.builds(
            ColumnBlock,
            NAMES,
            NAMES,
            st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=9).map(tuple),
        ),
        max_size=5,
    )
)
def test_the_limit_holds_for_what_is_sent(blocks: list[ColumnBlock]) -> None:
    shares = pack(blocks, limit=500)
    pairs = [
        (block.source, block.sink, pair)
        for share in shares
        for block in share
        for pair in block.pairs
    ]
    assert pairs == [(block.source, block.sink, pair) for block in blocks for pair in block.pairs]
    for share in shares:
        sent = json.dumps(
            {"columnMapping": encode(share)}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        assert len(sent) - len('{"columnMapping":}') <= 500
