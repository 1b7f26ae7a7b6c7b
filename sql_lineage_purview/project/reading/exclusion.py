"""What the configuration leaves out of a scan, by patterns as in a .gitignore file."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.opening import true_path
from ..project_errors import ConfigurationError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


# with attributes beside its fields, among which `cached_property` keeps its value
class Exclusion(Struct, frozen=True, dict=True):
    """The exclude patterns.

    They start from `base` (the configuration's folder), or else from the root of a scan.
    """

    patterns: tuple[str, ...] = ()
    base: Path | None = None

    @cached_property
    def specification(self) -> GitIgnoreSpec:
        """The patterns; ConfigurationError where one is malformed.

        Raises:
            ConfigurationError: a pattern is malformed.
        """
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - most scans leave nothing out

        try:
            return GitIgnoreSpec.from_lines(self.patterns)
        except ValueError as error:
            raise ConfigurationError(
                f"exclude: {error}. Patterns are written as in a .gitignore file."
            ) from None

    def check(self) -> None:
        """Refuse patterns that are none.

        Raises:
            ConfigurationError: one is malformed.
        """
        if self.patterns:
            _ = self.specification

    def covers(self, location: Path, root: Path, suffix: str = "") -> bool:
        """Is a file below the root left out? `suffix` stands behind it: a slash behind a folder.

        Raises:
            ConfigurationError: a pattern is malformed.
        """
        if not self.patterns:
            return False
        base = self.base if self.base and location.is_relative_to(self.base) else root
        return self.specification.match_file(location.relative_to(base).as_posix() + suffix)

    def admits(self, location: Path, root: Path) -> bool:
        """May a scan read a file that no path names?

        It has to lie in the root, and not to be left out.

        Raises:
            ConfigurationError: a pattern is malformed.
        """
        return true_path(location).is_relative_to(root) and not self.covers(location, root)
