"""The requests of a client: JSON out, JSON in, errors as exceptions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..errors import error_from, not_json, not_understood
from ..transport.http import place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..transport.http import Transport
    from .typedefs import Json


class Calls:
    """Sends requests to one account.

    Attributes:
        base: The address of its Data Map.
    """

    def __init__(self, base: str, transport: Transport) -> None:
        self.base = base
        self._transport = transport

    def send(self, method: str, path: str, body: Json | None = None, *, query: Mapping[str, str] | None = None) -> Json:
        """Send a request and read its answer.

        Args:
            method: The verb.
            path: Below the Data Map's address, with what it already has of a query.
            body: What is sent, if anything.
            query: Further parameters.

        Raises:
            PurviewError: no answer came, or one that is an error or no JSON.
        """
        url = f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json"} | (
            {"Content-Type": "application/json; charset=utf-8"} if body is not None else {}
        )
        content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        reply = self._transport.send(method, url, headers, content)
        where = f"{method} {place(url)}"
        if not 200 <= reply.status < 300:
            raise error_from(reply.status, reply.body, where)
        if not reply.body.strip():
            return {}
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise not_json(reply.status, reply.body, where) from None
        if not isinstance(answer, dict):
            raise not_json(reply.status, reply.body, where)
        if not _is_shaped(answer):
            raise not_understood(reply.status, reply.body, where)
        return answer


def _is_shaped(answer: Json) -> bool:
    """Are the parts of an answer that all else relies on what they are in every answer of the Data Map?"""
    lists = (answer.get(name) or [] for name in ("entities", "value"))
    objects = (answer.get(name) or {} for name in ("entity", "referredEntities", "guidAssignments"))
    return all(isinstance(rows, list) and all(isinstance(row, dict) for row in rows) for rows in lists) and all(
        isinstance(found, dict) for found in objects
    )
