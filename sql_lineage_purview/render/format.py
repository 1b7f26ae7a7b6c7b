"""What a format is.

A new format is one file, which holds a function from the thing to text, and one row in the table of
the formats of that thing: `graph_formats`, `table_formats`, `diagnostic_formats`,
`snapshot_formats` or `publication/publication_formats`. What follows from the row is decided once,
for all commands, in `cli/delivery.py` and `cli/output.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .drawing import Branch

Subject = TypeVar("Subject")
Rendered: TypeAlias = "str | Iterator[str] | Branch"


class Format(Struct, Generic[Subject], frozen=True):
    r"""A way in which a thing is written.

    Args:
        name: What `--format` takes.
        endings: An output whose name ends so (`.json`) is written in it, where no `--format` is.
        is_data: Is it read by programs? Then it is UTF-8 with plain newlines everywhere, to the
            byte. Else a person reads it: on a terminal it may have colours, what cannot be printed
            is escaped, and what the console has no character for is a question mark.
        render: Makes the text of a thing, or a drawing for where it goes; of data also the
            pieces of the text, one by one.
        opening: A regular expression that each text of it begins with (`\{\s*"schema_version":`).
            `-o` writes over a file that begins so, and over no other; empty for what no `-o` takes.
        aliases: What else `--format` takes for it.
    """

    name: str
    endings: tuple[str, ...]
    is_data: bool
    render: Callable[[Subject], Rendered]
    opening: str = ""
    aliases: tuple[str, ...] = ()


class FormatTable(Struct, Generic[Subject], frozen=True):
    """The formats of one kind of thing.

    Args:
        noun: What is printed, as the help says it: `how to print the lineage`.
        rows: The formats; the first is the one that is printed where none is chosen.
        in_files: The name of the one that a file gets whose ending chooses none; empty for the
            first, too.
    """

    noun: str
    rows: tuple[Format[Subject], ...]
    in_files: str = ""

    @property
    def default(self) -> Format[Subject]:
        """The format that is printed where none is chosen."""
        return self.rows[0]

    @property
    def names(self) -> tuple[str, ...]:
        """What `--format` takes."""
        return tuple(name for row in self.rows for name in (row.name, *row.aliases))

    def named(self, name: str) -> Format[Subject]:
        """The format of this name.

        Raises:
            KeyError: there is none.
        """
        return {word: row for row in self.rows for word in (row.name, *row.aliases)}[name]

    def chosen(self, name: str | None, output: Path | None) -> Format[Subject]:
        """The format of this name; without one, that of the output's ending, else the usual one.

        Raises:
            KeyError: there is none of this name.
        """
        if name:
            return self.named(name)
        if output is None:
            return self.default
        usual = self.named(self.in_files) if self.in_files else self.default
        ending = output.suffix.lower()
        return next((row for row in self.rows if ending in row.endings), usual)
