"""Publishing a lineage graph to the Microsoft Purview Data Map: find assets, plan, carry out."""

from __future__ import annotations

from .account.asset_snapshot import AssetSnapshot, read_asset_snapshot, snapshot_lines
from .account.client import DataMapClient
from .account.connection import PurviewTarget, connect
from .planning.choices import Granularity, MissingPolicy, Pruning, PushOrigin
from .planning.make_plan import make_plan
from .planning.plan_document import Counts, Plan, PlannedAction
from .planning.plan_file import open_plan, plan_lines, plan_text, read_plan
from .planning.plan_options import PlanOptions
from .purview_errors import PurviewError
from .pushing.apply import push
from .pushing.bulks import BulkLimits
from .pushing.journal import Journal
from .pushing.push_options import Failure, PushOptions, PushResult
from .resolving.asset_resolution import CatalogueResolver
from .resolving.database_map import DatabaseMap, Pin
from .resolving.platforms import Database, Platform
from .transport.http import LocalTransport, RequestsTransport, Transport
from .transport.sign_in import Identity, SignIn

__all__ = [
    "AssetSnapshot",
    "BulkLimits",
    "CatalogueResolver",
    "Counts",
    "DataMapClient",
    "Database",
    "DatabaseMap",
    "Failure",
    "Granularity",
    "Identity",
    "Journal",
    "LocalTransport",
    "MissingPolicy",
    "Pin",
    "Plan",
    "PlanOptions",
    "PlannedAction",
    "Platform",
    "Pruning",
    "PurviewError",
    "PurviewTarget",
    "PushOptions",
    "PushOrigin",
    "PushResult",
    "RequestsTransport",
    "SignIn",
    "Transport",
    "connect",
    "make_plan",
    "open_plan",
    "plan_lines",
    "plan_text",
    "push",
    "read_asset_snapshot",
    "read_plan",
    "snapshot_lines",
]
