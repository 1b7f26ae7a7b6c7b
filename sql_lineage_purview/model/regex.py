"""Regular expressions that are compiled when they are used first.

There are some two hundred, which take longer than the rest of loading, and a run uses few of them.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class _LatePattern:
    """Stands for a pattern: all that it is asked for is that of the compiled one."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    # called for what it has not: from the first time on it has the methods of the compiled pattern
    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, compiled when it is used first.

    An error in the text is raised then.
    """
    return cast("re.Pattern[AnyStr]", _LatePattern(text, flags))
