"""What planning asks of an account; a client answers it, and so does a snapshot of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sql_lineage_purview.model.names import Name

    from ..account.client import SearchHit
    from ..account.entities import Entities
    from ..account.typedefs import Json
    from .plan_document import PlannedProcess, PlannedRelation


class EntityReader(Protocol):
    """What reads entities by their names."""

    def read_entities(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """The entities of a type that have these names."""


class Account(EntityReader, Protocol):
    """What planning reads of an account; a client is one, and so is a snapshot of an account."""

    @property
    def endpoint(self) -> str:
        """Which account."""

    @property
    def path_prefix(self) -> str:
        """Where its Data Map stands."""

    def read_guids(
        self, guids: Iterable[str], *, exclude: Collection[str] = ()
    ) -> Iterator[Entities]:
        """The entities of these guids, without relationships of some types."""

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """The entities of some types whose qualified name contains one of some texts.

        The first `most` of them.
        """

    def count(self, type_name: str, contains: str) -> int | None:
        """How many entities of a type have a qualified name that contains a text.

        None where that is not certain.
        """


class TypedAccount(Protocol):
    """What is asked of an account that knows its types; a client is one."""

    def get_type(self, name: str) -> Json:
        """The definition of an entity type."""

    def get_relationship_type(self, name: str) -> Json:
        """The definition of a relationship type."""

    def locate(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """The entities of a type that have these names, without what they are related to."""

    def read_guids(
        self, guids: Iterable[str], *, exclude: Collection[str] = ()
    ) -> Iterator[Entities]:
        """The entities of these guids, without relationships of some types."""

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """The entities of some types whose qualified name contains one of some texts."""


class ParentFinder(Protocol):
    """What finds the procedures that processes belong to."""

    def relations(
        self, modules: Mapping[str, Name], processes: Iterable[PlannedProcess]
    ) -> tuple[PlannedRelation, ...]:
        """What relates processes to procedures, compared with what the account has."""
