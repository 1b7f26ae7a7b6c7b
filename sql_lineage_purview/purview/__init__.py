"""Publishing a lineage graph to the Microsoft Purview Data Map: find the assets, make a plan, carry it out."""

from __future__ import annotations

from .apply import push
from .asset_snapshot import AssetSnapshot, read_asset_snapshot, snapshot_lines
from .build import Provenance
from .bulks import BulkLimits
from .client import DataMapClient
from .connection import PurviewTarget, connect
from .database_map import DatabaseMap, Pin
from .errors import PurviewError
from .flows import Granularity
from .http import LocalTransport, RequestsTransport, Transport
from .journal import Journal
from .placeholders import MissingPolicy
from .plan import Action, Plan, PlanOptions, make_plan
from .plan_document import Counts, Pruning
from .plan_file import open_plan, plan_lines, plan_text, read_plan
from .platforms import Database, Platform
from .push_options import Failure, PushOptions, PushResult
from .resolve import CatalogueResolver
from .sign_in import Identity, SignIn

__all__ = [
    "Action",
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
    "Platform",
    "Provenance",
    "Pruning",
    "PurviewError",
    "PurviewTarget",
    "PushOptions",
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
