"""Outlines of queries: what their columns are called, without what flows into them.

A view that others read is asked for that alone; what it is made of is bound where it is run.
"""

from __future__ import annotations

from typing import TypeGuard

from ...model.facts import Output, Select, Star
from ...model.names import is_left_open
from ..relations.relation import Relation
from ..relations.relation_columns import RelationColumn
from ..relations.scope import Scope, is_property
from .binder import Binder
from .common_tables import CommonScope


class OutlineBinder(Binder):
    """Binds queries for the names of their columns.

    Only what stands behind a `*`, or has a name that something else tells, is looked up.
    """

    def _select(
        self, select: Select, outer: Scope | None, ctes: CommonScope, *, exists: bool
    ) -> Relation:
        if select.partial:  # any columns
            return Relation(opaque=True, partial=True)
        outputs = tuple(map(_without_expression, select.outputs))
        if all(map(_is_named, outputs)):
            columns = [RelationColumn(output.name, {}) for output in outputs if _is_named(output)]
            return Relation([RelationColumn(None, {})] if select.document else columns)
        # neither conditions nor constants tell a name
        bare = Select(outputs, select.sources, document=select.document)
        return super()._select(bare, outer, ctes, exists=exists)


def _without_expression(output: Output | Star) -> Output | Star:
    return Output(output.name, (), output.span) if _is_named(output) else output


def _is_named(output: Output | Star) -> TypeGuard[Output]:
    """Does the text say what a column is called, or that it has no name?"""
    return isinstance(output, Output) and not (
        is_property(output.name) or is_left_open(output.name or "")
    )
