"""A local stand-in for the Data Map's Atlas API, kept in a SQLite file; shares no code with the client."""

from __future__ import annotations

from .emulator import Emulator
from .errors import EmulatorError
from .exchange import Response
from .seed import Asset, AssetColumn, SeedResult, load_assets, seed
from .server import Server, serve
from .settings import Limits, Settings

__all__ = [
    "Asset",
    "AssetColumn",
    "Emulator",
    "EmulatorError",
    "Limits",
    "Response",
    "SeedResult",
    "Server",
    "Settings",
    "load_assets",
    "seed",
    "serve",
]
