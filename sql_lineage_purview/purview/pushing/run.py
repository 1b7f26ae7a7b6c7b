"""One push: what is written and deleted, in which order, and what is noted of it."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ..account.entities import PARENT_TYPE, by_qualified_name, placeholder_entity, reference
from ..account.processes import content_of, process_entity
from ..planning.plan_document import Plan, PlannedAction, PlannedProcess
from ..purview_errors import RefusedError, ServiceError
from .belonging import parents_of
from .bulks import CAUSED_BY_CONTENT, CAUSED_BY_SIZE, BulkWriter, Item, Outcome
from .journal import Journal
from .push_outcome import CompletedChanges, PushProgress, Refusals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..account.assets import AssetRef, Placeholder
    from ..account.client import DataMapClient
    from ..planning.plan_document import PlannedRelation
    from .push_options import PushOptions

_DELETED_AT_ONCE = 50
_COLUMN_MAPPING = "columnMapping"


class Run(Struct, frozen=True):
    """One push, and what has come of it so far."""

    plan: Plan
    client: DataMapClient
    options: PushOptions
    journal: Journal
    done: frozenset[str]
    progress: PushProgress
    completed: CompletedChanges = field(default_factory=CompletedChanges)
    refusals: Refusals = field(default_factory=Refusals)

    def write_placeholders(self) -> None:
        """Write the placeholders that do not exist yet.

        Assets that exist by now are left alone: a scan, or this push before it broke off, has
        made them.
        """
        owner, present = self.plan.owner, self._present(row.asset for row in self.plan.placeholders)
        lacking = [
            row
            for row in self.plan.placeholders
            if (row.asset.type_name, row.asset.qualified_name) not in present
        ]
        self.progress.step(len(self.plan.placeholders) - len(lacking))
        parents = parents_of(self.client, [row.asset for row in lacking])
        for collection in self._collections(lacking):
            refs = [row.asset for row in lacking if self._collection(row) == collection]
            entities = (
                (ref, partial(placeholder_entity, ref, owner, parents.get(ref, {}))) for ref in refs
            )
            items = (Item(ref.qualified_name, ref.type_name, entity) for ref, entity in entities)
            self._write(items, self.completed.placeholders, collection)

    def _collections(self, rows: Iterable[Placeholder | PlannedProcess]) -> list[str]:
        """The collections that some rows land in."""
        return sorted({self._collection(row) for row in rows})

    def _collection(self, row: Placeholder | PlannedProcess) -> str:
        return row.collection or self.options.collection

    def _present(self, refs: Iterable[AssetRef]) -> set[tuple[str, str]]:
        by_type: dict[str, list[str]] = {}
        for ref in refs:
            by_type.setdefault(ref.type_name, []).append(ref.qualified_name)
        return {
            (type_name, name)
            for type_name, names in by_type.items()
            for part in self.client.locate(type_name, names)
            for name in by_qualified_name(part)
        }

    def write_processes(self) -> None:
        """Write new processes apart from known ones.

        Only new ones are put into the collection, and none is moved.
        """
        new = (row for row in self.plan.processes if row.action is PlannedAction.CREATE)
        for collection in self._collections(new):
            items = self._items(PlannedAction.CREATE, collection)
            self._write(items, self.completed.created, collection)
        self.refusals.end_creations()
        items = self._items(PlannedAction.UPDATE)
        self._write(items, self.completed.updated, "", several=True)

    def write_relations(self) -> None:
        """Relations between what exists by now; of a process that was refused there are none."""
        refused = self.refusals.names()
        for relation in self.plan.relations:
            if relation.action is PlannedAction.UNCHANGED:
                continue
            self.progress.step(1)
            if {relation.source.qualified_name, relation.target.qualified_name} & refused:
                continue
            try:
                self._relate(relation)
                self.completed.relate()
            except (ServiceError, RefusedError) as error:
                # That a process hangs below its procedure is nice to have, and how is not
                # documented. The procedure may stand in a collection that nobody may write in.
                if relation.type_name != PARENT_TYPE or not _is_caused_by_one(error):
                    self._fail(
                        f"{relation.source.qualified_name} -> {relation.target.qualified_name}",
                        error,
                    )

    def delete_parts(self) -> None:
        """Delete the parts that their processes need no more, the last one first."""
        self._delete(row for row in self._to_delete() if row.part_of)

    def delete(self) -> None:
        """Delete what is gone."""
        self._delete(row for row in self._to_delete() if not row.part_of)

    def _delete(self, rows: Iterator[PlannedProcess]) -> None:
        """Delete in batches; one that is refused costs no other."""
        while batch := list(islice(filter(self._may_go, rows), _DELETED_AT_ONCE)):
            try:
                self.client.delete_entities([row.guid for row in batch])
                self.completed.delete(*(row.process.qualified_name for row in batch))
                self.progress.step(len(batch))
            except (ServiceError, RefusedError):
                for row in filter(self._may_go, batch):
                    self._delete_one(row)

    def _may_go(self, row: PlannedProcess) -> bool:
        """Is it still there, and not needed?

        Where a process or a part of it was refused, it says what it said before.
        """
        if self._is_done(row):
            self.progress.resume()
            return False
        needed = bool(row.part_of) and (
            bool(self.refusals.denied) or row.part_of in self.refusals.wholes()
        )
        self.refusals.hold_back(needed)
        return not needed

    def _to_delete(self) -> Iterator[PlannedProcess]:
        return (row for row in self.plan.processes if row.action is PlannedAction.DELETE)

    def _delete_one(self, row: PlannedProcess) -> None:
        try:
            self.client.delete_entity(row.guid)
            self.completed.delete(row.process.qualified_name)
        except (ServiceError, RefusedError) as error:
            self._fail(row.process.qualified_name, error)
        self.progress.step(1)

    def _write(
        self, items: Iterable[Item], written: list[str], collection: str, *, several: bool = False
    ) -> None:
        """Write what lands in one collection, or stays in several.

        One that is denied does not hold up the others.
        """
        writer = BulkWriter(
            self.client, self.options.limits, collection=collection, several=several
        )
        try:
            self._note(writer.write(items), written)
        except RefusedError as error:
            if not error.denied:
                raise
            self.refusals.deny(collection, str(error))

    def _note(self, answers: Iterable[list[Outcome]], written: list[str]) -> None:
        for outcomes in answers:
            acknowledged = [row.item for row in outcomes if row.reason is None]
            self.journal.write((item.name, item.content) for item in acknowledged)
            written += [item.name for item in acknowledged]
            for row in outcomes:
                if row.reason is not None:
                    self.refusals.fail(row.item.name, row.reason)
                if row.reason is not None and row.lasting:
                    self.journal.refuse(row.item.name, row.item.content, row.reason)
            self.progress.step(len(outcomes))

    def _items(self, action: PlannedAction, collection: str | None = None) -> Iterator[Item]:
        """The processes to create or update.

        Those alone that land in a collection, if one is given.
        """
        for row in self.plan.processes:
            if row.action is not action or (
                collection is not None and self._collection(row) != collection
            ):
                continue
            # Where the account says something else than before, others have changed it since, and
            # the journal is out of date.
            name, content = row.process.qualified_name, f"{row.state}>{content_of(row.process)}"
            if self._is_done(row) or self.journal.has_written(name, content):
                self.progress.resume()
                continue
            yield Item(
                name,
                content,
                partial(process_entity, row.process),
                self.journal.has_refused(name, content),
            )

    def _is_done(self, row: PlannedProcess) -> bool:
        return row.process.qualified_name in self.done

    def _relate(self, relation: PlannedRelation) -> None:
        attributes = {_COLUMN_MAPPING: relation.column_mapping} if relation.column_mapping else {}
        if relation.guid:
            self.client.update_relationship(relation.guid, relation.type_name, attributes)
        else:
            ends = (reference(relation.source), reference(relation.target))
            self.client.create_relationship(relation.type_name, ends, attributes)

    def _fail(self, name: str, error: ServiceError | RefusedError) -> None:
        """Note a failure; raised where it says that nothing else would go through either."""
        if not _is_caused_by_one(error) and error.status not in CAUSED_BY_SIZE:
            raise error
        self.refusals.fail(name, str(error))


def _is_caused_by_one(error: ServiceError | RefusedError) -> bool:
    """May others go through all the same?"""
    return error.denied if isinstance(error, RefusedError) else error.status in CAUSED_BY_CONTENT
