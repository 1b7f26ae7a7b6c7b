"""Flows that are merged and composed: what comes out belongs to nobody else."""

from __future__ import annotations

from sql_lineage_purview.linker.relations.provenance import (
    DIRECT,
    EXACT,
    EXPANDED,
    INDIRECT,
    INFERRED,
    Flows,
    Tables,
    add_flows,
    add_tables,
    flow,
    followed_by,
    used_as,
)
from sql_lineage_purview.model.graph import Column
from sql_lineage_purview.model.vocabulary import Subtype
from tests.linker.rooms import name

A, B = Column(name("dbo.t"), "a"), Column(name("dbo.t"), "b")


def test_flows_merged_into_nothing_are_a_copy() -> None:
    source = flow(A, EXPANDED)
    flows: Flows = {}
    add_flows(flows, source)
    assert flows == source
    add_flows(flows, {**flow(A), **flow(B, INFERRED)})
    assert flows == {**flow(A), **flow(B, INFERRED)}
    assert source == flow(A, EXPANDED)


def test_what_is_used_as_it_is_is_a_copy() -> None:
    source = {**flow(A, EXPANDED), (B, Subtype.FILTER): INFERRED}
    for copy in (used_as(source, Subtype.IDENTITY), followed_by(source, EXACT)):
        assert copy == source
        copy.clear()
    assert len(source) == 2


def test_what_is_used_otherwise_is_composed() -> None:
    source = {**flow(A, EXPANDED), (B, Subtype.FILTER): EXACT}
    assert used_as(source, Subtype.AGGREGATION, INFERRED) == {
        (A, Subtype.AGGREGATION): INFERRED,
        (B, Subtype.FILTER): INFERRED,
    }
    assert followed_by(source, INFERRED) == {
        (A, Subtype.IDENTITY): INFERRED,
        (B, Subtype.FILTER): INFERRED,
    }


def test_tables_merged_into_none_are_a_copy_and_have_the_part_of_what_is_read() -> None:
    source: Tables = {name("dbo.t"): DIRECT}
    tables: Tables = {}
    add_tables(tables, source)
    tables[name("dbo.u")] = DIRECT
    assert len(source) == 1
    filtering: Tables = {}
    add_tables(filtering, source, INDIRECT)
    assert filtering[name("dbo.t")].type == INDIRECT.type
