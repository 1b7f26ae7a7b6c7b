"""Where a file's address stands in the Data Map: Azure Data Lake Storage Gen2 and Blob Storage.

Sources: https://learn.microsoft.com/purview/concept-asset-normalization (host and extension
lower-cased, duplicate slashes collapsed, braces encoded) and
https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-introduction-abfs-uri.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace


class StorageKind(Struct, frozen=True):
    """An endpoint of a storage account, and the types that its assets have."""

    endpoint: str
    service: str
    container: str
    path: str
    resource_set: str


ADLS_GEN2 = StorageKind(
    "dfs",
    "azure_datalake_gen2_service",
    "azure_datalake_gen2_filesystem",
    "azure_datalake_gen2_path",
    "azure_datalake_gen2_resource_set",
)
BLOB = StorageKind(
    "blob",
    "azure_blob_service",
    "azure_blob_container",
    "azure_blob_path",
    "azure_blob_resource_set",
)

_FABRIC = "fabric.microsoft.com"
_KINDS = {kind.endpoint: kind for kind in (ADLS_GEN2, BLOB)}
_HOST = r"(?P<account>[\w-]+(?:\.z\d+)?)\.(?P<endpoint>dfs|blob)\.(?P<suffix>[\w.-]+)(?::\d+)?"
_URL = re.compile(
    rf"https?://{_HOST}(?:/+(?P<container>[^/]*)(?:/(?P<path>.*))?)?", re.IGNORECASE | re.DOTALL
)
_HADOOP = re.compile(
    rf"(?:abfss?|wasbs?)://(?P<container>[^/@]+)@{_HOST}(?:/(?P<path>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_EXTENSION = re.compile(r"\.\w+\Z")
# Ingestion lower-cases extensions of these lengths only.
_SHORT_EXTENSION = re.compile(r"\.[^./*]{2,5}\Z")


class StorageAddress(Struct, frozen=True):
    """A place in a storage account. `path` has no leading slash; it may hold `*` and end in `/`."""

    kind: StorageKind
    account: str
    suffix: str
    container: str
    path: str

    @property
    def root(self) -> str:
        """The address of the container, or of the account where no container is named."""
        host = f"https://{self.account}.{self.kind.endpoint}.{self.suffix}"
        return f"{host}/{self.container}" if self.container else host

    @property
    def qualified_name(self) -> str:
        """The name by which a scan registers this place."""
        return f"{self.root}/{self.path}" if self.path else self.root

    @property
    def spellings(self) -> tuple[str, ...]:
        """Names under which an asset may stand: folders occur with and without a last slash."""
        # Braces of a path are encoded at ingestion, since resource sets write their placeholders
        # with them.
        plain = self.qualified_name.rstrip("/").replace("{", "%7B").replace("}", "%7D")
        return (plain, f"{plain}/") if self.folder and self.path else (plain,)

    @property
    def types(self) -> tuple[str, ...]:
        """The types that the asset of exactly this place may have, the preferred one first."""
        if not self.container:
            return (self.kind.service,)
        return (self.kind.path, self.kind.resource_set) if self.path else (self.kind.container,)

    @property
    def wildcard(self) -> bool:
        """Does it name many files with `*`?"""
        return "*" in self.path

    @property
    def folder(self) -> bool:
        """Does it name a folder: by a last slash, or by a last segment without an extension?"""
        # part.parquet/ is a folder, as Spark writes them: behind its slash stands no extension
        last = self.path.rpartition("/")[2]
        return not self.wildcard and not _EXTENSION.search(last)

    @property
    def pattern(self) -> str:
        """What the files that are read match: all beneath, for a folder."""
        plain = self.qualified_name.rstrip("/")
        return f"{plain}/**" if self.folder else plain

    @property
    def onelake(self) -> bool:
        """Is it in Fabric, of whose files scans register none?"""
        return self.suffix == _FABRIC

    @property
    def sibling(self) -> StorageAddress:
        """The same data through the account's other endpoint.

        Data Lake Storage Gen2 is served by both.
        """
        return replace(self, kind=BLOB if self.kind is ADLS_GEN2 else ADLS_GEN2)


def parse_address(text: str) -> StorageAddress | None:
    """Read the address of a file or folder in Azure Storage: `https`, `abfs[s]` or `wasb[s]`.

    A query (the place of a shared access signature) is cut off and never kept.

    Returns:
        None where the text is no such address: a local path, a share, another vendor's storage.
    """
    plain = without_query(text.strip())
    match = _URL.fullmatch(plain) or _HADOOP.fullmatch(plain)
    if not match:
        return None
    return StorageAddress(
        _KINDS[match["endpoint"].lower()],
        match["account"].lower(),
        match["suffix"].lower().rstrip("."),
        (match["container"] or "").strip(),
        _normalized_path(match["path"] or ""),
    )


def without_query(address: str) -> str:
    """An address without its query and fragment, where shared access signatures stand."""
    return re.split(r"[?#]", address, maxsplit=1)[0] if "://" in address else address


def file_key(qualified_name: str) -> str:
    """What the spellings of one file share.

    Paths in Azure Storage are case-sensitive, so case is kept.
    """
    address = parse_address(qualified_name)
    return address.qualified_name.rstrip("/") if address else qualified_name


def _normalized_path(path: str) -> str:
    decoded = path.replace("%20", " ")
    collapsed = re.sub("/{2,}", "/", decoded).lstrip("/")
    trimmed = "/".join(section.strip() for section in collapsed.split("/"))
    return _SHORT_EXTENSION.sub(lambda extension: extension[0].lower(), trimmed)
