"""From a dataset and its linked service to a table or an address.

Source: https://learn.microsoft.com/azure/data-factory/connector-azure-sql-database and the pages of
the other connectors, for the properties of their datasets and linked services.
"""

from __future__ import annotations

from msgspec.structs import replace

from ...model.names import Name
from ..artefacts.embedded_scripts import CopyEnd
from ..artefacts.json_members import Properties, object_at, text_at
from ..artefacts.workspace import SQL_SERVICES, Workspace
from ..expressions.evaluation import Values
from .inline_datasets import connection_of, inline_store, without_id
from .store_addresses import base_address, file_store, other_address, service_url
from .store_properties import DataStore, PropertyReader, UnknownPlaceError, parameter_values
from .store_tables import SQL_DATASETS, server_and_database, table_name

# Datasets of an older kind, whose container is the first folder of their path.
_OLD_FILES = frozenset(
    {"AzureBlob", "AzureBlobFSFile", "AzureDataLakeStoreFile", "FileShare", "AmazonS3Object"}
)


def store_of(side: CopyEnd, values: Values, workspace: Workspace) -> DataStore:
    """Where an end of a copy stands.

    Args:
        side: the end.
        values: what the pipeline's references stand for.
        workspace: has the datasets and linked services, and what the configuration says of these.

    Raises:
        UnknownPlaceError: it cannot be told.
    """
    if side.inline is not None:
        return inline_store(side, side.inline, values, workspace)
    dataset = workspace.dataset(side.dataset)
    if dataset is None:
        raise UnknownPlaceError(f"there is no dataset {side.dataset} in the scanned folder")
    dataset_values = parameter_values(dataset, side.arguments, values, "dataset()")
    # datasets of a Synapse pool name no linked service
    reference = dataset.get("linkedServiceName") or dataset.get("sqlPool")
    name = text_at(reference, "referenceName")
    if name is None:
        raise UnknownPlaceError(f"the dataset {side.dataset} names no linked service")
    override = workspace.address(name)
    service = workspace.linked_service(name)
    if "sqlPool" in dataset and service is None:
        service, override = {"type": "SqlPool"}, override or name
    if service is None and override is None:
        raise UnknownPlaceError(
            f"there is no linked service {name} in the scanned folder, and "
            "linked_services does not tell it"
        )
    service = service or {}
    arguments = object_at(reference, "parameters")
    service_values = parameter_values(service, arguments, dataset_values, "linkedservice()")
    reader = PropertyReader(dataset_values.and_bound(service_values.bound))
    store = _linked_store(side, dataset, service, name, override, reader)
    return replace(store, assumed=reader.assumed)


def place_of(activity: Properties, values: Values, workspace: Workspace) -> DataStore | None:
    """Where the SQL of an activity runs that is no copy: its server and database.

    None where it does not say that.

    Raises:
        UnknownPlaceError: it cannot be told.
    """
    properties = object_at(activity, "typeProperties")
    inline, dataset = properties.get("datasetSettings"), object_at(properties, "dataset")
    if isinstance(inline, dict) or isinstance(dataset.get("referenceName"), str):
        side = CopyEnd(
            str(dataset.get("referenceName")), object_at(dataset, "parameters"), {}, (1, 1)
        )
        return store_of(
            replace(side, inline=inline if isinstance(inline, dict) else None), values, workspace
        )
    reference = object_at(activity, "linkedServiceName")
    name = text_at(reference, "referenceName")
    if name is not None:
        return _service_place(name, object_at(reference, "parameters"), values, workspace)
    connection, reader = connection_of(activity), PropertyReader(values)
    item = workspace.items.get(reader.text(connection.settings.get("artifactId")))
    database = without_id(reader.text(properties.get("database")))
    database = workspace.address(connection.name) or (item.name if item else database)
    return DataStore(Name(("",)), None, database, assumed=reader.assumed) if database else None


def _service_place(
    name: str, arguments: Properties, values: Values, workspace: Workspace
) -> DataStore | None:
    """The server and database of a linked service."""
    service, override = workspace.linked_service(name), workspace.address(name)
    if override or service is None:
        return DataStore(Name(("",)), None, override) if override else None
    reader = PropertyReader(parameter_values(service, arguments, values, "linkedservice()"))
    server, database = server_and_database(object_at(service, "typeProperties"), reader)
    return DataStore(Name(("",)), server, database, assumed=reader.assumed)


def _linked_store(
    side: CopyEnd,
    dataset: Properties,
    service: Properties,
    name: str,
    override: str | None,
    reader: PropertyReader,
) -> DataStore:
    """Where an end stands whose dataset has a linked service."""
    kind, settings = str(service.get("type", "")), object_at(service, "typeProperties")
    properties = object_at(dataset, "typeProperties")
    # a service whose file is not there, as linked_services tells it, is known by its datasets alone
    if kind in SQL_SERVICES or (not kind and str(dataset.get("type", "")).startswith(SQL_DATASETS)):
        table = Name((side.dataset,)) if side.lines else table_name(side, properties, reader)
        server, database = server_and_database(settings, reader)
        return DataStore(table, server, override or database)
    if "location" in properties or str(dataset.get("type")) in _OLD_FILES:
        base = override or base_address(kind, settings, reader)
        return file_store(side, dataset, base, name, reader)
    return DataStore(
        other_address(properties, override or service_url(settings, reader), kind, name, reader)
    )
