"""Errors of a person's making: each says what is wrong, where, and what to do."""

from __future__ import annotations


class ProjectError(Exception):
    """A scan cannot start; the message is one line for a person."""


class ConfigurationError(ProjectError):
    """A configuration file or an environment variable says something that cannot be used."""


class PathError(ProjectError):
    """A path to scan does not exist, or cannot be scanned."""


class DatabaseError(ProjectError):
    """A live database cannot be reached, or does not answer."""
