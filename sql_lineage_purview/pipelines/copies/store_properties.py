"""What a store is, and how the properties that say it are read in the light of parameters."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ...model.names import Name
from ..artefacts.json_members import Properties
from ..expressions.dynamic_content import Assumed, Pieces, pieces_of, value_of
from ..expressions.evaluation import Hole, Values
from ..expressions.parameter_defaults import defaults_of


class UnknownPlaceError(Exception):
    """Where an end of a copy stands cannot be told: the message for a person.

    `dynamic`: only the run knows it.
    """

    def __init__(self, message: str, *, dynamic: bool = False) -> None:
        super().__init__(message)
        self.dynamic = dynamic


class DataStore(Struct, frozen=True):
    """An end of a copy: a table or an address.

    Where SQL stands for the table, its name says nothing.

    `server` and `database` are those of the linked service, where it says them. `columns` are those
    of a file that its dataset tells. `assumed`: it holds unless a run is given other parameters, or
    a part of its path is only known then.
    """

    name: Name
    server: str | None = None
    database: str | None = None
    columns: tuple[str, ...] | None = None
    assumed: bool = False


class PropertyReader(Struct):
    """A reader of properties in the light of parameters.

    It notes whether what was read is only assumed.
    """

    values: Values
    assumed: bool = False

    def text(self, value: object) -> str | None:
        """A text; None where there is none, or a part of it is not known."""
        pieces = pieces_of(value, self.values)
        if pieces is None or any(isinstance(piece, Hole) for piece in pieces):
            return None
        self.assumed = self.assumed or _is_uncertain(pieces)
        return "".join(map(str, pieces))

    def path(self, value: object) -> str | None:
        """A path in which `*` stands for what is not known."""
        pieces = pieces_of(value, self.values)
        if pieces is None:
            return None
        self.assumed = self.assumed or _is_uncertain(pieces)
        return "".join("*" if isinstance(piece, Hole) else piece for piece in pieces)


def parameter_values(
    holder: Properties, arguments: Mapping[str, object], outer: Values, prefix: str
) -> Values:
    """The parameters of a dataset or linked service: what is passed, else their defaults.

    Args:
        holder: the dataset or linked service, which declares the parameters.
        arguments: what is passed, by the parameters' names; may hold expressions.
        outer: what references in the arguments stand for.
        prefix: what expressions write before a name: `dataset()` or `linkedservice()`.
    """
    passed = {
        f"{prefix}.{name.lower()}": value_of(value, outer)
        for name, value in arguments.items()
        if value is not None
    }
    return Values({**defaults_of(holder.get("parameters"), prefix, assumed=False), **passed})


def _is_uncertain(pieces: Pieces) -> bool:
    return any(isinstance(piece, Assumed | Hole) for piece in pieces)
