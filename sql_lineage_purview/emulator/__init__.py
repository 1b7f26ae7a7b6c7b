"""A local stand-in for the Data Map's Atlas API, kept in a SQLite file.

Shares no code with the client.
"""

from __future__ import annotations

from .behaviour import Behaviour, Collection, CollectionRole, Limits, Switches
from .embedded import Emulator
from .error_codes import ConnectionCutError, EmulatorError
from .exchange import Response
from .seed import AssetColumn, SeedAsset, SeedResult, load_assets, seed
from .server import Server, serve

__all__ = [
    "AssetColumn",
    "Behaviour",
    "Collection",
    "CollectionRole",
    "ConnectionCutError",
    "Emulator",
    "EmulatorError",
    "Limits",
    "Response",
    "SeedAsset",
    "SeedResult",
    "Server",
    "Switches",
    "load_assets",
    "seed",
    "serve",
]
