"""One picture of a visitor's, from bytes to 64 x 64 RGBA: upright, square, and nothing else of the file.

What a file says of itself is compared with the limits before anything is decoded, and large pictures are made smaller
strip by strip, so that no file within the limits takes much memory. Pillow's own check for bombs stays on. Imports no
torch.
"""

from __future__ import annotations

import io
import re
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from PIL import Image

KEPT = 64  # pixels to a side of what is kept, which is the largest that one trains on
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
JPEGS = ("JPEG", "MPO")  # many a phone puts a second picture, of how far things are, behind the first
LEAST = 8  # pixels to a side
MEGAPIXELS = 40
DECODED = 80_000_000  # bytes that decoding one picture may take
LONGEST = 4  # times its shorter side: more of it would be cut off in any case
PLAIN = 24  # of 255, by which the edge of a picture on plain ground may differ from pixel to pixel
ORIENTATION = 0x0112  # in EXIF
TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}


class Unreadable(Exception):
    """A file that is not taken. ``reason`` goes on a sentence: "cat.heic is a HEIC picture; save it as JPEG"."""

    def __init__(self, reason: str, megapixels: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.megapixels = megapixels  # that were decoded all the same


class Reading(NamedTuple):
    rgba: np.ndarray  # (KEPT, KEPT, 4) uint8
    note: str  # what a visitor should know of it, e.g. that only the first picture of a film was taken; mostly empty
    megapixels: float  # that were decoded for it


def read_picture(raw: bytes, megapixels: float = MEGAPIXELS) -> np.ndarray:
    """(KEPT, KEPT, 4) uint8, red, green, blue and opacity. Raises Unreadable."""
    return read(raw, megapixels).rgba


def read(raw: bytes, megapixels: float = MEGAPIXELS) -> Reading:
    """The same, with what is to be said of it. Raises Unreadable."""
    if other := _other_kind(raw):
        raise Unreadable(other)
    decoded = 0.0
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            _check(image, raw, megapixels)
            decoded = image.width * image.height / 1_000_000  # of a large JPEG the smaller one that its reader makes
            return Reading(_square(_upright(_small(image))), _note(image), decoded)
    except Unreadable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unreadable(f"is larger than {megapixels:g} megapixels") from None
    except Image.UnidentifiedImageError:
        raise Unreadable("is not a picture that can be read") from None
    except Exception:  # damaged bytes make readers raise almost anything, RecursionError and MemoryError included
        raise Unreadable("is broken or cut off", decoded) from None


def from_pixels(rgba: np.ndarray) -> np.ndarray:
    """What a pad or a camera gives, (height, width, 4) uint8, as ``read_picture`` would have it. Raises Unreadable."""
    if min(rgba.shape[:2]) < LEAST:
        raise Unreadable(f"is smaller than {LEAST} x {LEAST} pixels")
    return _square(_shrunk(Image.fromarray(np.ascontiguousarray(rgba), "RGBA")))


# ---- before anything is decoded

_SAVE = "save it as PNG or JPEG"
_OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), reason)
    for pattern, reason in (
        (rb"....ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)", f"is a HEIC picture; {_SAVE}"),
        (rb"....ftypavi[fs]", f"is an AVIF picture; {_SAVE}"),
        (rb"....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI |\0\0\x01[\xb3\xba]", "is a video; save single pictures of it"),
        (rb"\s*%PDF", f"is a PDF; {_SAVE}"),
        (rb"(\xef\xbb\xbf)?\s*(<\?xml.{0,500}?)?(<!--.{0,500}?-->\s*)?(<!DOCTYPE svg.{0,300}?)?<svg",
         f"is an SVG drawing; {_SAVE}"),
        (rb"8BPS", f"is a Photoshop file; {_SAVE}"),
        (rb"\0\0\x01\0", f"is an icon file; {_SAVE}"),
        (rb"\xff\x0a|\0\0\0\x0cJXL |\0\0\0\x0cjP  |\xff\x4f\xff\x51", f"is of a format that is not read; {_SAVE}"),
        (rb"PK\x03\x04|PK\x05\x06|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ", "is an archive; unpack it first"),
    )
)  # fmt: skip


def _other_kind(raw: bytes) -> str:
    """The reason why a file of a known kind is not taken, or nothing."""
    head = raw[:1_500]
    if not head:
        return "is empty"
    return next((reason for pattern, reason in _OTHERS if pattern.match(head)), "")


def _check(image: Image.Image, raw: bytes, megapixels: float) -> None:
    """Refuse what is too large or too small by what its header says; nothing is decoded yet. Raises Unreadable."""
    width, height = image.size
    if min(width, height) < LEAST:
        raise Unreadable(f"has {width} x {height} pixels; it takes at least {LEAST} x {LEAST}")
    if width * height > megapixels * 1_000_000:
        raise Unreadable(f"is larger than {megapixels:g} megapixels")
    cost = _cost(image, raw)
    if width * height * cost > DECODED:
        raise Unreadable(f"is larger than {DECODED // cost // 1_000_000} megapixels, the most for its format; {_SAVE}")
    if image.format == "TIFF":
        tags = image.tag_v2  # type: ignore[attr-defined]
        tile = int(tags.get(322, 0)) * int(tags.get(323, 0))
        if tile * 4 > max(DECODED // 8, width * height * 4):
            raise Unreadable("is broken or cut off")


def _cost(image: Image.Image, raw: bytes) -> int:
    """Bytes to a pixel while it is decoded, at most (measured)."""
    if image.format in JPEGS:
        image.draft("CMYK" if image.mode == "CMYK" else "RGB", (2 * KEPT, 2 * KEPT))
        return 2 * len(image.getbands()) if image.info.get("progressive") or _many_scans(raw) else 1
    if image.format == "WEBP":  # its library holds two whole frames, and a third while it works
        return 16
    if image.format == "GIF":  # the first picture, what is shown of it
        return 6
    cost = 1 if image.mode in ("1", "L", "P") else 3 if image.mode.startswith("I;16") else 4
    if image.mode in ("I", "F"):  # and the same in 8 bits
        cost = 5
    packed = image.format == "TIFF" and image.info.get("compression") != "raw"
    return 2 * cost if packed else cost  # all of it may be one strip


def _many_scans(raw: bytes) -> bool:
    """Whether a JPEG's colours come one after the other, for which its reader keeps all of it."""
    at, parts = 2, 0
    while at + 9 < len(raw) and raw[at] == 0xFF:
        kind, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        if kind == 0xDA:
            return raw[at + 4] < parts
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            parts = raw[at + 9]
        at += 2 + max(length, 2)
    return True


def _note(image: Image.Image) -> str:
    several = False
    with suppress(Exception):  # counting may stumble over what comes after the first picture
        several = image.format != "MPO" and bool(getattr(image, "is_animated", False))
    return "only the first picture was added" if several else ""


# ---- decoding


def _small(image: Image.Image) -> Image.Image:
    """The middle of a picture as RGBA, a few hundred pixels to a side; never all of it in four colours."""
    image.load()
    image = _grey_of_8_bits(image)
    width, height = image.size
    longest = LONGEST * min(width, height)
    left, top = max((width - longest) // 2, 0), max((height - longest) // 2, 0)
    width, height = min(width, longest), min(height, longest)
    times = max(min(width, height) // (2 * KEPT), 1)
    if times == 1 and (left, top) == (0, 0) and width * height <= 1_000_000:
        return _upright_by(_rgba(image), image)
    rows = max(500_000 // width // times, 1) * times
    strips = [
        _rgba(image.crop((left, y, left + width, min(y + rows, top + height)))).reduce(times)
        for y in range(top, top + height, rows)
    ]
    whole = Image.new("RGBA", (strips[0].width, sum(strip.height for strip in strips)))
    y = 0
    for strip in strips:
        whole.paste(strip, (0, y))
        y += strip.height
    return _upright_by(whole, image)


def _grey_of_8_bits(image: Image.Image) -> Image.Image:
    """Pictures of 16 and 32 bits a pixel, which Pillow would cut off at 255."""
    if not image.mode.startswith(("I", "F")):
        return image
    rows = max(1_000_000 // image.width, 1)
    low, high = 0.0, 65_535.0
    if image.mode == "F":
        low, high = (float(end) for end in image.getextrema())  # type: ignore[arg-type]
    elif image.mode == "I" and image.getextrema()[1] <= 255:  # type: ignore[operator]
        high = 255.0
    made = Image.new("L", image.size)
    for y in range(0, image.height, rows):
        strip = np.asarray(image.crop((0, y, image.width, min(y + rows, image.height))), np.float32)
        strip = np.nan_to_num((strip - low) * (255 / max(high - low, 1e-6)), nan=0.0)
        made.paste(Image.fromarray(np.rint(strip.clip(0, 255)).astype(np.uint8)), (0, y))
    made.info = image.info
    made.getexif().update(image.getexif())
    return made


def _rgba(image: Image.Image) -> Image.Image:
    """Whatever the mode: palette, two colours, CMYK, with or without opacity."""
    if image.mode == "RGBA":
        return image
    if image.mode in ("LAB", "HSV", "YCbCr", "CMYK"):
        image = image.convert("RGB")
    return image.convert("RGBA")


def _upright_by(small: Image.Image, image: Image.Image) -> Image.Image:
    """Remember how the camera was held."""
    turn = 1
    with suppress(Exception):  # EXIF that cannot be read says nothing
        turn = int(image.getexif().get(ORIENTATION, 1))
    small.info = {"turn": turn}
    return small


def _upright(image: Image.Image) -> Image.Image:
    for turn in TURNS.get(image.info.get("turn", 1), ()):
        image = image.transpose(turn)
    return image


# ---- square


def _shrunk(image: Image.Image) -> Image.Image:
    times = max(min(image.size) // (2 * KEPT), 1)
    return image.reduce(times) if times > 1 else image


def _square(image: Image.Image) -> np.ndarray:
    """(KEPT, KEPT, 4): what stands on plain ground is kept whole, of other pictures the middle is."""
    width, height = image.size
    if width != height:
        image = _padded(image) or _middle(image)
    if image.size != (KEPT, KEPT):
        image = image.resize((KEPT, KEPT), Image.Resampling.BOX if image.width > KEPT else Image.Resampling.BILINEAR)
    return np.array(image)


def _middle(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _padded(image: Image.Image) -> Image.Image | None:
    """A square with the picture in its middle and its ground around it; None if its edge is not of one colour."""
    pixels = np.asarray(image)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(np.int16)
    edge[edge[:, 3] < 8] = 0  # what is transparent has no colour
    ground = np.median(edge, 0)
    if (np.abs(edge - ground).max(1) > PLAIN).mean() > 0.05:
        return None
    side = max(image.size)
    square = Image.new("RGBA", (side, side), tuple(int(value) for value in ground))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
