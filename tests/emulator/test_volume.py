"""Large catalogues: no everyday request walks through all entities or relationships."""

from __future__ import annotations

from itertools import pairwise

import pytest


@pytest.fixture
def linked(catalogue, make):
    """Twenty tables, each with a process to the next; the guids of both."""
    tables = [catalogue.table(f"t{index}") for index in range(20)]
    processes = [
        catalogue.process(f"p{index}", inputs=[{"guid": source}], outputs=[{"guid": target}])
        for index, (source, target) in enumerate(pairwise(tables))
    ]
    return tables, processes


@pytest.fixture
def plans(catalogue):
    """What SQLite does for the statements of some requests."""

    def planned(send):
        connection, statements = catalogue.emulator._connection, []
        connection.set_trace_callback(statements.append)
        assert send().status == 200
        connection.set_trace_callback(None)
        words = ("SELECT", "UPDATE", "DELETE")
        steps = [statement for statement in statements if statement.startswith(words)]
        return [
            step[3]
            for statement in steps
            for step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]

    return planned


REQUESTS = {
    "create": lambda c, make, t, p: c.create(
        make.process("new", inputs=[{"guid": t[0]}], outputs=[make.named("t1")])
    ),
    "update": lambda c, make, t, p: c.create(
        make.process("p3", inputs=[{"guid": t[0]}], outputs=[{"guid": t[1]}])
    ),
    "read by guid": lambda c, make, t, p: c.get("/entity/bulk", guid=[*t, *p]),
    "read by name": lambda c, make, t, p: c.get(
        "/entity/bulk/uniqueAttribute/type/DataSet", **{"attr_1:qualifiedName": make.server + "t1"}
    ),
    "lineage": lambda c, make, t, p: c.get(f"/lineage/{t[5]}", direction="BOTH", depth=10),
    "delete": lambda c, make, t, p: c.delete("/entity/bulk", guid=p),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_no_request_walks_through_everything(catalogue, linked, plans, make, name):
    steps = plans(lambda: REQUESTS[name](catalogue, make, *linked))
    assert len(steps) > 5
    assert [step for step in steps if step.startswith("SCAN ")] == []


def test_a_dataset_without_its_relationships_is_read_alone(catalogue, make):
    table = catalogue.table("t")
    catalogue.create(*(make.process(f"p{index}", inputs=[{"guid": table}]) for index in range(200)))
    statements: list[str] = []
    catalogue.emulator._connection.set_trace_callback(statements.append)
    answer = catalogue.get(f"/entity/guid/{table}", ignoreRelationships="true")
    catalogue.emulator._connection.set_trace_callback(None)
    assert "relationshipAttributes" not in answer.payload["entity"]
    assert len(statements) < 10
