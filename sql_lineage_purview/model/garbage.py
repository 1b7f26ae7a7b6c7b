"""How often the interpreter looks for objects that only hold each other in circles.

Nothing else holds these objects.

Facts and graphs have no circles and live until the end of a command, so looking them through as
often as Python does by default takes a sixth of a scan and finds nothing. The trees of the parser
library have circles; some hundred of them may wait.
"""

from __future__ import annotations

import gc

_OBJECTS = 50_000  # new ones before Python looks; some 10 MB


def collect_seldom() -> None:
    """Let this process look seldom.

    It stays so: what owns the process says it, its start or the command, no library.
    """
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
