"""Disclosure: what of SQL text may be seen by others.

All that is sent, written or shown of it passes through here.

    INSERT dbo.T SELECT a, 'x' FROM dbo.S WHERE b = N'y' AND c = 7 -- why
    INSERT dbo.T SELECT a, '***' FROM dbo.S WHERE b = N'***' AND c = 7

By default every string is blanked but those that lineage needs to be readable (`readable`),
comments are left out, and so are values that only lost their quotes (`bare`). It is made from the
tokens, so it does not depend on what a secret is called. Who asks for literals to be kept sees
those that no pattern takes for a secret (`model.secret_words`).
"""

from __future__ import annotations

from .text import HIDDEN, disclosed, is_concealed, shown, strings_in_double_quotes

__all__ = ["HIDDEN", "disclosed", "is_concealed", "shown", "strings_in_double_quotes"]
