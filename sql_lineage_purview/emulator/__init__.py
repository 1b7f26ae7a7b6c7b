"""A local stand-in for the Data Map's Atlas API, kept in a SQLite file; shares no code with the client."""

from __future__ import annotations

from .behaviour import Behaviour, Collection, Limits, Role, Switches
from .emulator import Emulator
from .errors import ConnectionCutError, EmulatorError
from .exchange import Response
from .seed import AssetColumn, SeedAsset, SeedResult, load_assets, seed
from .server import Server, serve

__all__ = [
    "AssetColumn",
    "Behaviour",
    "Collection",
    "ConnectionCutError",
    "Emulator",
    "EmulatorError",
    "Limits",
    "Response",
    "Role",
    "SeedAsset",
    "SeedResult",
    "Server",
    "Switches",
    "load_assets",
    "seed",
    "serve",
]
