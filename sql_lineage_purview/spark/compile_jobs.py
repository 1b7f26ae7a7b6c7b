"""What there is to compile in a table of files, as the search of a scan finds it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.facts import FileFacts
from ..pipelines.artefacts.artefact_names import holds_script
from ..project.reading.compilation import PreparedScript, ScriptCompiler, Task
from ..project.reading.includes import IncludeReader
from ..project.storing.tool_versions import tool_versions
from ..tsql.reading.decode import decode
from ..tsql.reading.sqlcmd import read_commands

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic
    from ..project.gathering import ScanInputs
    from ..project.reading.found import FoundFile
    from ..project.reading.includes import Inclusion
    from .driver_folder import DriverFolder


class CompileJob(Struct, frozen=True):
    """A script to compile: `key` is a fingerprint of all that its facts depend on.

    Args:
        path: the file whose content is compiled.
        task: the script and its options.
        key: what its facts are found by.
        in_table: is it the content of the table's file that is compiled, and not a part of it?
        includes: does it bring in other files?
        notes: what the file around the script has to say.
    """

    path: str
    task: Task
    key: str
    in_table: bool
    includes: bool
    notes: tuple[Diagnostic, ...]


def jobs_of(inputs: ScanInputs, folder: DriverFolder) -> Iterator[CompileJob | FileFacts]:
    """What `inputs` have to compile, in their order; facts for what cannot be read."""
    discovery = inputs.discovery
    compiler = ScriptCompiler(discovery.root, 1, None, _silent, discovery.opened)
    for file in inputs.to_compile:
        prepared = compiler.prepare(file)
        if isinstance(prepared.outcome, FileFacts):
            yield prepared.outcome
        else:
            yield _job(file, prepared.outcome, prepared, folder)


def _job(file: FoundFile, task: Task, prepared: PreparedScript, folder: DriverFolder) -> CompileJob:
    in_table = file.script is None and file.embedded is None and not holds_script(file.location)
    inclusions = _inclusions(task) if in_table else []
    # Of a script in the table the driver has an empty file, whose own digest says nothing.
    digest = folder.files[file.path].hash if in_table else task.document.digest
    key = _key(task, digest, inclusions)
    return CompileJob(file.path, task, key, in_table, bool(inclusions), prepared.notes)


def _inclusions(task: Task) -> list[Inclusion]:
    """What a script brings in, and what comes of it."""
    if not task.document.data:
        return []
    reader = IncludeReader(task.document.location, task.root)
    text = decode(task.document.data).text
    read_commands(text or "", dict(task.options.variables), reader)
    return reader.inclusions


def _key(task: Task, digest: str, inclusions: list[Inclusion]) -> str:
    parts = (tool_versions(), repr(task.options), digest, repr(inclusions))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _silent(_done: int, _total: int) -> None:
    """Nobody is told: nothing is compiled there."""
