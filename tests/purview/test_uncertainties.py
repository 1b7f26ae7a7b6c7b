"""Where it is not certain how the real service behaves, plan and push work either way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
from msgspec.structs import fields

from sql_lineage_purview.emulator import Behaviour, Emulator, Limits, SeedAsset, Switches, seed
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    Plan,
    PlanOptions,
    Pruning,
    PushOptions,
    make_plan,
    push,
)

ROOT = "mssql://s.database.windows.net/Dw/dbo"
WORDS = [
    (field.name, word)
    for field in fields(Switches)
    for word in get_args(get_type_hints(Switches)[field.name])
    # The parents of assets are the business of who scans them.
    if field.name != "parents"
]
LIMITS = [
    Limits(entities=3),
    Limits(timely_entities=2),
    Limits(body_bytes=6_000),
    Limits(page=2),
    Limits(url_bytes=8_150),
]
OPTIONS = PushOptions(prune_threshold=1)


def behaviours() -> Iterator[Any]:
    yield from (
        pytest.param(Behaviour(switches=Switches(**{name: word})), id=f"{name}={word}")
        for name, word in WORDS
    )
    yield from (
        pytest.param(Behaviour(limits=limits), id=str(number))
        for number, limits in enumerate(LIMITS)
    )
    yield pytest.param(Behaviour(search_delay=3600.0), id="search that lags behind")


@pytest.mark.parametrize("behaviour", list(behaviours()))
def test_a_push_is_complete_and_the_next_one_empty(
    behaviour: Behaviour, databases: DatabaseMap, graph_text
) -> None:
    with Emulator(":memory:") as emulator:
        seed(
            emulator,
            [
                SeedAsset("azure_sql_table", f"{ROOT}/{name}")
                for name in ("A", "B", *(f"T{n}" for n in range(12)))
            ],
        )
        emulator.behave(behaviour)
        client = DataMapClient("https://acct.purview.azure.com", LocalTransport(emulator))

        def plan(source: str, targets: range) -> Plan:
            text = graph_text()
            for number in targets:
                text.edge(
                    f"dbo.{source}",
                    f"dbo.T{number}",
                    module="dbo.p",
                    path="p.sql",
                    line=number * 5 + 1,
                )
            text.edge("dbo.A", "dbo.B", module="dbo.q", path="q.sql")
            # The tables of processes that are gone are still in the scan.
            for number in range(12):
                text.edge(
                    f"dbo.T{number}",
                    "dbo.Nowhere",
                    module="dbo.r",
                    path="r.sql",
                    line=number * 5 + 1,
                )
            options = PlanOptions(pruning=Pruning.ON)
            return make_plan(
                text.graph(),
                CatalogueResolver(client, databases),
                client,
                owner="prod",
                options=options,
            )

        for source, targets in (("A", range(8)), ("B", range(2, 12))):
            new_plan = plan(source, targets)
            counts = new_plan.counts()
            result = push(new_plan, client, OPTIONS)
            done = (
                len(result.created),
                len(result.updated),
                len(result.deleted),
                result.failed,
                result.stopped,
            )
            assert done == (counts.create, counts.update, counts.delete, (), "")
        assert (counts.create, counts.update, counts.delete, counts.unchanged) == (4, 6, 2, 1)
        assert plan("B", range(2, 12)).counts().changes == 0
