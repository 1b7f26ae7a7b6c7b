"""From a dataset and its linked service to a table or an address.

Source: https://learn.microsoft.com/azure/data-factory/connector-azure-sql-database and the pages of the other connectors, for the
properties of their datasets and linked services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ....model.names import Name, parse_name
from ....model.naming import address_name
from ....model.secret_words import without_login_and_query
from .copies import Side, defaults_of
from .evaluation import Hole, Values
from .expressions import Assumed, Pieces, pieces_of, value_of
from .fabric import ONELAKE, Item, connection_of, without_id

if TYPE_CHECKING:
    from .workspace import Properties, Workspace

SQL_SERVICES = frozenset(
    {"AzureSqlDatabase", "AzureSqlDW", "AzureSqlMI", "SqlServer", "AmazonRdsForSqlServer", "Warehouse", "SqlPool"}
)
"""Linked services whose tables and queries are those of T-SQL."""
_SQL_DATASETS = ("AzureSql", "SqlServer", "SqlPool", "AmazonRdsForSqlServer", "Warehouse", "DataWarehouse", "FabricSqlDatabase")
# Datasets of an older kind, whose container is the first folder of their path.
_OLD_FILES = frozenset({"AzureBlob", "AzureBlobFSFile", "AzureDataLakeStoreFile", "FileShare", "AmazonS3Object"})
_OBJECT_KEYS = ("tableName", "table", "entityName", "objectApiName", "collection", "collectionName", "path", "relativeUrl")
_SETTING = re.compile(r"\s*([\w ]+?)\s*=\s*(\"[^\"]*\"|'[^']*'|[^;]*)\s*(?:;|\Z)")
_DATABASE = ("initial catalog", "database")
_SERVER = ("data source", "server", "addr", "address")


class UnknownPlaceError(Exception):
    """Where an end of a copy stands cannot be told: the message for a person. `dynamic`: only the run knows it."""

    def __init__(self, message: str, *, dynamic: bool = False) -> None:
        super().__init__(message)
        self.dynamic = dynamic


@dataclass(frozen=True, slots=True)
class Store:
    """An end of a copy: a table or an address; where SQL stands for the table, its name says nothing.

    `server` and `database` are those of the linked service, where it says them. `columns` are those of a file that its dataset
    tells. `assumed`: it holds unless a run is given other parameters, or a part of its path is only known then.
    """

    name: Name
    server: str | None = None
    database: str | None = None
    columns: tuple[str, ...] | None = None
    assumed: bool = False


@dataclass(slots=True)
class _Reading:
    """Reads properties in the light of parameters, and notes whether what was read is only assumed."""

    values: Values
    assumed: bool = False

    def text(self, value: object) -> str | None:
        """A text; None where there is none, or a part of it is not known."""
        pieces = pieces_of(value, self.values)
        if pieces is None or any(isinstance(piece, Hole) for piece in pieces):
            return None
        self.assumed = self.assumed or _doubtful(pieces)
        return "".join(map(str, pieces))

    def path(self, value: object) -> str | None:
        """A path in which `*` stands for what is not known."""
        pieces = pieces_of(value, self.values)
        if pieces is None:
            return None
        self.assumed = self.assumed or _doubtful(pieces)
        return "".join("*" if isinstance(piece, Hole) else piece for piece in pieces)


def store_of(side: Side, values: Values, workspace: Workspace, services: Mapping[str, str]) -> Store:
    """Where an end of a copy stands.

    Args:
        side: the end.
        values: what the pipeline's references stand for.
        workspace: has the datasets and linked services.
        services: databases and addresses that the settings give linked services, by case-folded name.

    Raises:
        UnknownPlaceError: it cannot be told.
    """
    if side.inline is not None:
        return _inline(side, side.inline, values, workspace, services)
    dataset = workspace.dataset(side.dataset)
    if dataset is None:
        raise UnknownPlaceError(f"there is no dataset {side.dataset} in the scanned folder")
    dataset_values = _given(dataset, side.arguments, values, "dataset()")
    reference = dataset.get("linkedServiceName") or dataset.get("sqlPool")
    name = reference.get("referenceName") if isinstance(reference, dict) else None
    if not isinstance(reference, dict) or not isinstance(name, str):
        raise UnknownPlaceError(f"the dataset {side.dataset} names no linked service")
    override = services.get(name.casefold())
    service = workspace.linked_service(name)
    if "sqlPool" in dataset and service is None:
        service, override = {"type": "SqlPool"}, override or name
    if service is None and override is None:
        raise UnknownPlaceError(f"there is no linked service {name} in the scanned folder, and linked_services does not tell it")
    service = service or {}
    arguments = reference.get("parameters")
    service_values = _given(service, arguments if isinstance(arguments, dict) else {}, dataset_values, "linkedservice()")
    reader = _Reading(dataset_values.and_bound(service_values.bound))
    store = _store(side, dataset, service, name, override, reader)
    return replace(store, assumed=reader.assumed)


def place_of(activity: Mapping[str, Any], values: Values, workspace: Workspace, services: Mapping[str, str]) -> Store | None:
    """Where the SQL of an activity runs that is no copy: its server and database; None where it does not say that.

    Raises:
        UnknownPlaceError: it cannot be told.
    """
    properties = _table(activity, "typeProperties")
    inline, dataset = properties.get("datasetSettings"), _table(properties, "dataset")
    if isinstance(inline, dict) or isinstance(dataset.get("referenceName"), str):
        side = Side(str(dataset.get("referenceName")), _table(dataset, "parameters"), {}, (1, 1))
        return store_of(replace(side, inline=inline if isinstance(inline, dict) else None), values, workspace, services)
    reference = _table(activity, "linkedServiceName")
    name = reference.get("referenceName")
    if isinstance(name, str):
        return _service_place(name, _table(reference, "parameters"), values, workspace, services)
    connection, reader = connection_of(activity), _Reading(values)
    item = workspace.items.get(reader.text(connection.settings.get("artifactId")))
    database = without_id(reader.text(properties.get("database")))
    database = services.get(connection.name.casefold()) or (item.name if item else database)
    return Store(Name(("",)), None, database, assumed=reader.assumed) if database else None


def _service_place(
    name: str, arguments: Properties, values: Values, workspace: Workspace, services: Mapping[str, str]
) -> Store | None:
    service, override = workspace.linked_service(name), services.get(name.casefold())
    if override or service is None:
        return Store(Name(("",)), None, override) if override else None
    reader = _Reading(_given(service, arguments, values, "linkedservice()"))
    server, database = _connection(_table(service, "typeProperties"), reader)
    return Store(Name(("",)), server, database, assumed=reader.assumed)


def _inline(side: Side, dataset: Properties, values: Values, workspace: Workspace, services: Mapping[str, str]) -> Store:
    """Where an end stands whose dataset is in the activity itself, as in Fabric."""
    connection, reader = connection_of(dataset), _Reading(values)
    properties, kind = _table(dataset, "typeProperties"), str(dataset.get("type", ""))
    item = workspace.items.get(reader.text(connection.settings.get("artifactId")))
    override = services.get(connection.name.casefold())
    lakehouse = kind.startswith("Lakehouse") or _table(properties, "location").get("type") == "LakehouseLocation"
    if kind.startswith(_SQL_DATASETS) or (kind.startswith("Lakehouse") and (override or item)):
        database = override or (item.name if item else without_id(reader.text(properties.get("database"))))
        store = Store(Name((side.dataset,)) if side.lines else _table_name(side, properties, reader), None, database)
    elif "location" in properties:
        base = override or (
            _onelake(connection.settings, item, reader) if lakehouse else _base(kind, connection.settings, reader)
        )
        store = _file(side, dataset, base, connection.name, reader)
    elif lakehouse:
        table = "/".join(part for key in ("schema", "table") if (part := reader.path(properties.get(key))))
        store = Store(Name((f"{override or _onelake(connection.settings, item, reader)}/{table}",), address=True))
    else:
        base = override or _url(connection.settings, reader)
        store = Store(_elsewhere(properties, base, connection.kind or kind.removesuffix("Table"), connection.name, reader))
    return replace(store, assumed=reader.assumed)


def _onelake(settings: Properties, item: Item | None, reader: _Reading) -> str:
    """The address of a lakehouse: by its name where that is known, else by its id."""
    place = f"{item.name}.{item.type}" if item else reader.path(settings.get("artifactId")) or "*"
    workspace = reader.path(settings.get("workspaceId")) or "*"
    folder = reader.path(settings.get("rootFolder")) or "Files"
    return f"{ONELAKE}/{'*' if not workspace.strip('0-') else workspace}/{place}/{folder}"


def _given(holder: Properties, arguments: Mapping[str, object], outer: Values, prefix: str) -> Values:
    """The parameters of a dataset or linked service: what is passed, else their defaults."""
    passed = {f"{prefix}.{name.lower()}": value_of(value, outer) for name, value in arguments.items() if value is not None}
    return Values({**defaults_of(holder.get("parameters"), prefix, assumed=False), **passed})


def _store(side: Side, dataset: Properties, service: Properties, name: str, override: str | None, reader: _Reading) -> Store:
    kind, settings = str(service.get("type", "")), _table(service, "typeProperties")
    properties = _table(dataset, "typeProperties")
    if kind in SQL_SERVICES or (not kind and str(dataset.get("type", "")).startswith(_SQL_DATASETS)):
        table = Name((side.dataset,)) if side.lines else _table_name(side, properties, reader)
        server, database = _connection(settings, reader)
        return Store(table, server, override or database)
    if "location" in properties or str(dataset.get("type")) in _OLD_FILES:
        base = override or _base(kind, settings, reader)
        return _file(side, dataset, base, name, reader)
    return Store(_elsewhere(properties, override or _url(settings, reader), kind, name, reader))


# --- tables --------------------------------------------------------------------------------------------------------


def _table_name(side: Side, properties: Properties, reader: _Reading) -> Name:
    schema, table = reader.text(properties.get("schema")), reader.text(properties.get("table"))
    full_name = reader.text(properties.get("tableName"))
    if table is not None and (schema is not None or "schema" not in properties):
        return Name((schema, table)) if schema else Name((table,))
    if full_name is None:
        message = f"the dataset {side.dataset} names no table"
        if not any(properties.get(key) for key in ("table", "tableName")):
            raise UnknownPlaceError(message)
        raise UnknownPlaceError(f"the table of the dataset {side.dataset} is only known when the pipeline runs", dynamic=True)
    try:
        return parse_name(full_name)
    except ValueError:
        raise UnknownPlaceError(f"the dataset {side.dataset}: what it names is no table") from None


def _connection(settings: Properties, reader: _Reading) -> tuple[str | None, str | None]:
    """Server and database: properties of their own, or parts of a connection string."""
    pieces = pieces_of(settings.get("connectionString"), reader.values) or ()
    text = "".join("\0" if isinstance(piece, Hole) else piece for piece in pieces)
    parts = {key.lower(): value.strip("\"'") for key, value in _SETTING.findall(text)}
    server = reader.text(settings.get("server")) or next((parts[key] for key in _SERVER if parts.get(key)), None)
    database = reader.text(settings.get("database")) or next((parts[key] for key in _DATABASE if parts.get(key)), None)
    return _known(server), _known(database)


def _known(text: str | None) -> str | None:
    return None if text is None or "\0" in text or not text.strip() else text.strip()


# --- files ---------------------------------------------------------------------------------------------------------


def _file(side: Side, dataset: Properties, base: str | None, service: str, reader: _Reading) -> Store:
    segments = list(_segments(side, dataset, reader))
    if not segments or segments[0].strip("*") == "":
        raise UnknownPlaceError(f"the path of the dataset {side.dataset} is only known when the pipeline runs", dynamic=True)
    if base is None:
        raise UnknownPlaceError(
            f"the linked service {service} does not tell the address of its store; linked_services in the configuration can"
        )
    base = without_login_and_query(base)
    base = base if base.endswith("://") else f"{base.rstrip('/')}/"
    return Store(address_name(base + "/".join(segments), None), columns=_columns(dataset))


def _segments(side: Side, dataset: Properties, reader: _Reading) -> Iterator[str]:
    """Container, folder and file; a path that names no file ends with a slash. What a copy reads may narrow them by patterns."""
    properties = _table(dataset, "typeProperties")
    location = _table(properties, "location") or properties
    narrowed = _table(side.settings, "storeSettings")
    container = reader.path(location.get("fileSystem") or location.get("container") or location.get("bucketName"))
    folder = reader.path(narrowed.get("wildcardFolderPath")) or reader.path(location.get("folderPath"))
    file = reader.path(narrowed.get("wildcardFileName")) or reader.path(location.get("fileName"))
    if location.get("relativeUrl"):
        file = (reader.path(location["relativeUrl"]) or "").partition("?")[0]
    if file is None and narrowed.get("prefix"):
        folder, file = None, f"{reader.path(narrowed['prefix'])}*"
    segments = [part.strip("/") for part in (container, folder, file) if part and part.strip("/")]
    yield from segments
    if segments and file is None:
        yield ""


def _base(kind: str, settings: Properties, reader: _Reading) -> str | None:
    """The address of a store: of a Blob account also by its connection string."""
    url = _url(settings, reader)
    if url:
        return url
    text = reader.text(settings.get("connectionString")) or ""
    parts: dict[str, str] = {key.lower(): value for key, value in _SETTING.findall(text)}
    if parts.get("blobendpoint"):
        return parts["blobendpoint"]
    if parts.get("accountname"):
        return f"https://{parts['accountname']}.blob.{parts.get('endpointsuffix') or 'core.windows.net'}"
    host = reader.text(settings.get("host"))
    if host and "://" not in host and not host.startswith("\\"):
        return f"{kind.lower()}://{host}"
    return "s3://" if kind.startswith("AmazonS3") else host


def _url(settings: Properties, reader: _Reading) -> str | None:
    """An address without its query, where signatures stand."""
    for key in ("url", "serviceEndpoint", "sasUri", "dataLakeStoreUri"):
        text = reader.text(settings.get(key))
        if text:
            return text.partition("?")[0]
    return None


def _columns(dataset: Properties) -> tuple[str, ...] | None:
    for key in ("schema", "structure"):
        rows = dataset.get(key)
        if isinstance(rows, list) and rows:
            names = [row.get("name") for row in rows if isinstance(row, dict)]
            if len(names) == len(rows) and all(isinstance(name, str) and name for name in names):
                return tuple(map(str, names))
    return None


# --- all other stores ----------------------------------------------------------------------------------------------


def _elsewhere(properties: Properties, base: str | None, kind: str, service: str, reader: _Reading) -> Name:
    """What is neither a table of T-SQL nor a file: an address of its linked service."""
    schema = reader.text(properties.get("schema"))
    thing = next((text for key in _OBJECT_KEYS if (text := reader.path(properties.get(key)))), None)
    path = ".".join(part for part in (schema, thing) if part).partition("?")[0]
    base = base or f"{kind.lower() or 'store'}://{service}"
    return Name((f"{base.rstrip('/')}/{path.lstrip('/')}",), address=True)


def _table(holder: Properties, key: str) -> Properties:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _doubtful(pieces: Pieces) -> bool:
    return any(isinstance(piece, Assumed | Hole) for piece in pieces)
