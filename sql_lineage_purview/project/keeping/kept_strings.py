"""The facts of strings that were compiled while linking, kept for the next time.

A string may hold secrets of the script that executes it, so its facts are sealed with its text.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Span
from ...model.limits import ENTRY_BYTES
from ..reading.cache import dump_entry, load_entry
from ..reading.compilation import may_succeed_later
from ..reading.sealing import seal, unseal

if TYPE_CHECKING:
    from ...model.facts import ExecuteString, FileFacts
    from ...tsql import StringCompiler
    from ..storing.blob_store import BlobStore


class KeptStrings(Struct, frozen=True):
    """Compiles strings, or reads what was kept of them: it makes no difference to the facts.

    So what compiling a string takes from the budget of all strings is kept too, and taken again.

    Args:
        compiler: compiles what was not kept.
        store: keeps facts.
        versions: of all that compiles.
    """

    compiler: StringCompiler
    store: BlobStore
    versions: str

    @property
    def spent(self) -> float:
        """See `StringCompiler`."""
        return self.compiler.spent

    def __call__(self, text: str, execution: ExecuteString, database: str | None) -> FileFacts:
        """The facts of a string that is executed in a database; see `StringCompiler`."""
        content = repr((text, replace(execution, span=Span()), database))
        key, seal_key = _digest("string", self.versions, content), _digest("sealed", content)
        kept = self._kept(key, seal_key)
        if kept:
            return kept
        facts, costs = self.compiler.compiled(text, execution, database)
        if costs and not may_succeed_later(facts):
            entry = f"{json.dumps(costs)}\n{dump_entry(facts, [])}"
            self.store.put({key: seal(entry, seal_key)})
        return facts

    def _kept(self, key: bytes, seal_key: bytes) -> FileFacts | None:
        sealed = self.store.get([key]).get(key)
        if sealed is None:
            return None
        try:
            costs, _, entry = unseal(sealed, seal_key, ENTRY_BYTES).partition("\n")
            building, reading, executing = json.loads(costs)
            facts, _ = load_entry(entry)
        except (ValueError, TypeError):
            return None
        return facts if self.compiler.may_take((building, reading, executing)) else None


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).digest()
