"""Taking in answers: up to a size once unpacked, and up to a time for the whole exchange."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ...model.limits import ANSWER_BYTES, ANSWER_OBJECTS

if TYPE_CHECKING:
    import requests

Answer = TypeVar("Answer")

# Of these no byte becomes more than some thousand, so that a piece is small once it is unpacked.
ENCODINGS = "gzip, deflate"
_PIECE = 1 << 14


class UnusableAnswerError(OSError):
    """The answer is larger than any real one, or packed in a way that was not asked for."""


class TooLateError(OSError):
    """The answer was not there in time."""


def content_of(answer: requests.Response) -> bytes:
    """The unpacked content of an answer that is read as a stream.

    Raises:
        UnusableAnswerError: it is too large, or packed in another way than `ENCODINGS`.
        OSError: it breaks off.
    """
    with answer:
        if not _is_unpacked(answer.headers.get("Content-Encoding", "")):
            raise UnusableAnswerError
        content = bytearray()
        for piece in answer.iter_content(_PIECE):
            content += piece
            if len(content) > ANSWER_BYTES:
                raise UnusableAnswerError
    # millions of empty objects are few bytes, and take many times their size once they are read
    if content.count(b"{") + content.count(b"[") > ANSWER_OBJECTS:
        raise UnusableAnswerError
    return bytes(content)


def _is_unpacked(encoding: str) -> bool:
    return encoding.strip().lower() in ("", "identity", "gzip", "x-gzip", "deflate")


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """Do what may be held up (as by a byte every minute), and give it up when its time is over.

    Raises:
        TooLateError: it is.
        Exception: what the work raises.
    """
    results: list[Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller below
            errors.append(error)

    # a daemon: a request that hangs must not keep the program from ending
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TooLateError
    return results[0]
