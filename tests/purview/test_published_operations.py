"""Each request of our client is one that Microsoft has published.

Path, parameters and body are read from their own client.

azure-purview-datamap is generated from the service's specification, so its request builders and
models are that specification.
"""

from __future__ import annotations

import inspect
import json
import re
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from azure.purview.datamap import _model_base, models
from azure.purview.datamap.operations import _operations

from sql_lineage_purview.emulator import AssetColumn, Emulator, SeedAsset, seed
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.vocabulary import Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    Database,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    Plan,
    PlanOptions,
    Pruning,
    PurviewTarget,
    PushOptions,
    make_plan,
    push,
)
from sql_lineage_purview.purview.account.entities import PROCESS_TYPE
from sql_lineage_purview.purview.account.processes import process_type
from sql_lineage_purview.purview.checking.account_checks import examine
from sql_lineage_purview.purview.checking.classification_trace import trace
from sql_lineage_purview.purview.checking.drift import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sql_lineage_purview.purview.transport.http import Reply

_PREFIX = "/datamap/api"
# The model of each body that we send, by verb and path; operations without a body have no row.
BODIES = {
    ("POST", "/atlas/v2/entity/bulk"): "AtlasEntitiesWithExtInfo",
    ("POST", "/atlas/v2/entity/bulk/classification"): "ClassificationAssociateOptions",
    ("POST", "/atlas/v2/types/typedefs"): "AtlasTypesDef",
    ("PUT", "/atlas/v2/types/typedefs"): "AtlasTypesDef",
    ("POST", "/atlas/v2/relationship"): "AtlasRelationship",
    ("PUT", "/atlas/v2/relationship"): "AtlasRelationship",
    ("POST", "/search/query"): "QueryOptions",
}
# Parameters that the specification of the older plane has (azure-purview-catalog, `list_by_guids`),
# and the portal sends.
OLDER = {("GET", "/atlas/v2/entity/bulk"): {"excludeRelationshipTypes"}}
# The nodes of a search's filter, which the specification leaves open and shows in examples:
# https://learn.microsoft.com/rest/api/purview/datamapdataplane/discovery/query
FILTERS = (
    {"and"},
    {"or"},
    {"not"},
    {"entityType", "includeSubTypes"},
    {"attributeName", "operator", "attributeValue"},
    {"classification", "includeSubClassifications"},
)


@dataclass(frozen=True)
class Operation:
    """A published operation: the parameters that it must have, and all that it may have."""

    method: str
    path: str
    required: frozenset[str]
    allowed: frozenset[str]

    def fits(self, method: str, path: str) -> bool:
        return (
            method == self.method
            and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", self.path), path) is not None
        )


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    headers: Mapping[str, str]


def published() -> Iterator[Operation]:
    for name, build in inspect.getmembers(_operations, inspect.isfunction):
        if not name.startswith("build_"):
            continue
        source = inspect.getsource(build)
        [path] = re.findall(r'_url = "([^"]+)"', source)
        [method] = re.findall(r'method="(\w+)"', source)
        parameters = re.findall(r'^( +)_params\["([^"]+)"\]', source, re.MULTILINE)
        required = frozenset(parameter for indent, parameter in parameters if len(indent) == 4)
        yield Operation(method, path, required, frozenset(parameter for _, parameter in parameters))


OPERATIONS = sorted(published(), key=lambda operation: (operation.path.count("{"), operation.path))


class Recorder:
    """A transport that remembers what is sent to an emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._inner = LocalTransport(emulator)
        self.sent: list[Sent] = []

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        parts = urlsplit(url)
        query = tuple(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
        path = parts.path.removeprefix(_PREFIX)
        self.sent.append(Sent(method, path, query, json.loads(body) if body else None, headers))
        return self._inner.send(method, url, headers, body)


def use_all(client: DataMapClient) -> set[str]:
    """Call every method of the client once; their names."""
    called: set[str] = set()

    def call(name: str, *arguments: Any, **options: Any) -> Any:
        called.add(name)
        result = getattr(client, name)(*arguments, **options)
        return list(result) if isinstance(result, types.GeneratorType) else result

    names = [f"mssql://s.database.windows.net/Dw/dbo/{name}" for name in "AB"]
    first, second = (
        call("get_entities", "azure_sql_table", [name]).entities[0]["guid"] for name in names
    )
    call("ensure_types", [process_type() | {"attributeDefs": process_type()["attributeDefs"][:2]}])
    call("ensure_types", [process_type()])
    call("get_type", PROCESS_TYPE)
    call("update_type", process_type())
    ends = {
        "endDef1": {"type": "DataSet", "name": "x"},
        "endDef2": {"type": "DataSet", "name": "y"},
    }
    call(
        "ensure_relationship_types",
        [{"name": "mine", "relationshipCategory": "ASSOCIATION", **ends}],
    )
    call("get_classification", "MICROSOFT.PERSONAL.EMAIL")
    call("get_relationship_type", "process_dataset_outputs")
    call("get_entity", first)
    call("read_entities", "azure_sql_table", names)
    call(
        "read_guids", [first, second], exclude=["dataset_process_inputs", "process_dataset_outputs"]
    )
    call("locate", "azure_sql_table", names)
    call("search", "azure_sql_table", "mssql")
    call("search_any", ["azure_sql_table", "azure_sql_view"], ["Dw/dbo/A", "Dw/dbo/B"])
    ends = {
        "inputs": [{"guid": first, "typeName": "azure_sql_table"}],
        "outputs": [{"guid": second}],
    }
    rows = [
        {
            "typeName": PROCESS_TYPE,
            "guid": f"-{number}",
            "attributes": {"qualifiedName": f"x://{number}", "name": "x", **ends},
        }
        for number in (1, 2, 3)
    ]
    guids = list(call("upsert_entities", rows, collection="emulator").assignments.values())
    related = ({"guid": first}, {"guid": second})
    call("create_relationship", "direct_lineage_dataset_dataset", related, {"columnMapping": "[]"})
    relation = call("get_entity", second).entities[0]["relationshipAttributes"]["sources"][0][
        "relationshipGuid"
    ]
    call(
        "update_relationship", relation, "direct_lineage_dataset_dataset", {"columnMapping": "[1]"}
    )
    call("classify", "MICROSOFT.PERSONAL.EMAIL", [first, second])
    call("count", "azure_sql_table", "x")
    call("search_classified", "MICROSOFT.PERSONAL.EMAIL", ["x"])
    call("delete_entity", guids[0])
    call("delete_entities", guids[1:])
    return called


def run_all(client: DataMapClient, lineage: LineageGraph) -> None:
    """What the commands do: plan, push, push again with less, verify, trace, doctor."""
    databases = DatabaseMap((Database("Dw", "s.database.windows.net"),))

    def planned(graph: LineageGraph) -> Plan:
        resolver = CatalogueResolver(client, databases)
        return make_plan(
            graph, resolver, client, owner="team", options=PlanOptions(pruning=Pruning.ON)
        )

    assert push(planned(lineage), client).created
    assert verify(planned(lineage), client) == ()
    trace(lineage, CatalogueResolver(client, databases), client, "MICROSOFT.PERSONAL.EMAIL")
    assert list(
        examine(PurviewTarget("emulator", owner="team"), databases.databases, stand_in=client)
    )
    assert push(planned(LineageGraph()), client, PushOptions(prune_threshold=1.0)).deleted


@pytest.fixture(scope="module")
def recorded(graph_text: type[Any]) -> tuple[set[str], list[Sent]]:
    """The methods of the client that were called one by one.

    And all that was sent, by whole commands too.
    """
    names = [f"mssql://s.database.windows.net/Dw/dbo/{name}" for name in "AB"]
    lineage = (
        graph_text()
        .table("dbo.A")
        .table("dbo.B")
        .edge("dbo.A", "dbo.B", ("x", "x", Subtype.IDENTITY))
        .graph()
    )
    with Emulator(":memory:") as emulator:
        seed(
            emulator,
            [
                SeedAsset("azure_sql_table", name, columns=(AssetColumn("x", "int"),))
                for name in names
            ],
        )
        recorder = Recorder(emulator)
        client = DataMapClient("http://emulator", recorder)
        called = use_all(client)
        run_all(client, lineage)
        return called, recorder.sent


def operation_of(sent: Sent) -> Operation:
    operations = [operation for operation in OPERATIONS if operation.fits(sent.method, sent.path)]
    assert operations, f"{sent.method} {sent.path} is no published operation"
    return operations[0]


def test_every_method_of_the_client_is_held_against_them(
    recorded: tuple[set[str], list[Sent]],
) -> None:
    public = {
        name
        for name, _ in inspect.getmembers(DataMapClient, inspect.isfunction)
        if not name.startswith("_")
    }

    assert recorded[0] == public


def test_paths_and_parameters_are_published(recorded: tuple[set[str], list[Sent]]) -> None:
    for sent in recorded[1]:
        operation = operation_of(sent)
        names = {re.sub(r"\Aattr_\d+:", "attr_N:", name) for name, _ in sent.query}
        names -= OLDER.get((sent.method, operation.path), set())
        assert names <= operation.allowed, (
            f"{sent.method} {sent.path}: {names - operation.allowed} not published"
        )
        assert operation.required <= names, (
            f"{sent.method} {sent.path}: {operation.required - names} missing"
        )
        assert "{" not in unquote(sent.path)


def test_bodies_are_published(recorded: tuple[set[str], list[Sent]]) -> None:
    pairs: set[tuple[str, str]] = set()
    for sent in recorded[1]:
        key = (sent.method, operation_of(sent).path)
        assert (sent.body is None) is (key not in BODIES), key
        if sent.body is None:
            continue
        pairs.add(key)
        assert sent.headers["Content-Type"].startswith("application/json")
        assert list(problems(sent.body, getattr(models, BODIES[key]), "body")) == [], key
    assert pairs == BODIES.keys()


def test_filters_of_searches_are_published(recorded: tuple[set[str], list[Sent]]) -> None:
    searches = [sent.body for sent in recorded[1] if sent.path == "/search/query"]

    assert searches
    for body in searches:
        assert 0 < body["limit"] <= 1000
        for node in nodes(body["filter"]):
            assert node.keys() in FILTERS


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in [
        *node.get("and", []),
        *node.get("or", []),
        *([node["not"]] if "not" in node else []),
    ]:
        yield from nodes(child)


def problems(value: Any, hint: Any, where: str) -> Iterator[str]:
    """What a model of Microsoft's does not know of a value, or knows otherwise."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if value is None or hint is Any:
        return
    if origin is typing.Union:
        alternatives = [
            list(problems(value, each, where)) for each in arguments if each is not type(None)
        ]
        yield from min(alternatives, key=len)
    elif origin is list:
        yield from (each for row in value for each in problems(row, arguments[0], f"{where}[]"))
    elif origin is dict:
        yield from (
            each for row in value.values() for each in problems(row, arguments[1], f"{where}.*")
        )
    elif isinstance(hint, type) and issubclass(hint, _model_base.Model):
        fields = fields_of(hint)
        yield from (
            f"{where}.{name} is unknown to {hint.__name__}" for name in value.keys() - fields.keys()
        )
        yield from (
            each
            for name in value.keys() & fields.keys()
            for each in problems(value[name], fields[name], f"{where}.{name}")
        )
    elif (
        isinstance(hint, type)
        and not isinstance(value, (int, float) if hint is float else hint)
        and hint in (str, int, bool, float)
    ):
        yield f"{where} is {value!r}, no {hint.__name__}"


def fields_of(model: type[_model_base.Model]) -> dict[str, Any]:
    """The names of a model in JSON, each with its type."""
    hints = typing.get_type_hints(model, vars(models) | {"_models": models})
    model()  # the names are worked out with the first instance
    return {field._rest_name: hints[name] for name, field in model._attr_to_rest_field.items()}


def test_the_comparison_of_bodies_can_fail() -> None:
    body = {"entities": [{"typeName": 1, "atributes": {}}]}

    assert len(list(problems(body, models.AtlasEntitiesWithExtInfo, "body"))) == 2
