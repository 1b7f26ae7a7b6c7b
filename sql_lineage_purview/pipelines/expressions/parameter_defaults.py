"""The defaults that pipelines, datasets and linked services give their parameters."""

from __future__ import annotations

from .evaluation import BoundValue


def defaults_of(parameters: object, prefix: str, *, assumed: bool) -> dict[str, BoundValue]:
    """The defaults of parameters, by their references.

    An empty one that is only assumed is none: each run is given another.
    """
    defaults: dict[str, BoundValue] = {}
    for name, parameter in parameters.items() if isinstance(parameters, dict) else ():
        default = parameter.get("defaultValue") if isinstance(parameter, dict) else None
        if default is not None and not (assumed and default in ("", [], {})):
            defaults[f"{prefix}.{name.lower()}"] = BoundValue(default, assumed)
    return defaults
