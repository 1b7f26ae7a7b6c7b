"""Second stage: the tables of flows are looked up in the account.

In: grouped flows. Out: the same flows, with the outcome for each table: the asset that was found,
assets of which none can be chosen, or what is missing. Where missing assets are to be made, a
placeholder stands for each of which it is certain where it would stand: `dbo.Fact` of a database
that is configured, not one of a database that nobody names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...account.assets import Asset, Evidence, Found, Missing
from ...resolving.platforms import object_key
from ..choices import MissingPolicy
from ..stage_values import ResolvedFlows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sql_lineage_purview.model.names import Name

    from ...account.assets import Placeholder, Resolution
    from ...resolving.asset_resolution import Resolver
    from ..stage_values import GroupedFlows


def resolve(grouped: GroupedFlows, resolver: Resolver, missing: MissingPolicy) -> ResolvedFlows:
    """Find the assets of the tables that grouped flows need.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    outcomes: Mapping[Name, Resolution] = resolver.resolve(grouped.tables)
    if missing is MissingPolicy.CREATE:
        outcomes = with_placeholders(outcomes)
    return ResolvedFlows(grouped.flows, grouped.publishable, outcomes)


def with_placeholders(resolutions: Mapping[Name, Resolution]) -> dict[Name, Resolution]:
    """Put a placeholder for each missing asset of which it is known where it would stand.

    Names that differ in spelling alone share the placeholder of the first of them.
    """
    placeholders: dict[tuple[str, str], Placeholder] = {}
    outcomes = dict(resolutions)
    for name, outcome in resolutions.items():
        if not isinstance(outcome, Missing) or outcome.place is None:
            continue
        ref = outcome.place.asset
        # paths of files tell upper case from lower, names of tables do not
        key = ref.qualified_name if name.address else object_key(ref.qualified_name)
        place = placeholders.setdefault((ref.type_name, key), outcome.place)
        outcomes[name] = Found(Asset(place.asset), Evidence.PLACEHOLDER, place.collection)
    return outcomes
