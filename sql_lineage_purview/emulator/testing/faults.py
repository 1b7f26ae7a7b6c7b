"""Faults on demand: which requests fail, and how.

The same seed and the same requests give the same faults.

A fault is `KIND[@[METHOD] [PATH]][:WHEN][:OPTION…]`:

- KIND is an HTTP status of 400 or more, `cut` (the connection ends before the request was read) or
  `lost` (the request was applied, and the connection ends before the answer). Or the request was
  applied, and the answer of 200 is none: `empty`, a `page` of something in between, `cropped`, or
  an `object` without members.
- METHOD and PATH narrow it to some requests: `429@POST /atlas/v2/entity/bulk:5%`. PATH stands below
  `/datamap/api`, without the query; `*` stands for any text.
- WHEN is a share (`5%`), `every=7`, `first=3` or `at=12` of the requests that it is narrowed to;
  without it all of them.
- `retry-after=2` adds the header, `applied` applies the request before the answer of the fault.

`refuse:PATTERN` refuses for good any request that writes an entity whose qualified name fits (`*`
for any text), with 400; `refuse:0.1%` does so for that share of all names. `refuse@404:` answers
404 instead.
"""

from __future__ import annotations

import hashlib
import random
import re
from threading import Lock
from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from .fault_answers import fault_answer, spoilt_answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..exchange import Response

Count = Literal["every", "first", "at"]
Spoiling = Literal["empty", "page", "cropped", "object"]

_SHARE = re.compile(r"(\d+(?:\.\d+)?)%\Z", re.ASCII)
_COUNTED = re.compile(r"(every|first|at)=([1-9]\d*)\Z", re.ASCII)
_RETRY_AFTER = re.compile(r"retry-after=(\d+)\Z", re.ASCII)
_STATUS = re.compile(r"[45]\d\d\Z", re.ASCII)
_REFUSAL = re.compile(r"refuse(?:@(400|404))?:(.+)\Z", re.DOTALL)
_SPOILINGS: tuple[Spoiling, ...] = get_args(Spoiling)
_COUNTS: dict[str, Count] = {"every": "every", "first": "first", "at": "at"}
_EXAMPLE = (
    "for example 429:5%:retry-after=2, lost@POST /atlas/v2/entity/bulk:1%, 500:every=7 or "
    "refuse:*/dbo/Orders"
)
# of the first four bytes of a digest
_RESOLUTION = 2**32


class Fault(Struct, frozen=True):
    """Requests that fail.

    Attributes:
        status: The HTTP status; None for a connection that ends without an answer.
        method: The method that it is narrowed to.
        path: The pattern of the path that it is narrowed to.
        share: The share of requests from 0 to 1, where it is one.
        counted: Which requests of those that it is narrowed to, where they are counted.
        number: The number for it.
        applied: Whether the request is applied nevertheless.
        retry_after: Seconds for the header of that name.
        spoiling: What becomes of the answer, where it comes and is none.
    """

    status: int | None
    method: str | None = None
    path: str | None = None
    share: float | None = None
    counted: Count | None = None
    number: int = 1
    applied: bool = False
    retry_after: int | None = None
    spoiling: Spoiling | None = None

    @classmethod
    def read(cls, spec: str) -> Fault:
        """The fault of a text.

        Raises:
            ValueError: It is none.
        """
        head, *parts = spec.split(":")
        kind, _, scope = head.partition("@")
        spoiling = next((word for word in _SPOILINGS if word == kind), None)
        if kind not in ("cut", "lost") and not spoiling and not _STATUS.match(kind):
            kinds = ", ".join(("cut", "lost", *_SPOILINGS))
            raise ValueError(
                f"{spec!r} is no fault: its kind is an HTTP status from 400 to 599, "
                f"{kinds} or refuse; {_EXAMPLE}"
            )
        method, path = _scope(scope)
        applied = kind == "lost" or spoiling is not None
        fault = cls(
            int(kind) if kind.isdigit() else None, method, path, applied=applied, spoiling=spoiling
        )
        for part in parts:
            fault = fault._with(part, spec)
        if fault.share is not None and fault.counted is not None:
            raise ValueError(
                f"{spec!r} is no fault: it has a share and a count; give it twice, once with each"
            )
        return fault

    def _with(self, part: str, spec: str) -> Fault:
        if match := _SHARE.match(part):
            return replace(self, share=float(match[1]) / 100)
        if match := _COUNTED.match(part):
            return replace(self, counted=_COUNTS[match[1]], number=int(match[2]))
        if match := _RETRY_AFTER.match(part):
            return replace(self, retry_after=int(match[1]))
        if part == "applied":
            return replace(self, applied=True)
        raise ValueError(f"{spec!r} is no fault: {part!r} is not understood; {_EXAMPLE}")

    def answer(self, response: Response | None, request_id: str) -> Response:
        """What the request is answered; see `Disturbance`.

        Raises:
            ConnectionCutError: Nothing is.
        """
        if self.spoiling is not None and response is not None:
            return spoilt_answer(self.spoiling, response)
        return fault_answer(self, request_id)

    def concerns(self, method: str, path: str) -> bool:
        """Is it about such requests?"""
        return self.method in (None, method) and (self.path is None or _fits(self.path, path))


class Refusal(Struct, frozen=True):
    """Entities that are refused for good.

    They are those whose qualified name fits a pattern, or a share of all names.
    """

    status: Literal[400, 404]
    pattern: str | None = None
    share: float | None = None

    @classmethod
    def read(cls, spec: str) -> Refusal:
        """The refusal of a text.

        Raises:
            ValueError: It is none.
        """
        match = _REFUSAL.match(spec)
        if match is None:
            raise ValueError(
                f"{spec!r} is no fault: refuse takes a name, or a share of names; {_EXAMPLE}"
            )
        status: Literal[400, 404] = 404 if match[1] == "404" else 400
        share = _SHARE.match(match[2])
        return cls(status, share=float(share[1]) / 100) if share else cls(status, pattern=match[2])

    def concerns(self, qualified_name: str, seed: int) -> bool:
        """Is an entity of that name refused?"""
        if self.pattern is not None:
            return _fits(self.pattern, qualified_name)
        digest = hashlib.sha256(
            f"{seed}:{qualified_name}".encode("utf-8", "surrogatepass")
        ).digest()
        return int.from_bytes(digest[:4]) < (self.share or 0) * _RESOLUTION


class Faults(Struct, frozen=True):
    """All that goes wrong on demand; the first fault that is due wins."""

    faults: tuple[Fault, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    seed: int = 0

    @classmethod
    def read(cls, specs: Iterable[str], *, seed: int = 0) -> Faults:
        """The faults of texts, as the option `--fault` takes them.

        Raises:
            ValueError: One is none; the message says what is wrong.
        """
        texts = list(specs)
        refusals = [text for text in texts if re.match(r"refuse\b", text)]
        faults = [text for text in texts if text not in refusals]
        return cls(tuple(map(Fault.read, faults)), tuple(map(Refusal.read, refusals)), seed)

    def plan(self) -> FaultPlan:
        """A plan that counts requests from now on."""
        return FaultPlan(self)

    def refusal_of(self, qualified_name: object) -> Refusal | None:
        """The refusal of an entity with that name, if it is refused."""
        if not self.refusals or not isinstance(qualified_name, str):
            return None
        return next(
            (each for each in self.refusals if each.concerns(qualified_name, self.seed)), None
        )


class FaultPlan:
    """Counts requests and says which of them fail."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults.faults
        self._counts = [0] * len(self._faults)
        # Each fault draws from a sequence of its own, so that one more fault does not move the
        # others.
        self._draws = [
            random.Random(f"{faults.seed}:{index}")  # noqa: S311  # no secret
            for index in range(len(self._faults))
        ]
        self._guard = Lock()

    def next(self, method: str, path: str) -> Fault | None:
        """The fault of this request; `path` is that below the plane."""
        if not self._faults:
            return None
        with self._guard:
            due = [
                fault
                for index, fault in enumerate(self._faults)
                if self._is_due(index, fault, method, path)
            ]
        return due[0] if due else None

    def _is_due(self, index: int, fault: Fault, method: str, path: str) -> bool:
        if not fault.concerns(method, path):
            return False
        self._counts[index] += 1
        count = self._counts[index]
        match fault.counted:
            case "every":
                return count % fault.number == 0
            case "first":
                return count <= fault.number
            case "at":
                return count == fault.number
        return fault.share is None or self._draws[index].random() < fault.share


def _scope(text: str) -> tuple[str | None, str | None]:
    """`POST /path`, `POST` or `/path`."""
    first, _, path = text.strip().partition(" ")
    if first.startswith("/"):
        return None, text.strip()
    return first.upper() or None, path.strip() or None


def _fits(pattern: str, text: str) -> bool:
    parts = map(re.escape, pattern.split("*"))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None
