"""Dependencies: which objects of the scan are asked for while a part of it is linked."""

from __future__ import annotations

from msgspec import Struct, field

from ...model.names import Name


class Dependencies(Struct):
    """The keys of the objects that a part of a linking has asked for.

    `spelled`: those that nothing defines and no text names, but a string that is put together only
    while it is executed, with the spelling of the first use. `borrowed`: has another part given one
    that this part spells otherwise?
    """

    asked: set[str] = field(default_factory=set)
    spelled: dict[str, Name] = field(default_factory=dict)
    borrowed: bool = False
