"""Files that statements read and write, by address, with the columns that statements give."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from ...model.names import Name
from ...model.naming import Naming


class FileColumns(Struct):
    """The columns of files, where a statement names them."""

    naming: Naming
    columns: dict[Name, dict[str, None]] = field(default_factory=dict)

    def add(self, file: Name, columns: Iterable[str]) -> None:
        """Note the columns of a WITH clause, an external table, CREATE EXTERNAL TABLE AS SELECT."""
        named_columns = self.columns.setdefault(file, {})
        folded = {self.naming.fold(column) for column in named_columns}
        named_columns.update(
            dict.fromkeys(column for column in columns if self.naming.fold(column) not in folded)
        )
