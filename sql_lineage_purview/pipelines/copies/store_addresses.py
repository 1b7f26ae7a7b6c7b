"""Addresses of files, and of all other stores.

Source: https://learn.microsoft.com/azure/data-factory/connector-azure-data-lake-storage and the
pages of the other connectors.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model.names import Name
from ...model.naming import address_name
from ...model.secret_words import without_login_and_query
from ..artefacts.embedded_scripts import CopyEnd
from ..artefacts.json_members import Properties, object_at
from .store_properties import DataStore, PropertyReader, UnknownPlaceError
from .store_tables import CONNECTION_SETTING

_OBJECT_KEYS = (
    "tableName",
    "table",
    "entityName",
    "objectApiName",
    "collection",
    "collectionName",
    "path",
    "relativeUrl",
)


def file_store(
    side: CopyEnd, dataset: Properties, base: str | None, service: str, reader: PropertyReader
) -> DataStore:
    """The address of a file or folder that a dataset names.

    Args:
        side: the end of the copy.
        dataset: what describes the file.
        base: the address of the store that it is in.
        service: the linked service, for messages.
        reader: reads properties.

    Raises:
        UnknownPlaceError: the path, or the address of its store, is not known.
    """
    segments = list(_segments(side, dataset, reader))
    if not segments or segments[0].strip("*") == "":
        raise UnknownPlaceError(
            f"the path of the dataset {side.dataset} is only known when the pipeline runs",
            dynamic=True,
        )
    if base is None:
        raise UnknownPlaceError(
            f"the linked service {service} does not tell the address of its store; "
            "linked_services in the configuration can"
        )
    base = without_login_and_query(base)
    # s3:// has no account: the bucket stands first in the path
    base = base if base.endswith("://") else f"{base.rstrip('/')}/"
    return DataStore(address_name(base + "/".join(segments), None), columns=_columns(dataset))


def _segments(side: CopyEnd, dataset: Properties, reader: PropertyReader) -> Iterator[str]:
    """Container, folder and file; a path that names no file ends with a slash.

    What a copy reads may narrow them by patterns.
    """
    properties = object_at(dataset, "typeProperties")
    location = object_at(properties, "location") or properties
    narrowed = object_at(side.settings, "storeSettings")
    container = reader.path(
        location.get("fileSystem") or location.get("container") or location.get("bucketName")
    )
    folder = reader.path(narrowed.get("wildcardFolderPath")) or reader.path(
        location.get("folderPath")
    )
    file = reader.path(narrowed.get("wildcardFileName")) or reader.path(location.get("fileName"))
    if location.get("relativeUrl"):
        file = (reader.path(location["relativeUrl"]) or "").partition("?")[0]
    # a prefix goes over folders and files alike
    if file is None and narrowed.get("prefix"):
        folder, file = None, f"{reader.path(narrowed['prefix'])}*"
    segments = [part.strip("/") for part in (container, folder, file) if part and part.strip("/")]
    yield from segments
    if segments and file is None:
        yield ""


def base_address(kind: str, settings: Properties, reader: PropertyReader) -> str | None:
    """The address of a store: of a Blob account also by its connection string."""
    address = service_url(settings, reader)
    if address:
        return address
    text = reader.text(settings.get("connectionString")) or ""
    parts: dict[str, str] = {key.lower(): value for key, value in CONNECTION_SETTING.findall(text)}
    if parts.get("blobendpoint"):
        return parts["blobendpoint"]
    if parts.get("accountname"):
        suffix = parts.get("endpointsuffix") or "core.windows.net"
        return f"https://{parts['accountname']}.blob.{suffix}"
    host = reader.text(settings.get("host"))
    # \\server\share is a folder, and no host of a protocol
    if host and "://" not in host and not host.startswith("\\"):
        return f"{kind.lower()}://{host}"
    return "s3://" if kind.startswith("AmazonS3") else host


def service_url(settings: Properties, reader: PropertyReader) -> str | None:
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


def other_address(
    properties: Properties, base: str | None, kind: str, service: str, reader: PropertyReader
) -> Name:
    """What is neither a table of T-SQL nor a file: an address of its linked service.

    Args:
        properties: of the dataset; they name the table, collection or path.
        base: the address of the service; None where it is not known.
        kind: of the service; stands as the scheme where there is no base.
        service: the name of the service; stands as the host where there is no base.
        reader: reads the properties.
    """
    schema = reader.text(properties.get("schema"))
    thing = next((text for key in _OBJECT_KEYS if (text := reader.path(properties.get(key)))), None)
    path = ".".join(part for part in (schema, thing) if part).partition("?")[0]
    base = base or f"{kind.lower() or 'store'}://{service}"
    return Name((f"{base.rstrip('/')}/{path.lstrip('/')}",), address=True)
