"""Compiling many files: from the cache, in this process, or spread over several."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.document import Document
from ...model.facts import FileFacts
from ...model.file_view import present_view
from ...model.limits import DOCUMENT_BYTES, ENTRY_BYTES, SCRIPT_BYTES
from ...model.opening import UnusableFileError
from ...pipelines.artefacts.artefact_names import holds_script
from ...tsql import CompileOptions, compile_file
from .cache import Cache, CompilationInput, dump_entry, fingerprint, load_entry
from .includes import IncludeReader, Inclusion
from .opened_files import OpenedFiles
from .row_text import row_text, row_values
from .scripts import is_standalone
from .sealing import seal, unseal

if TYPE_CHECKING:
    from pathlib import Path

    from .found import FoundFile

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many files are done, and of how many."""
# the number of a file, and what it brought in
_Compiled: TypeAlias = tuple[int, FileFacts, Sequence[Inclusion]]

# Starting a process and loading the parser takes as long as compiling some 100 kB, so less is not
# worth one.
_BYTES_WORTH_A_PROCESS = 150_000

# What is read before the cache is asked for it.
_FILES_IN_BATCH = 500
_BYTES_IN_BATCH = 8 << 20

# What travels to another process is in memory several times; a worker reads larger inclusions
# itself.
_BYTES_OF_SENT_INCLUSIONS = 1_000_000

_TOO_MUCH_MEMORY = (
    "reading this file took more memory than there is, so nothing in it is part of the lineage"
)

# The encoding of a file that gave no facts; it is tried anew with each scan.
_FAILED = "unknown"


class Task(Struct, frozen=True):
    """A file to compile: all that another process must know.

    `included` are files that it brings in, as they were read.
    """

    document: Document
    root: Path
    options: CompileOptions
    included: tuple[Document, ...] = ()


class PreparedScript(Struct, frozen=True):
    """What is to be compiled, or else the facts of what cannot be read.

    `notes` are what the file around the script has to say.
    """

    outcome: Task | FileFacts
    notes: tuple[Diagnostic, ...] = ()

    @property
    def data(self) -> bytes:
        """The script; nothing where it cannot be read."""
        return self.outcome.document.data if isinstance(self.outcome, Task) else b""

    @property
    def is_standalone(self) -> bool:
        """Do its bytes alone decide what facts it gives?"""
        return (
            isinstance(self.outcome, Task)
            and not self.outcome.options.is_tsql
            and not self.notes
            and is_standalone(self.outcome.document)
        )


class ScriptCompiler(Struct, frozen=True):
    """How the files of a scan become facts.

    Args:
        root: the folder that all files are below.
        jobs: how many processes share the work; 0 chooses by its amount.
        cache: None keeps nothing.
        progress: is told how many files are done.
        opened: what was read of the files; each is given up as soon as its facts are known, or it
            is a task.
        fingerprints: by the numbers of the files that were compiled, what tells their facts from
            others; of those alone whose facts can be kept.
        standalone: the numbers of the files whose bytes alone decide their facts.
        given: by the numbers of other scripts in files of their own, the variables that they are
            given, sealed with their bytes.
    """

    root: Path
    jobs: int
    cache: Cache | None
    progress: Progress
    opened: OpenedFiles
    fingerprints: dict[int, str] = field(default_factory=dict)
    standalone: set[int] = field(default_factory=set)
    given: dict[int, bytes] = field(default_factory=dict)

    def compile(self, files: Sequence[FoundFile]) -> list[FileFacts]:
        """The facts of each file, in the order given, whatever the number of processes.

        A file that cannot be read gives facts that hold the diagnostic SLP001.
        """
        facts: dict[int, FileFacts] = {}
        tasks: dict[int, Task] = {}
        notes: dict[int, tuple[Diagnostic, ...]] = {}
        # what several scripts bring in is given up behind the last of them
        last_uses = {place: number for number, file in enumerate(files) for place in _places(file)}
        for batch in self._batches(files):
            for number, script in batch.items():
                file = files[number]
                if script.is_standalone:
                    self.standalone.add(number)
                elif self.cache and file.script is None and file.embedded is None:
                    self.given[number] = seal_variables(file.variables, script.data)
            for number, outcome in zip(batch, self._looked_up(batch), strict=True):
                notes[number] = batch[number].notes
                if isinstance(outcome, Task):
                    tasks[number] = outcome
                else:
                    facts[number] = outcome
            for number in batch:
                for place in _places(files[number]):
                    if last_uses[place] == number:
                        self.opened.release(place)
        self.progress(len(facts), len(files))
        for number, compiled in self._compiled(tasks):
            facts[number] = compiled
            self.progress(len(facts), len(files))
        return [noted(facts[number], notes[number]) for number in range(len(files))]

    def _batches(self, files: Sequence[FoundFile]) -> Iterator[dict[int, PreparedScript]]:
        """The files as they are read, some at a time, since the cache is asked for many at once."""
        batch: dict[int, PreparedScript] = {}
        size = 0
        for number, file in enumerate(files):
            batch[number] = self.prepare(file)
            size += len(batch[number].data)
            if len(batch) >= _FILES_IN_BATCH or size >= _BYTES_IN_BATCH:
                yield batch
                batch, size = {}, 0
        yield batch

    def _looked_up(self, batch: Mapping[int, PreparedScript]) -> list[FileFacts | Task]:
        """The facts of files, or what must be done for them."""
        outcomes = {number: entry.outcome for number, entry in batch.items()}
        tasks = {number: task for number, task in outcomes.items() if isinstance(task, Task)}
        if self.cache:
            readers = [
                IncludeReader(task.document.location, self.root, self.opened)
                for task in tasks.values()
            ]
            contents = [_content(task) for task in tasks.values()]
            known = self.cache.get_many(list(zip(contents, readers, strict=True)))
            for number, kept in zip(tasks, known, strict=True):
                if kept:
                    outcomes[number], self.fingerprints[number] = kept
        return list(outcomes.values())

    def prepare(self, file: FoundFile) -> PreparedScript:
        """A file as it is compiled, with what the file around its script has to say."""
        try:
            script = self._script(file)
        except OSError as error:
            return PreparedScript(_unreadable(error))
        options = CompileOptions(
            file.variables, is_tsql=file.script is not None or holds_script(file.location)
        )
        included = self.opened.held(file.includes)
        return PreparedScript(
            Task(script.document, self.root, options, included), script.diagnostics
        )

    def _script(self, file: FoundFile) -> _Script:
        """The bytes that are compiled.

        Raises:
            OSError: they cannot be read.
        """
        if file.embedded:
            return _Script(Document(file.location, file.embedded.data), file.embedded.diagnostics)
        if file.script is not None:
            return _Script(Document(file.location, file.script))
        if not holds_script(file.location):
            return _Script(self.opened.read(file.location, SCRIPT_BYTES))
        # it could not be read when it was found, else its script would be known; it may be by now
        from ...pipelines.calls.standalone_documents import read_script  # noqa: PLC0415 - most scans have no such file

        embedded = read_script(self.opened.read(file.location, DOCUMENT_BYTES))
        return _Script(Document(file.location, embedded.data), embedded.diagnostics)

    def _compiled(self, tasks: dict[int, Task]) -> Iterator[tuple[int, FileFacts]]:
        """Compile only once what several folders hold alike.

        Scripts that bring in others are the exception, as these may differ.
        """
        alike: dict[tuple[bytes, CompileOptions], list[int]] = {}
        for number, task in tasks.items():
            alike.setdefault((task.document.data, task.options), []).append(number)
        copies = {first: others for first, *others in alike.values()}
        alone: dict[int, Task] = {}
        for number, facts, inclusions in self._each({first: tasks[first] for first in copies}):
            yield number, facts
            if inclusions or may_succeed_later(facts):
                alone |= {copy: tasks[copy] for copy in copies[number]}
            elif copies[number]:
                entry = dump_entry(facts, [])
                for copy in copies[number]:
                    self.fingerprints[copy] = fingerprint(entry)
                    # objects of its own, since the linker tells statements apart by their
                    # identity
                    yield copy, load_entry(entry)[0]
        yield from ((number, facts) for number, facts, _ in self._each(alone))

    def _each(self, tasks: dict[int, Task]) -> Iterator[_Compiled]:
        waiting = dict(tasks)
        workers = self._workers(tasks)
        if workers > 1:
            yield from self._spread(waiting, workers)
        for number, task in waiting.items():
            yield self._compiled_here(number, task)

    def _compiled_here(self, number: int, task: Task) -> _Compiled:
        facts, reader = _compile(task)
        if self.cache:
            self._keep(number, task, facts, dump_entry(facts, reader.inclusions))
        return number, facts, reader.inclusions

    def _workers(self, tasks: dict[int, Task]) -> int:
        if self.jobs:
            return min(self.jobs, len(tasks))
        worth = sum(len(task.document.data) for task in tasks.values()) // _BYTES_WORTH_A_PROCESS
        return min(os.cpu_count() or 1, len(tasks), worth)

    def _spread(self, waiting: dict[int, Task], workers: int) -> Iterator[_Compiled]:
        """Compile in other processes and this one, and take what is done out of `waiting`.

        Where no process can be started, all stays.
        """
        # so that none begins with the longest when the others are done
        from .workers import OwnTask, WorkerDiedError, spread  # noqa: PLC0415 - a few files need no process

        largest_first = sorted(
            (number for number, task in waiting.items() if _is_whole(task)),
            key=lambda number: -len(waiting[number].document.data),
        )
        tasks = {number: _sendable(waiting[number]) for number in largest_first}
        # closed, so that the processes end where this one is interrupted at a task of its own
        with closing(spread(compile_to_entry, tasks, workers - 1)) as results:
            for number, entry in results:
                task = waiting.pop(number)
                if isinstance(entry, OwnTask):
                    yield self._compiled_here(number, task)
                elif isinstance(entry, WorkerDiedError):
                    yield number, _only(Diagnostic("SLP107", _TOO_MUCH_MEMORY, Span())), ()
                else:
                    yield self._taken_over(number, task, entry)

    def _taken_over(self, number: int, task: Task, entry: str) -> _Compiled:
        """What another process has compiled."""
        facts, inclusions = load_entry(entry)
        if inclusions and self.cache:  # what another process looked at was not seen here
            IncludeReader(task.document.location, self.root).unchanged(inclusions)
        self._keep(number, task, facts, entry)
        return number, facts, inclusions

    def _keep(self, number: int, task: Task, facts: FileFacts, entry: str) -> None:
        if self.cache and not may_succeed_later(facts):
            self.cache.put(_content(task), entry)
            self.fingerprints[number] = fingerprint(entry)


def seal_variables(variables: tuple[tuple[str, str], ...], data: bytes) -> bytes:
    """The variables that a script is given, which only who has its bytes can read."""
    return seal(row_text(variables), _variables_key(data))


def unseal_variables(sealed: bytes, data: bytes) -> tuple[tuple[str, str], ...]:
    """What `seal_variables` has sealed.

    Raises:
        ValueError: the bytes are others.
    """
    values = row_values(unseal(sealed, _variables_key(data), ENTRY_BYTES))
    return tuple((name, value) for name, value in values)


def _variables_key(data: bytes) -> bytes:
    return hashlib.sha256(b"variables\0" + data).digest()


def _is_whole(task: Task) -> bool:
    """Does another process need no file for a task? It would read the disk, and not the view."""
    return present_view() is None or not task.document.may_include


def _sendable(task: Task) -> Task:
    size = sum(len(document.data) for document in task.included)
    return task if size <= _BYTES_OF_SENT_INCLUSIONS else replace(task, included=())


def compile_to_entry(task: Task) -> str:
    """Compile one file; what another process runs.

    The answer is an entry of the cache, which is also how it travels.
    """
    facts, reader = _compile(task)
    return dump_entry(facts, reader.inclusions)


def may_succeed_later(facts: FileFacts) -> bool:
    """Did compiling fail, if only at one statement, so that it is to be tried anew?"""
    return facts.encoding == _FAILED or any(
        diagnostic.rule.may_succeed_later for diagnostic in facts.diagnostics
    )


def _compile(task: Task) -> tuple[FileFacts, IncludeReader]:
    reader = IncludeReader(task.document.location, task.root, OpenedFiles.of(task.included))
    try:
        return compile_file(task.document.data, task.options, reader), reader
    except MemoryError:
        return _only(Diagnostic("SLP107", _TOO_MUCH_MEMORY, Span())), reader
    except Exception as error:  # a defect in one file must not cost the others
        message = f"The tool failed on this file: {type(error).__name__}"
        return _only(Diagnostic("SLP104", message, Span())), reader


class _Script(Struct, frozen=True):
    """What is compiled, and what the file around it has to say."""

    document: Document
    diagnostics: tuple[Diagnostic, ...] = ()


def _content(task: Task) -> CompilationInput:
    return CompilationInput(task.document, task.options)


def _places(file: FoundFile) -> tuple[Path, ...]:
    """The files that are read to compile one."""
    return file.location, *file.includes


def noted(facts: FileFacts, notes: tuple[Diagnostic, ...]) -> FileFacts:
    """Facts of a script, with what the file around it has to say before them."""
    return replace(facts, diagnostics=notes + facts.diagnostics) if notes else facts


def _unreadable(error: OSError) -> FileFacts:
    reason = error.strerror or type(error).__name__
    remedy = "" if isinstance(error, UnusableFileError) else " Check its permissions."
    return _only(Diagnostic("SLP001", f"The file cannot be read ({reason}).{remedy}", Span()))


def _only(diagnostic: Diagnostic) -> FileFacts:
    return FileFacts(encoding=_FAILED, batches=0, statements=0, diagnostics=(diagnostic,))
