"""Target columns: what a bound query puts into which columns of its target.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql (an INSERT without a
column list passes identity and computed columns over).
"""

from __future__ import annotations

from msgspec import Struct

from ...model.diagnostics import Span
from ...model.facts import ColumnFact, Write
from ...model.graph import Column
from ...model.names import Name, is_left_open
from ...model.naming import Naming
from ...model.vocabulary import Subtype
from ..context.findings import ColumnsOfFile
from ..context.link_context import LinkContext
from ..relations.provenance import EXACT, EXPANDED, Flows, add_flows, in_part, used_as
from ..relations.relation import Relation
from ..relations.relation_columns import STAR
from ..state.temporary import Temporary


def _insertable(facts: tuple[ColumnFact, ...], query: Relation, *, in_order: bool) -> list[str]:
    """The columns that an INSERT without a column list fills.

    They are those of today, or of a time before some ALTER TABLE.

    `in_order`: it is known which ALTER TABLE have been run.
    """
    names = [fact.name for fact in facts if not fact.generated]
    if in_order or query.fits(names):
        return names
    added = [fact.name for fact in facts if fact.added and not fact.generated]
    first = [[fact.name for fact in facts if not (fact.added or fact.generated)]]
    # what the table had before a DROP COLUMN, which an older script still fills
    first.append(
        [fact.name for fact in facts if not fact.added and (fact.dropped or not fact.generated)]
    )
    earlier = [[*before, *added[:count]] for before in first for count in range(len(added) + 1)]
    return next((candidate for candidate in earlier if query.fits(candidate)), names)


class TargetWrite(Struct, frozen=True):
    """One write of a statement.

    `table`: the target where it is a temporary one; `path`: the statement's file.

    `names`: the columns that an INSERT without a column list fills, where the target is a view.
    `place`: see `Frame.position`.
    """

    context: LinkContext
    write: Write
    target: Name
    path: str
    table: Temporary | None = None
    names: tuple[str, ...] | None = None
    place: Span | None = None

    def columns(self, query: Relation) -> list[tuple[str, Flows]] | None:
        """The target's columns that the statement names or stands for, with what flows into each.

        None for a DELETE.

        None where there are more or fewer values than columns: which value goes where is not known.
        """
        if self.write.columns == ():
            return []
        if self.write.match is not None:
            return self._by_name(query, self.write.match)
        names = self.filled(query)
        if not names or not query.closed:
            return self._partly(names, query)
        if not query.columns:
            return []
        if not (self.target.left_open or query.fits(names)):
            self._report(
                "SLP205", f"{len(query.columns)} columns for the {len(names)} of {self.target}"
            )
            return None
        return self._paired(names, query)

    def listed(self) -> tuple[str, ...]:
        """The columns that the statement names, in the spelling of the definition."""
        return tuple(self._checked(self.write.columns or ()))

    def filled(self, query: Relation) -> list[str]:
        """The columns of the target that a query goes into, in order.

        None where they are not known.
        """
        if self.write.columns is not None:
            return self._checked(self.write.columns)
        if self.write.creates:
            return self._created(query)
        if self.names is not None:
            return list(self.names)
        if self.table is not None:
            return self.table.insertable(query)
        facts = self.context.columns.facts(self.target, self.path, self.place)
        if facts is not None:
            in_order = self.place is not None and self.context.columns.altered_in(
                self.target, self.path
            )
            return _insertable(facts, query, in_order=in_order)
        return list(self.context.columns.names(self.target, self.path, self.place) or ())

    def _by_name(
        self, query: Relation, match: tuple[tuple[str, str], ...]
    ) -> list[tuple[str, Flows]]:
        """What copies rows by the names of their columns: by a mapping.

        Else each column into that of its name.

        Source: https://learn.microsoft.com/azure/data-factory/copy-activity-schema-and-type-mapping
        (the target must have all columns of the source)
        """
        if match:
            column_flows = [
                (sink, used_as(self._named(query, source), Subtype.IDENTITY, EXACT))
                for source, sink in match
            ]
        else:
            named = [column for column in query.columns if column.name and column.name != STAR]
            column_flows = [
                (str(column.name), used_as(column.flows, Subtype.IDENTITY, EXPANDED))
                for column in named
            ]
        spelled = self._checked(tuple(name for name, _ in column_flows))
        written = [(name, flows) for name, (_, flows) in zip(spelled, column_flows, strict=True)]
        if self.target.address:
            self.context.recorder.note(ColumnsOfFile(self.target, tuple(spelled)))
        star_flows: Flows = {} if match else in_part(query.unknown())
        for column in query.columns:
            if column.name == STAR and not match:
                add_flows(star_flows, in_part(column.flows))
        if not (match or query.closed):
            self._report_unknown(query)
        return [*written, (STAR, star_flows)] if star_flows else written

    def _named(self, query: Relation, name: str) -> Flows:
        """What flows into the column of a query that a mapping names.

        One of unknown columns is taken to have it.
        """
        fold = self.context.naming.fold
        for column in query.columns:
            if column.name and fold(column.name) == fold(name):
                return column.flows
        if len(query.open) == 1:
            return query.from_open(Column(query.open[0], name), EXACT)
        unknown: Flows = query.unknown()
        for column in query.columns:
            if column.name in (STAR, None):
                add_flows(unknown, column.flows)
        if query.closed and not unknown:
            self._report("SLP201", "the source has no such column", name)
        return in_part(unknown)

    def _checked(self, listed: tuple[str, ...]) -> list[str]:
        """A column list, in the spelling of the definition.

        What is known only as a pattern may be any column.
        """
        listed = tuple(STAR if is_left_open(name) else name for name in listed)
        columns = (
            None if self.table is not None else self.context.columns.names(self.target, self.path)
        )
        if columns is None:
            return list(listed)
        fold = self.context.naming.fold
        facts = self.context.definitions.columns(self.target, self.path) or ()
        spelled = {
            fold(name): name for name in (*columns, *(fact.name for fact in facts if fact.dropped))
        }
        for name in listed:
            # INSERT dbo.likes ($from_id, $to_id): columns that the server gives to graph tables
            if fold(name) not in spelled and not name.startswith(("$", "*")):
                self._report("SLP201", f"{self.target} has no such column", name)
        return [spelled.get(fold(name), name) for name in listed]

    def _report(self, code: str, message: str, subject: str = "") -> None:
        self.context.diagnostics.report_once(code, message, self.path, self.write.span, subject)

    def _created(self, query: Relation) -> list[str]:
        """The columns of a table that the statement creates.

        They are those of the query, in the spelling of a definition of the table.
        """
        fold = self.context.naming.fold
        facts = self.context.definitions.columns(self.target, self.path) or ()
        spelled = {fold(fact.name): fact.name for fact in facts}
        # the server refuses SELECT 1 INTO t, which has no name for its column
        names = [
            column.name or f"column{position}" for position, column in enumerate(query.columns, 1)
        ]
        return [spelled.get(fold(name), name) for name in names]

    def _paired(self, names: list[str], query: Relation) -> list[tuple[str, Flows]]:
        expanded = self.write.columns is None and not self.write.creates
        provenance = EXPANDED if expanded else EXACT
        return [
            (name, used_as(flows, Subtype.IDENTITY, provenance))
            for name, flows in query.aligned(names)
        ]

    def _partly(self, names: list[str], query: Relation) -> list[tuple[str, Flows]]:
        """Columns that are not known on one side stand as `*`."""
        self._report_unknown(query)
        if names:
            return [(name, flows) for name, flows in self._paired(names, query) if flows] or [
                (STAR, {})
            ]
        everything: Flows = {}
        for column in query.columns:
            add_flows(everything, in_part(column.flows))
        return [(STAR, everything)] if query.columns else []

    def _report_unknown(self, query: Relation) -> None:
        """Report that the columns of some sources are not known.

        A file has no columns that a script could name, and what was not understood has been
        reported already.
        """
        unknown = query.unknown_sources(str(self.target))
        if unknown and not self.target.left_open:
            self._report("SLP203", f"the columns of {unknown} are not known")


def placed(
    content: Relation, names: tuple[str, ...] | None, naming: Naming
) -> list[tuple[str, Flows]]:
    """The columns of a whole table under the names that another one gives them.

    Columns go by their own names, and the others by position.
    """
    spelled = {naming.fold(name): name for name in names or ()}
    named = [column for column in content.columns if column.name and column.name != STAR]
    others = [column for column in named if naming.fold(column.name or "") not in spelled]
    named_keys = {naming.fold(column.name or "") for column in named}
    free = [name for name in names or () if naming.fold(name) not in named_keys]
    positional_names = (
        dict(zip((id(column) for column in others), free, strict=True))
        if len(others) == len(free)
        else {}
    )
    written = [
        (
            spelled.get(naming.fold(column.name or ""))
            or positional_names.get(id(column))
            or column.name
            or "",
            column.flows,
        )
        for column in named
    ]
    star_flows: Flows = in_part(content.unknown())
    for column in content.columns:
        add_flows(star_flows, column.flows if column.name == STAR else {})
    return [*written, (STAR, star_flows)] if star_flows else written
