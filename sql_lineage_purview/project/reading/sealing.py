"""Sealing of cache entries: who has not the script that an entry was made of cannot read it.

Facts hold the constants that dynamic SQL is made of, and any of them may be a secret. So an entry
is mixed with a stream of bytes whose key is the script itself: it tells nothing that its reader has
not, and is read back to the letter.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib

_SALT_BYTES = 16
_QUICKLY = 1


def seal(text: str, key: bytes) -> bytes:
    """A text, packed, that only the key opens. `key`: a digest of what the text was made of."""
    content = zlib.compress(text.encode("utf-8", "surrogatepass"), _QUICKLY)
    # two texts mixed with one stream give away their difference, and an entry may be written anew
    # with the same key
    salt = secrets.token_bytes(_SALT_BYTES)
    return salt + _mixed(content, key + salt)


def unseal(sealed: bytes, key: bytes, most: int) -> str:
    """What was sealed.

    Args:
        sealed: what `seal` gave.
        key: that of `seal`.
        most: bytes that the text may have.

    Raises:
        ValueError: it is damaged, was sealed with another key, or is longer.
    """
    content = _mixed(sealed[_SALT_BYTES:], key + sealed[:_SALT_BYTES])
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(content, most)
    except zlib.error as error:
        raise ValueError("not sealed with this key") from error
    if not unpacking.eof:
        raise ValueError("longer than a text may be, or cut off")
    return data.decode("utf-8", "surrogatepass")


def _mixed(content: bytes, key: bytes) -> bytes:
    stream = hashlib.shake_256(key).digest(len(content))
    return (int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")).to_bytes(
        len(content), "big"
    )
