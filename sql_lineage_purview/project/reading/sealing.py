"""Sealing of cache entries: who has not the script that an entry was made of cannot read it.

Facts hold the constants that dynamic SQL is made of, and any of them may be a secret. So an entry
is mixed with a stream of bytes whose key is the script itself: it tells nothing that its reader has
not, and is read back to the letter.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

_SALT_BYTES = 16


def seal(text: str, key: bytes) -> str:
    """A text that only the key opens. `key`: a digest of what the text was made of."""
    content, salt = text.encode("utf-8", "surrogatepass"), secrets.token_bytes(_SALT_BYTES)
    return base64.b64encode(salt + _mixed(content, key + salt)).decode("ascii")


def unseal(sealed: bytes, key: bytes) -> str:
    """What was sealed.

    Raises:
        ValueError: it is damaged, or was sealed with another key.
    """
    content = base64.b64decode(sealed, validate=True)
    return _mixed(content[_SALT_BYTES:], key + content[:_SALT_BYTES]).decode(
        "utf-8", "surrogatepass"
    )


def _mixed(content: bytes, key: bytes) -> bytes:
    stream = hashlib.shake_256(key).digest(len(content))
    return (int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")).to_bytes(
        len(content), "big"
    )
