"""Which projects may have to do with a script, found without asking each of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .database_projects import DatabaseProject


class ProjectIndex:
    """Projects by the folders and files that they name, by the keys of these (`file_key`)."""

    def __init__(self, projects: Sequence[DatabaseProject]) -> None:
        self._projects = projects
        self._by_folder: defaultdict[str, list[int]] = defaultdict(list)
        self._by_file: defaultdict[str, list[int]] = defaultdict(list)
        self._by_pattern: set[int] = set()
        for number, project in enumerate(projects):
            self._by_folder[project.below].append(number)
            for named in project.named:
                for key in named.names:
                    self._by_file[key].append(number)
                if named.patterns:
                    self._by_pattern.add(number)

    def around(self, key: str) -> list[DatabaseProject]:
        """Those whose folder holds a file, or that may name it, in their order."""
        numbers = self._by_pattern.union(self._by_file.get(key, ()))
        end = key.find("/")
        while end >= 0:
            numbers.update(self._by_folder.get(key[: end + 1], ()))
            end = key.find("/", end + 1)
        return [self._projects[number] for number in sorted(numbers)]
