"""Fourth stage: processes of the Data Map are built from flows and the assets of their tables.

In: bridged flows. Out: for each flow its processes, or why there are none.

`dbo.usp_Load` fills `dbo.Fact` from `stage.S`, and both are assets: one process, with both as its
ends, whose column mapping says `Id -> Id`. Where `dbo.Fact` is no asset, the flow is dropped, and
the plan lists it with the reason.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from sql_lineage_purview.model.vocabulary import Certainty, EdgeType

from ...account.assets import Found
from ...account.processes import Process
from ..choices import PushOrigin
from ..flows import placed_path
from ..mapping import LIMIT, ColumnBlock, encode, pack
from ..part_names import part_name
from ..plan_document import DroppedProcess
from ..plan_options import TextOf, no_text
from ..process_names import display_name, qualified_name, shown
from ..stage_values import Built, BuiltFlows
from ..unlisted import unlisted_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sql_lineage_purview.model.graph import ColumnEdge
    from sql_lineage_purview.model.names import Name

    from ...account.assets import Asset, AssetRef, Resolution
    from ..flows import Carrier, Flow
    from ..plan_options import PlanOptions
    from ..stage_values import BridgedFlows

_Ends: TypeAlias = "tuple[tuple[AssetRef, ...], tuple[AssetRef, ...]]"

DECLARED = "DECLARED"
# The most bytes of `sqlText` and of `throughTables`: enough to recognize a statement, and far below
# what a property may have.
TEXT_LIMIT = 8_000


def build(
    bridged: BridgedFlows, owner: str, options: PlanOptions, views: Collection[Name] = ()
) -> BuiltFlows:
    """Build the processes of bridged flows.

    Args:
        bridged: The flows, and the assets of their tables.
        owner: Whose processes these are.
        options: What is noted in processes, and how large they may be.
        views: The views that are lineage between their tables and them, without a process between.
    """
    builder = Builder(
        owner,
        bridged.outcomes,
        options.provenance,
        options.mapping_limit,
        options.text_of,
        bridged.reached,
    )
    placed = tuple(_placed_flow(options.folder, flow) for flow in bridged.flows)
    direct = [flow for flow in placed if flow.targets == (flow.module,) and flow.module in views]
    flows = tuple(flow for flow in placed if flow not in direct) if direct else placed
    rows = [
        (name, builder.build(flow, name))
        for flow, name in zip(flows, _qualified_names(owner, flows), strict=True)
    ]
    return BuiltFlows(
        tuple(row for _, row in rows if isinstance(row, Built)),
        tuple((name, row) for name, row in rows if isinstance(row, DroppedProcess)),
        tuple((flow, builder.build(flow, "")) for flow in direct),
    )


def _qualified_names(owner: str, flows: Iterable[Flow]) -> list[str]:
    folded = [(flow, qualified_name(owner, flow)) for flow in flows]
    counts = Counter(name for _, name in folded)
    return [
        # names are folded, so that a change of case is no new process; two of a case-sensitive
        # server would be one
        name if counts[name] == 1 else qualified_name(owner, flow, as_spelled=True)
        for flow, name in folded
    ]


def _placed_flow(folder: str, flow: Flow) -> Flow:
    through = (
        replace(
            row,
            carriers=tuple(
                replace(carrier, path=placed_path(folder, carrier.path)) for carrier in row.carriers
            ),
        )
        for row in flow.through
    )
    return replace(flow, path=placed_path(folder, flow.path), through=tuple(through))


class Builder(Struct, frozen=True):
    """Makes processes for one owner.

    Args:
        owner: Begins all qualified names, so that several repositories can publish to one account.
        resolutions: The asset of each table.
        provenance: Noted in the processes.
        limit: The largest column mapping in bytes.
        text_of: The text of statements.
        reached: The tables that data of a table without an asset reaches through it.
    """

    owner: str
    resolutions: Mapping[Name, Resolution]
    provenance: PushOrigin = field(default_factory=PushOrigin)
    limit: int = LIMIT
    text_of: TextOf = no_text
    reached: Mapping[Name, tuple[Name, ...]] = field(default_factory=dict)

    def build(self, flow: Flow, qualified_name: str) -> Built | DroppedProcess:
        """The processes of a flow, or why there are none."""
        assets, left_out = self._assets((*flow.targets, *flow.sources))
        through = tuple(shown(passage.table) for passage in flow.through)
        left_out = [name for name in left_out if name not in through]
        outputs = {name: assets[name] for name in flow.targets if name in assets}
        shown_targets = ", ".join(map(shown, flow.targets))
        if not outputs:
            reaches = dict.fromkeys(
                shown(name) for target in flow.targets for name in self.reached.get(target, ())
            )
            return DroppedProcess(
                flow.writer,
                shown_targets,
                "the table that it writes is not resolved",
                tuple(reaches),
            )
        if not any(
            transfer.source in assets and transfer.target in assets for transfer in flow.transfers
        ):
            return DroppedProcess(
                flow.writer,
                shown_targets,
                f"none of its sources is resolved: {', '.join(left_out)}",
            )
        blocks, lacking = _blocks(flow, assets)
        notes = list(lacking)
        shares = pack(blocks, limit=self.limit)
        if len(shares) > 1:
            notes.append(
                f"{flow.writer} -> {shown_targets}: its column mapping is too large for "
                f"one process; {len(shares)} made"
            )
        used = {transfer.source for transfer in flow.transfers if transfer.target in assets}
        inputs = _unique(
            assets[name].ref for name in flow.sources if name in assets and name in used
        )
        ends = (inputs, _unique(asset.ref for asset in outputs.values()))
        text = capped(self.text_of(flow.statements), TEXT_LIMIT)
        rows = zip(_shared_out(ends, shares, _pairs(flow, assets)), shares, strict=True)
        processes = tuple(
            self._process(flow, part_name(qualified_name, number), share_ends, share, number, text)
            for number, (share_ends, share) in enumerate(rows, 1)
        )
        return Built(
            processes,
            tuple(left_out),
            tuple(dict.fromkeys(notes)),
            self._collection(outputs),
            tuple(lacking),
            through,
        )

    def _collection(self, outputs: Iterable[Name]) -> str:
        """The collection of the first table written that has one."""
        resolutions = (self.resolutions[name] for name in outputs)
        return next(
            (row.collection for row in resolutions if isinstance(row, Found) and row.collection), ""
        )

    def _assets(self, names: Iterable[Name]) -> tuple[dict[Name, Asset], list[str]]:
        """The assets of names, and what has none."""
        assets: dict[Name, Asset] = {}
        left_out: dict[str, None] = {}
        for name in names:
            resolution = self.resolutions.get(name)
            if isinstance(resolution, Found):
                assets[name] = resolution.asset
            else:
                left_out[shown(name)] = None
        return assets, list(left_out)

    def _by_qualified_name(self, flow: Flow) -> dict[str, Asset]:
        assets, _ = self._assets((*flow.targets, *flow.sources))
        return {asset.ref.qualified_name: asset for asset in assets.values()}

    def _process(
        self,
        flow: Flow,
        qualified_name: str,
        ends: _Ends,
        share: tuple[ColumnBlock, ...],
        number: int,
        text: str,
    ) -> Process:
        name = display_name(flow)
        return Process(
            qualified_name=qualified_name,
            name=name if number == 1 else f"{name} ({number})",
            inputs=ends[0],
            outputs=ends[1],
            column_mapping=encode(share),
            sql_text=text,
            module="" if flow.module is None else str(flow.module),
            file_path=flow.path,
            line_range=f"{flow.first_line}-{flow.last_line}",
            transformations=""
            if flow.declared
            else ", ".join(sorted({edge.subtype.value for edge in flow.columns})),
            certainty=_certainty(flow),
            through=capped(_through(flow), TEXT_LIMIT),
            unlisted=unlisted_columns(share, self._by_qualified_name(flow)),
            owner=self.owner,
            repository=self.provenance.repository,
            commit=self.provenance.commit,
            tool_version=self.provenance.tool_version,
        )


def _through(flow: Flow) -> str:
    """Each table without an asset that data comes through, and who fills it.

    It reads like `work.B: dbo.usp_LoadB (etl/load_b.sql:3-9)`.
    """
    return "; ".join(
        f"{shown(row.table)}: {', '.join(map(_carrier, row.carriers))}" for row in flow.through
    )


def _carrier(carrier: Carrier) -> str:
    lines = f"{carrier.path}:{carrier.first_line}-{carrier.last_line}"
    writer = "declared" if carrier.declared else carrier.module
    return f"{writer} ({lines})" if writer else lines


def _certainty(flow: Flow) -> str:
    """That of the least certain column edge; what people declare has a word of its own."""
    if flow.declared or any(
        carrier.declared for passage in flow.through for carrier in passage.carriers
    ):
        return DECLARED
    return (
        reduce(and_, (edge.certainty for edge in flow.columns))
        if flow.columns
        else Certainty.PARTIAL
    )


def capped(text: str, limit: int) -> str:
    """A text of at most `limit` bytes in UTF-8; where it was longer, it ends with `…`."""
    # a script may hold half a character, which no JSON in UTF-8 can
    clean = text.encode("utf-8", "replace")
    if len(clean) <= limit:
        return clean.decode()
    # … has three bytes; and no character is cut in two
    return clean[: limit - 3].decode("utf-8", "ignore").rstrip() + "…"


def _blocks(flow: Flow, assets: Mapping[Name, Asset]) -> tuple[list[ColumnBlock], list[str]]:
    """One block for each pair of assets between which columns flow, and notes.

    The notes are on columns that the catalogue lacks.
    """
    notes: list[str] = []
    pairs: dict[tuple[str, str], set[tuple[str, str]]] = {}
    by_ends: dict[tuple[Name, Name], list[ColumnEdge]] = {}
    for edge in flow.columns:
        by_ends.setdefault((edge.source.table, edge.target.table), []).append(edge)
    for transfer in flow.transfers:
        source, target = assets.get(transfer.source), assets.get(transfer.target)
        if source is None or target is None:
            continue
        ends = (transfer.source, transfer.target)
        edges = by_ends.get(ends, ())
        column_pairs = pairs.setdefault(
            (source.ref.qualified_name, target.ref.qualified_name), set()
        )
        for edge in edges:
            if edge.type is EdgeType.DIRECT and edge.target.column is not None:
                first = _column(transfer.source, edge.source.column, source, notes)
                column_pairs.add(
                    (first, _column(transfer.target, edge.target.column, target, notes))
                )
        if not transfer.columns_known:
            # the portal draws `*` as all columns
            column_pairs.add(("*", "*"))
    return [
        ColumnBlock(*ends, tuple(sorted(columns)))
        for ends, columns in sorted(pairs.items())
        if columns
    ], notes


def _column(table: Name, column: str | None, asset: Asset, notes: list[str]) -> str:
    """A column in the catalogue's spelling, else as it is, with a note."""
    if column is None or column == "*":
        return "*"
    spelled = asset.column(column)
    if spelled is None and asset.columns is not None:
        notes.append(_unlisted_note(table, column, asset))
    return spelled or column


def _unlisted_note(table: Name, column: str, asset: Asset) -> str:
    """The same for all columns of an asset whose list was cut."""
    if asset.truncated:
        listed = (
            f"lists only {len(asset.columns or ())} of the columns of {asset.ref.qualified_name}"
        )
        return f"{shown(table)}: the catalogue {listed}; the others are kept as the SQL spells them"
    return (
        f"{shown(table)}: column {column} is not in the catalogue's "
        f"{asset.ref.qualified_name}; kept as the SQL spells it"
    )


def _unique(refs: Iterable[AssetRef]) -> tuple[AssetRef, ...]:
    """Each asset once: two names of the SQL may mean one."""
    return tuple(sorted({(ref.type_name, ref.qualified_name): ref for ref in refs}.values()))


def _shared_out(
    ends: _Ends, shares: Sequence[Sequence[ColumnBlock]], pairs: Iterable[tuple[str, str]]
) -> list[_Ends]:
    """The ends of each share: those that its blocks name.

    Tables that no block brings together, as no column flows, the last has.

    Args:
        ends: All inputs and outputs.
        shares: What each process maps.
        pairs: The qualified names of the tables between which data flows.
    """
    if len(shares) == 1:
        return [ends]
    named = [
        ({block.source for block in share}, {block.sink for block in share}) for share in shares
    ]
    for source, sink in pairs:
        if not any(source in sources and sink in sinks for sources, sinks in named[:-1]):
            named[-1][0].add(source)
            named[-1][1].add(sink)
    return [(_named(ends[0], sources), _named(ends[1], sinks)) for sources, sinks in named]


def _pairs(flow: Flow, assets: Mapping[Name, Asset]) -> Iterator[tuple[str, str]]:
    """The assets between which data flows, with columns or without, by qualified name."""
    for transfer in flow.transfers:
        source, target = assets.get(transfer.source), assets.get(transfer.target)
        if source and target:
            yield source.ref.qualified_name, target.ref.qualified_name


def _named(refs: Iterable[AssetRef], names: Collection[str]) -> tuple[AssetRef, ...]:
    return tuple(ref for ref in refs if ref.qualified_name in names)
