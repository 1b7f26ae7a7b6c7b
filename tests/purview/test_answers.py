"""An answer that is none stops the plan, or changes nothing of it.

That holds whatever stands between account and client.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from sql_lineage_purview.emulator import AssetColumn, Behaviour, Emulator, SeedAsset, Switches, seed
from sql_lineage_purview.emulator.testing import Faults
from sql_lineage_purview.model.graph import LineageGraph, Module
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import ModuleKind, Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    Database,
    DatabaseMap,
    LocalTransport,
    Plan,
    PlanOptions,
    Pruning,
    PurviewError,
    PurviewTarget,
    PushOptions,
    connect,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.checking.drift import verify
from sql_lineage_purview.purview.planning.stages.procedure_relations import Parents
from sql_lineage_purview.purview.purview_errors import MalformedAnswerError
from sql_lineage_purview.purview.transport.http import Reply
from sql_lineage_purview.purview.transport.retry import RetryPolicy

ROOT = "mssql://s.database.windows.net/Dw"
FILE = "https://lake.dfs.core.windows.net/raw/orders.csv"
DATABASES = DatabaseMap((Database("Dw", "s.database.windows.net"),), default="Dw")
PUSHING = PushOptions(prune_threshold=1, saved=True)
AT_ONCE = RetryPolicy(tries=5, first=0, longest=0)

Garble: TypeAlias = Callable[[bytes], bytes]

# What a request is for, by what its method and path say.
OPERATIONS: dict[str, Callable[[str, str], bool]] = {
    "search": lambda _, path: path.endswith("/search/query"),
    "read by names": lambda method, path: method == "GET" and "/bulk/uniqueAttribute/" in path,
    "read by guids": lambda method, path: method == "GET" and path.endswith("/entity/bulk"),
    "read a type": lambda method, path: method == "GET" and "/entitydef/" in path,
    "read a relationship type": lambda method, path: (
        method == "GET" and "/relationshipdef/" in path
    ),
    "write types": lambda method, path: method != "GET" and path.endswith("/types/typedefs"),
    "write entities": lambda method, path: method == "POST" and path.endswith("/entity/bulk"),
    "relate": lambda method, path: method != "GET" and path.endswith("/relationship"),
    "delete": lambda method, _: method == "DELETE",
}


def changed(change: Callable[[Any], Any]) -> Garble:
    """The true answer with something changed in it."""
    return lambda body: json.dumps(change(json.loads(body or b"{}"))).encode()


def first_row(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Garble:
    """The true answer, something changed in what it holds first."""

    def spoilt(answer: Any) -> Any:
        for name, value in answer.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                return answer | {name: [change(value[0]), *value[1:]]}
            if name == "entity":
                return answer | {name: change(value)}
        return {}

    return changed(spoilt)


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda row: {name: value for name, value in row.items() if name not in names}


def turned(value: Any) -> Any:
    """A value of another type."""
    return {"x": value} if isinstance(value, list) else [value]


# Of any operation.
SHAPES: dict[str, Garble] = {
    "empty": lambda _: b"",
    "null": lambda _: b"null",
    "list": lambda _: b"[]",
    "object": lambda _: b"{}",
    "text": lambda _: b'"x"',
    "number": lambda _: b"1",
    "page": lambda _: b"<html><body>Sign in</body></html>",
    "another error": lambda _: b'{"error": {"code": "x", "message": "y"}}',
    "nothing but null": changed(dict.fromkeys),
    "other types": changed(lambda answer: {name: turned(value) for name, value in answer.items()}),
    "rows that are null": changed(
        lambda answer: {
            name: [None] if isinstance(value, list) else value for name, value in answer.items()
        }
    ),
    "rows without a guid": first_row(without("guid", "id", "name")),
    "rows with a number as guid": first_row(lambda row: row | {"guid": 1, "id": 1, "name": 1}),
    "rows without a name": first_row(without("attributes", "qualifiedName", "name")),
    "rows without relations": first_row(
        without("relationshipAttributes", "entityType", "typeName", "name")
    ),
    "rows with relations that are text": first_row(
        lambda row: row | {"relationshipAttributes": "x", "name": {}}
    ),
}
# What is seen before anybody asks which operation it was.
TEXTS: dict[str, Garble] = {
    "blank": lambda _: b" \r\n",
    "cut off": lambda body: body[: len(body) // 2],
    "in a list": lambda body: b"[" + body + b"]",
    "not a number": lambda body: body[:-1] + b', "x": NaN}',
    "a member twice": lambda body: body[:-1] + b', "x": 1, "x": 2}',
    "half a character": lambda body: body[:-1] + rb', "x": "\ud800"}',
    "deep": lambda body: body[:-1] + b', "x": ' + b"[" * 500 + b"]" * 500 + b"}",
    "deeper": lambda body: body[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a long number": lambda body: body[:-1] + b', "x": ' + b"1" * 5_000 + b"}",
    "two bytes a character": lambda body: body.decode().encode("utf-16"),
    "bytes": lambda _: b"\xff\xfe\x00\x80",
}
GARBLES = SHAPES | TEXTS
CASES = [
    *((operation, garble) for operation in OPERATIONS for garble in SHAPES),
    *(
        (operation, garble)
        for operation in ("search", "read by names", "write entities")
        for garble in TEXTS
    ),
]


class Spoilt:
    """The line to an emulator on which the answers to some requests arrive garbled.

    It is the first of these answers, or all of them.
    """

    def __init__(
        self, emulator: Emulator, concerns: Callable[[str, str], bool], garble: Garble, most: int
    ) -> None:
        self._inner = LocalTransport(emulator)
        self._concerns = concerns
        self._garble = garble
        self._left = most
        self.garbled = 0

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        reply = self._inner.send(method, url, headers, body)
        if (
            not self._left
            or reply.status >= 300
            or not self._concerns(method, url.partition("?")[0])
        ):
            return reply
        self._left -= 1
        self.garbled += 1
        return Reply(200, reply.headers, self._garble(reply.body))


@contextmanager
def catalogue(**switches: Any) -> Iterator[Emulator]:
    """Tables, a file with its schema, and a procedure.

    A table and a view bear the same name, and some names differ in case.
    """
    with Emulator(":memory:", behaviour=Behaviour(switches=Switches(**switches))) as emulator:
        columns = (AssetColumn("X", "int"), AssetColumn("Y", "int"))
        tables = [
            SeedAsset("azure_sql_table", f"{ROOT}/dbo/{name}", columns=columns)
            for name in ("A", "B", "Twin", "V", "Same", "SAME")
        ]
        others = [
            SeedAsset("azure_sql_view", f"{ROOT}/dbo/Twin", columns=columns),
            SeedAsset("azure_datalake_gen2_path", FILE, columns=columns),
            SeedAsset("azure_sql_stored_procedure", f"{ROOT}/dbo/usp_load"),
        ]
        seed(emulator, [*tables, *others])
        yield emulator


def scan(graph_text: Any, *, before: bool = False) -> LineageGraph:
    pairs = (("x", "y", Subtype.IDENTITY),)
    text = graph_text().edge("dbo.A", "dbo.B", *pairs, module="dbo.usp_load")
    text.edge("dbo.Twin", "dbo.B", *pairs, module="dbo.usp_twin", line=5)
    text.edge("dbo.Same", "dbo.B", *pairs, module="dbo.usp_same", line=7)
    text.edge(FILE, "dbo.A", *pairs, module="dbo.usp_file", line=9)
    text.edge("dbo.A", "dbo.V", *pairs, module="dbo.V", line=20)
    if before:
        text.edge("dbo.B", "dbo.A", *pairs, module="dbo.usp_gone", line=30)
    kinds = {"dbo.usp_load": ModuleKind.PROCEDURE, "dbo.V": ModuleKind.VIEW}
    modules = tuple(
        Module(parse_name(name), kind, "p.sql", 1, 2, (), (), (), ())
        for name, kind in kinds.items()
    )
    return replace(text.graph(), modules=modules)


def plan_of(graph: LineageGraph, client: Any) -> Plan:
    options = PlanOptions(pruning=Pruning.ON, direct_views=True, parents=Parents(client, DATABASES))
    return make_plan(
        graph, CatalogueResolver(client, DATABASES), client, owner="team", options=options
    )


def cycle(emulator: Emulator, line: Any, graph_text: Any) -> str:
    """Plan, push and verify over a line; what was complained of, if anything was."""
    graph = scan(graph_text)
    client = connect(PurviewTarget("emulator"), line, retry=AT_ONCE)
    try:
        result = push(plan_of(graph, client), client, PUSHING)
        drifts = verify(plan_of(graph, client), client)
    except PurviewError as error:
        return str(error)
    return "; ".join(
        (
            *(failure.reason for failure in result.failed),
            result.stopped,
            *(row.detail for row in drifts),
        )
    ).strip("; ")


def published(emulator: Emulator) -> dict[str, Any]:
    """What the account says of processes and direct lineage, as its portal would show it."""
    client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
    names = [hit.qualified_name for hit in client.search(PROCESS_TYPE, "sql-lineage-purview://")]
    shown: dict[str, Any] = {
        entity["attributes"]["qualifiedName"]: {
            name: [row["displayText"] for row in entity["relationshipAttributes"][name]]
            if name in ("inputs", "outputs")
            else entity["attributes"][name]
            for name in ("name", "columnMapping", "inputs", "outputs")
        }
        for entity in client.get_entities(PROCESS_TYPE, names).entities
    }
    (view,) = client.get_entities("azure_sql_table", [f"{ROOT}/dbo/V"]).entities
    shown["direct"] = [row["displayText"] for row in view["relationshipAttributes"]["sources"]]
    return shown


@pytest.fixture(scope="module")
def truth(graph_text: Any) -> dict[str, Any]:
    with catalogue() as emulator:
        assert cycle(emulator, LocalTransport(emulator), graph_text) == ""
        return published(emulator)


def started(emulator: Emulator, graph_text: Any) -> None:
    """An earlier push, of which a process is gone since."""
    client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
    assert not push(plan_of(scan(graph_text, before=True), client), client, PUSHING).stopped


@pytest.mark.parametrize(("operation", "garble"), CASES)
def test_an_answer_that_is_none_never_makes_lineage(
    operation: str, garble: str, graph_text: Any, truth: dict[str, Any]
) -> None:
    for most in (1, 10_000):
        with catalogue() as emulator:
            if operation == "delete":
                started(emulator, graph_text)
            line = Spoilt(emulator, OPERATIONS[operation], GARBLES[garble], most)

            complaint = cycle(emulator, line, graph_text)

            assert line.garbled
            if not complaint:
                assert published(emulator) == truth
                continue
            gone = {name for name in published(emulator) if "usp_gone" in name}
            stated = {
                name: row
                for name, row in published(emulator).items()
                if name not in gone | {"direct"}
            }
            assert stated.items() <= truth.items()
            assert most > 1 or operation in ("relate", "delete"), (
                f"one bad answer stops all: {complaint}"
            )


@pytest.mark.parametrize("fault", ["empty", "page", "cropped", "object"])
def test_an_account_that_spoils_every_fifth_answer_is_pushed_to_completely(
    fault: str, graph_text: Any, truth: dict[str, Any]
) -> None:
    with catalogue() as emulator:
        emulator.behave(Behaviour(faults=Faults.read([f"{fault}:every=5"])))
        assert cycle(emulator, LocalTransport(emulator), graph_text) == ""
        emulator.behave(Behaviour())
        assert published(emulator) == truth


def test_without_a_list_names_that_exist_are_found_and_others_not(
    graph_text: Any, truth: dict[str, Any]
) -> None:
    with catalogue(nothing_found="omit") as emulator:
        assert cycle(emulator, LocalTransport(emulator), graph_text) == ""
        assert published(emulator) == truth


def test_a_cut_list_costs_one_request_where_a_name_of_the_type_is_known() -> None:
    with catalogue(nothing_found="omit") as emulator:
        line = Spoilt(emulator, lambda *_: True, lambda body: body, 10_000)
        client = connect(PurviewTarget("emulator"), line)
        assert len(client.get_entities("azure_sql_table", [f"{ROOT}/dbo/A"]).entities) == 1
        assert (
            client.get_entities(
                "azure_sql_table", [f"{ROOT}/dbo/N{number}" for number in range(20)]
            ).entities
            == ()
        )
    assert line.garbled == 3


def test_a_name_that_is_known_to_exist_is_found_again() -> None:
    with catalogue() as emulator:
        line = Spoilt(emulator, OPERATIONS["read by names"], lambda body: body, 1)
        client = connect(PurviewTarget("emulator"), line, retry=AT_ONCE)
        names = [f"{ROOT}/dbo/{name}" for name in ("A", "Nowhere", "B")]
        all_entities = client.get_entities("azure_sql_table", names).entities
        emulator.behave(
            Behaviour(
                faults=Faults.read(["object@/atlas/v2/entity/bulk/uniqueAttribute/*:first=1"])
            )
        )
        assert {row["guid"] for row in client.get_entities("azure_sql_table", names).entities} == {
            row["guid"] for row in all_entities
        }
        assert len(all_entities) == 2


@pytest.mark.parametrize("body", [b"{}", b'{"entities": null}', b'{"referredEntities": {}}'])
def test_a_type_without_any_known_name_is_asked_name_by_name(body: bytes) -> None:
    with catalogue() as emulator:
        line = Spoilt(emulator, OPERATIONS["read by names"], lambda _: body, 10_000)
        client = connect(PurviewTarget("emulator"), line, retry=AT_ONCE)
        entities = client.get_entities(
            "azure_sql_table", [f"{ROOT}/dbo/{name}" for name in ("A", "Nowhere", "B")]
        )
    assert [row["attributes"]["name"] for row in entities.entities] == ["A", "B"]


def test_a_delete_that_is_acknowledged_and_was_not_done_is_an_error(graph_text: Any) -> None:
    class Deaf(LocalTransport):
        def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
            return Reply(204) if method == "DELETE" else super().send(method, url, headers, body)

    with catalogue() as emulator:
        started(emulator, graph_text)
        client = connect(PurviewTarget("emulator"), Deaf(emulator), retry=AT_ONCE)
        result = push(plan_of(scan(graph_text), client), client, PUSHING)
    assert not result.deleted
    assert "there still" in result.stopped


def test_an_answer_about_another_entity_is_none() -> None:
    with catalogue() as emulator:
        client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        first, second = (hit.guid for hit in list(client.search("azure_sql_table", ROOT))[:2])
        answers = {first: second}

        class Swapped(LocalTransport):
            def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
                guid = url.rpartition("/")[2]
                return super().send(
                    method, url.replace(guid, answers.get(guid, guid)), headers, body
                )

        with pytest.raises(MalformedAnswerError, match="another entity"):
            connect(PurviewTarget("emulator"), Swapped(emulator), retry=AT_ONCE).get_entity(first)


def test_the_message_says_what_was_asked_what_is_wrong_and_what_to_do() -> None:
    with catalogue() as emulator:
        line = Spoilt(
            emulator,
            OPERATIONS["search"],
            changed(lambda _: {"value": [{"id": "1", "entityType": "t"}]}),
            10_000,
        )
        client = connect(PurviewTarget("emulator"), line, retry=AT_ONCE)
        with pytest.raises(MalformedAnswerError) as caught:
            list(client.search("azure_sql_table", ROOT))
    assert line.garbled == 3
    assert str(caught.value) == (
        "The service answered 200 to the search with what is no answer to it: "
        "value[0].qualifiedName is missing "
        "(POST http://emulator/datamap/api/search/query). Something else answers at this address, "
        "a proxy perhaps: check "
        "endpoint and path_prefix. If it is the account itself, try again later."
    )
