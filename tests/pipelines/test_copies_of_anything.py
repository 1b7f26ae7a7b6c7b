"""Whatever the files of a factory hold: a scan ends, and with no internal error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.scanning import scan

from .factory import Factory, copy

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [
    "",
    "dbo.",
    "a]b",
    "@item().x",
    "@{dataset().t}",
    "*",
    "https://x/?y",
    "$$COLUMN:",
    "Server=x;Database=y",
    "AzureBlobFS",
]
KEYS = [
    "type",
    "value",
    "name",
    "schema",
    "table",
    "tableName",
    "location",
    "fileSystem",
    "fileName",
    "referenceName",
    "parameters",
]
KEYS += [
    "linkedServiceName",
    "typeProperties",
    "connectionString",
    "url",
    "mappings",
    "source",
    "sink",
    "path",
    "defaultValue",
]
LEAVES = st.sampled_from([None, 0, 1.5, True, *WORDS])
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dataset=ANYTHING,
    service=ANYTHING,
    properties=st.dictionaries(st.sampled_from(KEYS), ANYTHING),
    more=ANYTHING,
)
def test_a_scan_ends(
    tmp_path: Path, dataset: Any, service: Any, properties: dict[str, Any], more: Any
) -> None:
    factory = Factory(tmp_path)
    shape = {
        "type": "AzureSqlTable",
        "linkedServiceName": {"referenceName": "Odd", "parameters": more},
        "typeProperties": dataset,
    }
    factory.put("dataset/Odd.json", {"properties": shape | {"parameters": more, "schema": dataset}})
    factory.put(
        "linkedService/Odd.json",
        {"properties": {"type": "AzureBlobFS", "parameters": more, "typeProperties": service}},
    )
    sides = {"source": dataset, "sink": service, "translator": more} | properties
    activity = copy({"referenceName": "Odd", "parameters": dataset}, "Landing") | {
        "typeProperties": sides
    }
    factory.pipeline(activity, copy("Odd", "Odd"), parameters=more, variables=dataset)

    diagnostics = scan([tmp_path], Settings(), use_cache=False).graph.diagnostics
    assert not [diagnostic for diagnostic in diagnostics if diagnostic.code == "SLP104"]
