"""Instruments of tests: faults on demand.

Beside them stand the words of a command line that choose faults, limits and switches.

The emulator works without this room, and knows of it only the interfaces in `disturbances`.
"""

from __future__ import annotations

from .faults import Fault, Faults, Refusal

__all__ = ["Fault", "Faults", "Refusal"]
