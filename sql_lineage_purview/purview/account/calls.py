"""The requests of a client: JSON out, JSON in, errors as exceptions.

An answer that no operation gives is one of them.
"""

from __future__ import annotations

import json
import random
import re
import time
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode

from ..purview_errors import MalformedAnswerError, error_from, malformed, not_json
from ..transport.http import place
from ..transport.retry import RetryPolicy
from .shapes import mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..transport.http import Reply, Transport
    from .operations import Operation
    from .typedefs import Json

# An answer that makes no sense is asked for again, though not as long as an account that is merely
# slow.
_MOST_TRIES = 3
# No answer of the Data Map comes near; what nests deeper would break off what reads it.
_DEEPEST = 100
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Calls:
    """Sends requests to one account.

    Args:
        base: The address of its Data Map.
        transport: Sends them, with tokens and retries already arranged.
        retry: How often and how long a request is tried again whose answer makes no sense; None for
            never.
        sleep: Waits some seconds.

    Attributes:
        base: The address of its Data Map.
    """

    def __init__(
        self,
        base: str,
        transport: Transport,
        retry: RetryPolicy | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base = base
        self._transport = transport
        self._retry = retry or RetryPolicy(tries=1)
        self._sleep = sleep

    def send(
        self,
        operation: Operation,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        query: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> Json:
        """Send a request and read its answer.

        Args:
            operation: What is asked for; its row says what must be answered.
            method: The verb.
            path: Below the Data Map's address, with what it already has of a query.
            body: What is sent, if anything.
            query: Further parameters.
            once: Is an answer that makes no sense left to the caller at once?

        Raises:
            MalformedAnswerError: the answer is none of this operation.
            PurviewError: no answer came, or one that is an error.
        """
        url = f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")
        content = (
            b""
            if body is None
            else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        )
        for attempt in range(0 if once else min(_MOST_TRIES, self._retry.tries) - 1):
            try:
                return self._sent(operation, method, url, content)
            except MalformedAnswerError:
                self._sleep(self._retry.wait(attempt, random.random()))  # noqa: S311 - no secret
        return self._sent(operation, method, url, content)

    def _sent(self, operation: Operation, method: str, url: str, content: bytes) -> Json:
        headers = {"Accept": "application/json"} | (
            {"Content-Type": "application/json; charset=utf-8"} if content else {}
        )
        reply = self._transport.send(method, url, headers, content)
        where = f"{method} {place(url)}"
        if not 200 <= reply.status < 300:
            raise error_from(
                reply.status, reply.body, where, retry_after=reply.headers.get("retry-after", "")
            )
        if reply.status == 204 and operation.may_be_empty:
            return {}
        answer = _parsed(operation, reply, where)
        clause = mismatch(answer, operation.answer)
        if clause:
            raise malformed(operation.noun, reply.status, clause, where)
        document: Json = answer
        return document


def _parsed(operation: Operation, reply: Reply, where: str) -> Any:
    if not reply.body.strip():
        raise malformed(operation.noun, reply.status, "it is empty", where)
    try:
        answer = json.loads(
            # gateways may put a byte order mark first, which json.loads refuses
            reply.body.decode("utf-8-sig"),
            # Python reads NaN and Infinity, which JSON does not have
            parse_constant=_refuse,
            # Python takes the last of two members of one name, and others the first
            object_pairs_hook=_without_duplicates,
        )
    except _DuplicateMemberError as error:
        raise malformed(operation.noun, reply.status, str(error), where) from None
    except (ValueError, RecursionError):
        raise not_json(reply.status, reply.body, where) from None
    if not isinstance(answer, dict):
        raise not_json(reply.status, reply.body, where)
    if _is_deep(answer):
        raise malformed(operation.noun, reply.status, f"it nests more than {_DEEPEST} deep", where)
    # \ud83d alone is read without complaint, and breaks where the text is written
    if _SURROGATE.search(reply.body) and not _is_unicode(answer):
        raise malformed(
            operation.noun, reply.status, "it holds half a character (a lone surrogate)", where
        )
    return answer


class _DuplicateMemberError(ValueError):
    """JSON in which it is not certain which of two values counts."""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _DuplicateMemberError("an object in it has a member twice")
    return members


def _is_unicode(answer: Json) -> bool:
    try:
        json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_deep(answer: Json) -> bool:
    level: list[Any] = [answer]
    for _ in range(_DEEPEST):
        children = (row.values() if isinstance(row, dict) else row for row in level)
        level = [value for row in children for value in row if isinstance(value, dict | list)]
        if not level:
            return False
    return True
