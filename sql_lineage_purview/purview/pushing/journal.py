"""What a push was told: a line for each process that the account acknowledged, or refused for good.

A push that was interrupted goes on where it was: what is acknowledged is not sent again, even where
a read of the account lags behind its writes. A push that ends leaves no journal, or one of what was
refused, which the next push then sends by itself.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...model.opening import open_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Reads have caught up with writes long before; until then the journal knows better than the
# account.
_TRUSTED_SECONDS = 24 * 60 * 60
_WRITTEN, _REFUSED = "written", "refused"


def journal_name(endpoint: str, owner: str) -> str:
    """The name of the file that tells of an owner's pushes to an account."""
    key = "\0".join((endpoint, owner.casefold()))
    return f"push-{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsonl"


class Journal:
    """The journal of one owner's pushes to one account.

    Args:
        path: Where it is kept; None keeps nothing beyond this push.
        now: The time, in seconds since 1970.

    Attributes:
        problem: Why the file cannot be used; empty where it can. A push goes on without it.
    """

    def __init__(self, path: Path | None, *, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now = now
        self.problem = ""
        self._written: dict[str, str] = {}
        self._refused: dict[str, dict[str, Any]] = {}
        self._read()

    def has_written(self, name: str, content: str) -> bool:
        """Did the account acknowledge this content of a process, in a push that broke off?"""
        return self._written.get(name) == content

    def has_refused(self, name: str, content: str) -> bool:
        """Did the account refuse this content of a process?"""
        return self._refused.get(name, {}).get("content") == content

    def write(self, acknowledged: Iterable[tuple[str, str]]) -> None:
        """Note processes, by name and content, that the account acknowledged."""
        rows = list(acknowledged)
        for name, _ in rows:
            self._refused.pop(name, None)
        self._append(self._row(_WRITTEN, name, content) for name, content in rows)

    def refuse(self, name: str, content: str, reason: str) -> None:
        """Note a process that the account refused, and would refuse again."""
        row = self._row(_REFUSED, name, content) | {"reason": reason}
        self._refused[name] = row
        self._append([row])

    def finish(self) -> None:
        """The push went through: forget what was acknowledged, and keep what was refused."""
        if self._path is None:
            return
        try:
            if self._refused:
                _make_folder(self._path.parent)
                new_path = self._path.with_suffix(".new")
                new_path.write_text(
                    "".join(map(_line, self._refused.values())), encoding="utf-8", newline="\n"
                )
                # at once: whoever is killed here leaves the old journal or the new one
                new_path.replace(self._path)
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            self._failed(error)

    def _row(self, outcome: str, name: str, content: str) -> dict[str, Any]:
        return {"at": int(self._now()), "outcome": outcome, "name": name, "content": content}

    def _append(self, rows: Iterable[dict[str, Any]]) -> None:
        """Write rows through to the system at once.

        So whoever is killed has told what was acknowledged.
        """
        text = "".join(map(_line, rows))
        if self._path is None or not text or self.problem:
            return
        try:
            _make_folder(self._path.parent)
            if self._path.exists():
                # what is no file, such as a pipe, would be waited for
                open_file(self._path).close()
            # bytes: a text file would write \r\n on Windows, and read it back as \n
            with self._path.open("ab") as file:
                # Behind half a line, which is where a push was killed, a new one begins.
                file.write(b"" if _ends_a_line(self._path) else b"\n")
                file.write(text.encode())
        except OSError as error:
            self._failed(error)

    def _read(self) -> None:
        try:
            for row in self._rows():
                name, content = row["name"], row["content"]
                self._refused.pop(name, None)
                self._written.pop(name, None)
                if row["outcome"] == _REFUSED:
                    self._refused[name] = row
                elif self._now() - row["at"] < _TRUSTED_SECONDS:
                    self._written[name] = content
        except OSError as error:
            self._failed(error)

    def _rows(self) -> Iterator[dict[str, Any]]:
        """The lines that are whole and understood."""
        if self._path is None or not self._path.is_file():
            return
        with TextIOWrapper(
            open_file(self._path), encoding="utf-8", errors="replace", newline="\n"
        ) as lines:
            for line in lines:
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(row, dict) and _is_understood(row):
                    yield row

    def _failed(self, error: OSError) -> None:
        self.problem = (
            f"{self._path}: the journal cannot be used ({error.strerror}); an interrupted push "
            "would begin anew"
        )


def _make_folder(folder: Path) -> None:
    """A folder that is made here is hidden from git."""
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8", newline="\n")


def _is_understood(row: dict[str, Any]) -> bool:
    texts = (row.get(name) for name in ("outcome", "name", "content"))
    # not isinstance: True is an int, and no time
    return type(row.get("at")) in (int, float) and all(isinstance(text, str) for text in texts)


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=True) + "\n"


def _ends_a_line(path: Path) -> bool:
    size = path.stat().st_size
    if size == 0:
        return True
    with open_file(path) as file:
        file.seek(size - 1)
        return file.read(1) == b"\n"
