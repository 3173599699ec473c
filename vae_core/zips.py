"""Zips from elsewhere: the one way to open one, which unpacks nothing that could fill the memory. Imports no torch.

Python asks only DEFLATE for no more bytes than were wanted. BZIP2 and LZMA unpack all that was read, whatever size the
table of contents declares: 300 bytes become 300 MB.
"""

from __future__ import annotations

import zipfile
from typing import IO, Any

PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Odd(zipfile.BadZipFile):
    """A part that is encrypted, or packed in another way than by DEFLATE."""


def is_encrypted(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & 1)


def is_plain(info: zipfile.ZipInfo) -> bool:
    """Whether a part can be unpacked piece by piece."""
    return info.compress_type in PLAIN and not is_encrypted(info)


class ForeignZip(zipfile.ZipFile):
    """A zip to read, of which every part is refused that is not plain, whoever asks for it."""

    def __init__(self, file: Any) -> None:
        super().__init__(file)

    def open(self, name: str | zipfile.ZipInfo, *how: Any, **more: Any) -> IO[bytes]:
        """As ``ZipFile.open``, which ``read`` uses too. Raises Odd."""
        if not is_plain(name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)):
            raise Odd("a part is encrypted, or packed in an unusual way")
        return super().open(name, *how, **more)
