"""The process types that a new catalogue already knows.

They are pipelines, copies, stored procedures, and what else stands beside these.

The names were seen in captures of real accounts and in Microsoft's lineage accelerator for
Databricks (https://github.com/microsoft/Purview-ADB-Lineage-Solution-Accelerator); their attributes
follow one capture of a copy. That a stored procedure and a factory are processes, and the ends of
`process_parent`, is inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .registry import JsonObject

PROCESS_PARENT = "process_parent"
"""The relationship from a process (end 1) to those that it consists of.

A factory has pipelines, a pipeline activities, an activity operations.
"""

DERIVED_SOURCES = "derivedLineageSources"
"""The option of a type of processes that names what they consist of, as captured.

Which of the types here have it is inferred.
"""

_FACTORY, _SYNAPSE, _SQL = "Azure Data Factory", "Azure Synapse Analytics", "Azure SQL Database"
_RUN = (
    ("status", "string"),
    ("lastRunTime", "date"),
    ("rowCount", "long"),
    ("dataSize", "long"),
    ("errorMessage", "string"),
)
_MAPPED = (("columnMapping", "string"),)
_ACTIVITIES = ("copy", "dataflow", "executeSsisPackage")

# https://learn.microsoft.com/purview/data-map-classification-supported-list
_CLASSIFICATIONS = (
    *("MICROSOFT.PERSONAL.EMAIL", "MICROSOFT.PERSONAL.NAME", "MICROSOFT.PERSONAL.IPADDRESS"),
    *("MICROSOFT.FINANCIAL.CREDIT_CARD_NUMBER", "MICROSOFT.GOVERNMENT.US.SOCIAL_SECURITY_NUMBER"),
)


def process_defs() -> Iterator[JsonObject]:
    """The entity types."""
    yield _whole(
        "azure_data_factory",
        _FACTORY,
        (("subscriptionId", "string"), ("resourceGroupName", "string")),
    )
    yield _whole("adf_pipeline", _FACTORY)
    for activity in _ACTIVITIES:
        yield _whole(f"adf_{activity}_activity", _FACTORY, _RUN)
        yield _entity(f"adf_{activity}_activity_run", _FACTORY, _RUN)
        yield _entity(f"adf_{activity}_operation", _FACTORY, _MAPPED)
    yield _entity("adf_activity_operation", _FACTORY, _MAPPED)
    yield _whole("azure_synapse_pipeline", _SYNAPSE)
    yield _whole("azure_synapse_copy_activity", _SYNAPSE, _RUN)
    yield _entity("azure_synapse_operation", _SYNAPSE, _MAPPED)
    yield _entity("databricks_process", "Databricks", _MAPPED)
    yield _whole(
        "azure_sql_stored_procedure", _SQL, (("createTime", "date"), ("modifiedTime", "date"))
    )
    yield _entity("purview_custom_connector_generic_entity_with_columns", "Purview", base="DataSet")


def relationship_defs() -> Iterator[JsonObject]:
    """The relationships between them."""
    yield {
        "name": PROCESS_PARENT,
        "serviceType": "Purview",
        "relationshipCategory": "AGGREGATION",
        "endDef1": {
            "type": "Process",
            "name": "subProcesses",
            "isContainer": True,
            "cardinality": "SET",
        },
        "endDef2": {
            "type": "Process",
            "name": "parent",
            "isContainer": False,
            "cardinality": "SINGLE",
        },
    }
    yield {
        "name": "azure_sql_schema_stored_procedures",
        "serviceType": _SQL,
        "relationshipCategory": "COMPOSITION",
        "endDef1": {
            "type": "azure_sql_schema",
            "name": "storedProcedures",
            "isContainer": True,
            "cardinality": "SET",
        },
        "endDef2": {
            "type": "azure_sql_stored_procedure",
            "name": "dbSchema",
            "isContainer": False,
            "cardinality": "SINGLE",
        },
    }


def classification_defs() -> Iterator[JsonObject]:
    """Some of the classifications that a scan gives."""
    return ({"name": name, "serviceType": "Purview"} for name in _CLASSIFICATIONS)


def _whole(name: str, service: str, attributes: tuple[tuple[str, str], ...] = ()) -> JsonObject:
    """A type of processes that consist of others."""
    return {**_entity(name, service, attributes), "options": {DERIVED_SOURCES: '["subProcesses"]'}}


def _entity(
    name: str, service: str, attributes: tuple[tuple[str, str], ...] = (), *, base: str = "Process"
) -> JsonObject:
    declared = [
        {"name": each, "typeName": type_name, "isOptional": True} for each, type_name in attributes
    ]
    return {"name": name, "superTypes": [base], "serviceType": service, "attributeDefs": declared}
