"""What becomes of tables that no asset stands for: left out, a reason to stop, or assets that a push makes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ..account.assets import Asset, Evidence, Found, Missing
from ..errors import PlaceholderError, UnresolvedError
from ..resolving.platforms import object_key
from .plan_document import Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sql_lineage_purview.model.names import Name

    from ..account.assets import Placeholder, Resolution
    from .plan_document import Plan

_SHOWN = 3


class MissingPolicy(StrEnum):
    """What is done about tables without an asset. The word is the one of the setting `missing`."""

    SKIP = "skip"
    """They are left out, and listed."""
    FAIL = "fail"
    """Nothing is written while there is one."""
    CREATE = "create"
    """A push makes an asset for each of which it is certain where it would stand."""


def with_placeholders(resolutions: Mapping[Name, Resolution]) -> dict[Name, Resolution]:
    """Put a placeholder in the place of each missing asset of which it is known where it would stand.

    Names that differ in spelling alone share the placeholder of the first of them.
    """
    placeholders: dict[tuple[str, str], Placeholder] = {}
    outcomes = dict(resolutions)
    for name, outcome in resolutions.items():
        if not isinstance(outcome, Missing) or outcome.place is None:
            continue
        ref = outcome.place.asset
        key = ref.qualified_name if name.address else object_key(ref.qualified_name)
        place = placeholders.setdefault((ref.type_name, key), outcome.place)
        outcomes[name] = Found(Asset(place.asset), Evidence.PLACEHOLDER, place.collection)
    return outcomes


def superseded(resolutions: Mapping[Name, Resolution]) -> Iterator[str]:
    """Notes on placeholders in the place of which a scan has registered another asset."""
    for name, row in resolutions.items():
        for ref in row.superseded if isinstance(row, Found) else ():
            yield f"{name}: the placeholder {ref.qualified_name} ({ref.type_name}) is no longer needed and can be deleted"


def check_resolved(plan: Plan) -> None:
    """Refuse a plan some of whose tables have no asset. What the Data Map cannot hold, such as functions, needs none.

    Raises:
        UnresolvedError: there are such.
    """
    names = [row.table for row in plan.unresolved if row.outcome is not Unresolved.NO_ASSET]
    if not names:
        return
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    tables = "1 table is" if len(names) == 1 else f"{len(names)} tables are"
    what = f"{tables} not resolved ({', '.join(names[:_SHOWN])}{more}), and missing is set to fail"
    raise UnresolvedError(what, remedy="Scan them in Purview, configure where they stand, or exclude them.")


def check_placeholders(plan: Plan, cap: int) -> None:
    """Refuse a plan that makes more placeholders than allowed.

    Raises:
        PlaceholderError: it makes more.
    """
    if len(plan.placeholders) <= cap:
        return
    what = f"The plan would make {len(plan.placeholders)} placeholder assets, more than {cap}"
    raise PlaceholderError(what, remedy="Scan the sources in Purview, check the database map, or raise placeholder_cap.")
