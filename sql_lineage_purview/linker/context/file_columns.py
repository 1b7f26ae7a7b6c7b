"""Files that statements read and write, by address, with the columns that statements give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...model.names import Name
from ...model.naming import Naming, address_name


@dataclass(slots=True)
class FileColumns:
    """The columns of files, where a statement names them.

    `data_sources`: the addresses of external data sources by name.
    """

    naming: Naming
    data_sources: Mapping[str, str]
    columns: dict[Name, dict[str, None]] = field(default_factory=dict)

    def address(self, address: str, data_source: str | None = None) -> Name:
        """The name of a file, its data source resolved.

        Source:
        https://learn.microsoft.com/sql/t-sql/statements/create-external-data-source-transact-sql
        """
        return address_name(
            address, self.data_sources.get(data_source.casefold()) if data_source else None
        )

    def add(self, file: Name, columns: Iterable[str]) -> None:
        """Note the columns of a WITH clause, an external table, CREATE EXTERNAL TABLE AS SELECT."""
        named_columns = self.columns.setdefault(file, {})
        folded = {self.naming.fold(column) for column in named_columns}
        named_columns.update(
            dict.fromkeys(column for column in columns if self.naming.fold(column) not in folded)
        )
