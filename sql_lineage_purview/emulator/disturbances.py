"""What tests may make go wrong, as the emulator sees it; `testing` has what they make it with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from .exchange import Response


class Disturbance(Protocol):
    """What goes wrong with one request."""

    @property
    def applied(self) -> bool:
        """Is the request applied all the same?"""

    def answer(self, response: Response | None, request_id: str) -> Response:
        """What is answered.

        Args:
            response: The answer to the request, where it is applied.
            request_id: The id of the request.

        Raises:
            ConnectionCutError: Nothing is.
        """


class DisturbancePlan(Protocol):
    """Counts requests, and says with which of them something goes wrong."""

    def next(self, method: str, path: str) -> Disturbance | None:
        """What goes wrong with this request; `path` is that below the plane."""


class RefusedEntity(Protocol):
    """An entity that is refused for good."""

    @property
    def status(self) -> Literal[400, 404]:
        """The status of the refusal."""


class Disturbances(Protocol):
    """All that goes wrong on demand."""

    def plan(self) -> DisturbancePlan:
        """A plan that counts from now on."""

    def refusal_of(self, qualified_name: object) -> RefusedEntity | None:
        """The refusal of an entity with that name, if it is refused."""
