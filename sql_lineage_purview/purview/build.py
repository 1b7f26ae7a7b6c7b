"""From a flow and the assets of its tables to processes of the Data Map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING
from urllib.parse import quote

from sql_lineage_purview.model.vocabulary import Certainty, EdgeType

from .assets import Found
from .entities import Process
from .mapping import LIMIT, Block, encode, pack
from .storage import without_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sql_lineage_purview.model.names import Name

    from .assets import Asset, AssetRef, Resolution
    from .flows import Flow, Source

_SCHEME = "sql-lineage-purview"
# What ingestion never changes in a name; all else but letters and digits is encoded, so the name is the same when read back.
_KEPT = frozenset("-_.$@()/")


@dataclass(frozen=True, slots=True)
class DroppedProcess:
    """A process that cannot be published: its writer (module or script), its table, and why."""

    writer: str
    table: str
    reason: str


@dataclass(frozen=True, slots=True)
class Built:
    """The processes of one flow: several only where one mapping would be too large. `left_out` are unresolved inputs."""

    processes: tuple[Process, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes processes for one owner.

    Args:
        owner: Begins all qualified names, so that several repositories can publish to one account.
        resolutions: The asset of each table.
        tool_version: Noted in the processes.
        limit: The largest column mapping in bytes.
    """

    owner: str
    resolutions: Mapping[Name, Resolution]
    tool_version: str = ""
    limit: int = LIMIT

    def build(self, flow: Flow, qualified_name: str) -> Built | DroppedProcess:
        """The processes of a flow, or why there are none."""
        target = self.resolutions.get(flow.target)
        if not isinstance(target, Found):
            return DroppedProcess(flow.writer, shown(flow.target), "the table that it writes is not resolved")
        found: list[tuple[Source, Asset]] = []
        left_out: list[str] = []
        for source in flow.sources:
            resolution = self.resolutions.get(source.name)
            if isinstance(resolution, Found):
                found.append((source, resolution.asset))
            else:
                left_out.append(shown(source.name))
        if not found:
            return DroppedProcess(flow.writer, shown(flow.target), f"none of its sources is resolved: {', '.join(left_out)}")
        blocks, notes = _blocks(flow, found, target.asset)
        shares = pack(blocks, limit=self.limit)
        if len(shares) > 1:
            notes.append(
                f"{flow.writer} -> {shown(flow.target)}: its column mapping is too large for one process; {len(shares)} made"
            )
        inputs = _unique(asset.ref for _, asset in found)
        processes = tuple(
            self._process(flow, qualified_name, inputs, target.asset.ref, share, number) for number, share in enumerate(shares, 1)
        )
        return Built(processes, tuple(left_out), tuple(dict.fromkeys(notes)))

    def _process(
        self,
        flow: Flow,
        qualified_name: str,
        inputs: tuple[AssetRef, ...],
        target: AssetRef,
        share: tuple[Block, ...],
        number: int,
    ) -> Process:
        mapped = {block.source for block in share}
        name = flow.writer if flow.module == flow.target else f"{flow.writer} -> {shown(flow.target)}"
        return Process(
            qualified_name=qualified_name if number == 1 else f"{qualified_name}~{number}",
            name=name if number == 1 else f"{name} ({number})",
            # The first process has all inputs, those without columns too; the others need what their mapping names.
            inputs=inputs if number == 1 else tuple(ref for ref in inputs if ref.qualified_name in mapped),
            outputs=(target,),
            column_mapping=encode(share),
            module="" if flow.module is None else str(flow.module),
            file_path=flow.path,
            line_range=f"{flow.first_line}-{flow.last_line}",
            certainty=reduce(and_, (edge.certainty for edge in flow.columns)) if flow.columns else Certainty.PARTIAL,
            tool_version=self.tool_version,
        )


def qualified_name(owner: str, flow: Flow, *, as_spelled: bool = False) -> str:
    """The identity of a flow's process: `sql-lineage-purview://<owner>/<module or script path>#<written table>`.

    Names are case-folded, so that a script's other spelling makes no second process; `as_spelled` is for scans in which
    names that differ in case alone are different names.
    """
    writer = _encoded(flow.path, "/") if flow.module is None else _encoded_name(flow.module, as_spelled=as_spelled)
    return f"{_SCHEME}://{_encoded(owner.lower())}/{writer}#{_encoded_name(flow.target, as_spelled=as_spelled)}"


def shown(name: Name) -> str:
    """A name as plans show it: an address without its query, where signatures stand."""
    return without_query(name.last) if name.address else str(name)


def _blocks(flow: Flow, found: Iterable[tuple[Source, Asset]], target: Asset) -> tuple[list[Block], list[str]]:
    """One block for each source asset from which columns come, and notes on columns that the catalogue lacks."""
    notes: list[str] = []
    pairs: dict[str, set[tuple[str, str]]] = {}
    for source, asset in found:
        edges = [edge for edge in flow.columns if edge.source.table == source.name]
        own = pairs.setdefault(asset.ref.qualified_name, set())
        for edge in edges:
            if edge.type is EdgeType.DIRECT and edge.target.column is not None:
                own.add(
                    (
                        _column(source.name, edge.source.column, asset, notes),
                        _column(flow.target, edge.target.column, target, notes),
                    )
                )
        if source.type is EdgeType.DIRECT and not edges:
            own.add(("*", "*"))
    sink = target.ref.qualified_name
    return [Block(name, sink, tuple(sorted(columns))) for name, columns in sorted(pairs.items()) if columns], notes


def _column(table: Name, column: str | None, asset: Asset, notes: list[str]) -> str:
    """A column in the catalogue's spelling, else as it is, with a note."""
    if column is None or column == "*":
        return "*"
    spelled = asset.column(column)
    if spelled is None and asset.columns is not None:
        notes.append(
            f"{shown(table)}: column {column} is not in the catalogue's {asset.ref.qualified_name}; kept as the SQL spells it"
        )
    return spelled or column


def _unique(refs: Iterable[AssetRef]) -> tuple[AssetRef, ...]:
    """Each asset once: two names of the SQL may mean one."""
    return tuple(sorted({ref.guid: ref for ref in refs}.values()))


def _encoded_name(name: Name, *, as_spelled: bool) -> str:
    if name.address:
        return _encoded(shown(name), "/:*")
    return ".".join(_encoded(part if as_spelled else part.casefold()).replace("/", "%2F") for part in name.parts)


def _encoded(text: str, also: str = "") -> str:
    return "".join(char if char.isalnum() or char in _KEPT or char in also else quote(char, safe="") for char in text)
