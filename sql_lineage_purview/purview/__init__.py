"""Publishing a lineage graph to the Microsoft Purview Data Map: find the assets, make a plan, carry it out."""

from __future__ import annotations

from .apply import Failure, PushResult, push
from .client import DataMapClient
from .connection import PurviewTarget, connect
from .database_map import DatabaseMap, Pin
from .errors import PurviewError
from .http import LocalTransport, RequestsTransport, Transport
from .plan import Action, Plan, make_plan
from .platforms import Database, Platform
from .resolve import CatalogueResolver

__all__ = [
    "Action",
    "CatalogueResolver",
    "DataMapClient",
    "Database",
    "DatabaseMap",
    "Failure",
    "LocalTransport",
    "Pin",
    "Plan",
    "Platform",
    "PurviewError",
    "PurviewTarget",
    "PushResult",
    "RequestsTransport",
    "Transport",
    "connect",
    "make_plan",
    "push",
]
