"""Codes that cannot be misread, and tokens that cannot be guessed.

A code has no vowel, so that it is no word; of letters and digits that look alike it has one at most, and the others
are taken for that one. All four letters differ.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

LETTERS = "BDHJKMNPRTVWXZ"
LENGTH = 4
SECRET = 12  # letters: 45 bits, for ten minutes
TOKEN = re.compile(r"[0-9a-f]{32}")  # 128 random bits

# What looks like a letter of ours: digits, other letters, and those of Cyrillic and Greek keyboards.
ALIKE = str.maketrans("80OQUY2ВНКМРТХΒΗΚΜΝΡΤΧΖ", "BDDDVVZBHKMPTXBHKMNPTXZ")


def new_code() -> str:
    """Four different letters."""
    return "".join(secrets.SystemRandom().sample(LETTERS, LENGTH))


def read_code(text: str) -> str | None:
    """The code that somebody typed, however they wrote it; None if it cannot be one."""
    return _letters(text, LENGTH)


def new_secret() -> str:
    """What a long code has after the room's own, and makes another device the teacher's: 12 letters."""
    return "".join(secrets.choice(LETTERS) for _ in range(SECRET))


def long_code(code: str, secret: str) -> str:
    """Both as they are shown: four groups of four letters."""
    letters = code + secret
    return " ".join(letters[k : k + 4] for k in range(0, len(letters), 4))


def read_long_code(text: str) -> tuple[str, str] | None:
    """The room's code and the secret of a long code that somebody typed; None if it cannot be one."""
    letters = _letters(text, LENGTH + SECRET)
    return (letters[:LENGTH], letters[LENGTH:]) if letters else None


def _letters(text: str, length: int) -> str | None:
    if len(text) > 100:
        return None
    plain = unicodedata.normalize("NFKC", text).upper().translate(ALIKE)
    letters = re.sub(r"[\s.,_·–—-]", "", plain)
    return letters if len(letters) == length and set(letters) <= set(LETTERS) else None


def new_token() -> str:
    """32 hexadecimal digits."""
    return secrets.token_hex(16)


def hashed(room: int, token: str) -> str:
    """How a token stands in the file: reading it gives no right to anything, and no two rooms' are alike."""
    return hashlib.sha256(f"latent lab room {room} {token}".encode()).hexdigest()
