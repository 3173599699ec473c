"""One picture from bytes that may be anything: what is taken is square, upright and 64 x 64; the rest says why not."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.core.pictures_made import drawing, photo, raw
from vae_core.pictures import reading
from vae_core.pictures.reading import KEPT, Unreadable, read, read_picture

FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]


def reason(content: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_picture(content)
    assert "\n" not in refusal.value.reason and not refusal.value.reason.endswith(".")
    return refusal.value.reason


def near(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_gives_the_same_picture(kind):
    image = photo(3, 128, 128)
    found = read_picture(raw(image, kind))
    assert found.shape == (KEPT, KEPT, 4) and found.dtype == np.uint8 and (found[..., 3] == 255).all()
    wanted = np.asarray(image.resize((KEPT, KEPT), Image.Resampling.BOX))
    assert near(found[..., :3], wanted) < (12 if kind == "GIF" else 4)  # a GIF has 256 colours


def test_what_is_64_x_64_already_is_kept_to_the_bit_with_its_transparency():
    pixels = np.random.default_rng(0).integers(0, 256, (KEPT, KEPT, 4), dtype=np.uint8)
    pixels[:9, :, 3] = 0
    assert (read_picture(raw(Image.fromarray(pixels))) == pixels).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_stands_as_the_camera_was_held(kind, turn):
    """The inverse of each turn, told by EXIF, gives the picture back."""
    upright = np.zeros((96, 96, 3), np.uint8)
    upright[:48, :48], upright[:48, 48:], upright[48:, :48] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    back = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[turn]  # fmt: skip
    held = Image.fromarray(upright)
    exif = Image.Exif()
    exif[0x0112] = turn
    found = read_picture(raw(held if back is None else held.transpose(back), kind, exif=exif))
    assert near(found[..., :3], np.asarray(Image.fromarray(upright).resize((KEPT, KEPT), Image.Resampling.BOX))) < 6


def test_nothing_but_pixels_is_kept():
    """The result is an array; what it was made from had a comment, a place and a name in it."""
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "at home", {1: "N", 2: (48.0, 8.0, 11.0)}
    plain, told = raw(photo(1), "JPEG", quality=95), raw(photo(1), "JPEG", quality=95, exif=exif, comment=b"secret")
    assert told != plain
    assert (read_picture(told) == read_picture(plain)).all()


def as_mode(mode: str) -> Image.Image:
    grey = photo(5, 128, 128).convert("L")
    if mode == "I;16":
        return Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    if mode in ("I", "F"):
        return Image.fromarray(np.asarray(grey).astype("i4" if mode == "I" else "f4") * (257 if mode == "I" else 1))
    return grey.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("I;16", "PNG"), ("I;16", "TIFF"), ("F", "TIFF"),
     ("I", "TIFF"), ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("YCbCr", "JPEG"), ("LAB", "TIFF")],
)  # fmt: skip
def test_each_kind_of_colour_becomes_red_green_and_blue(mode, kind):
    grey = photo(5, 128, 128).convert("L")
    image = grey.convert("RGB") if mode == "LAB" else as_mode(mode)
    if mode == "LAB":
        from PIL import ImageCms

        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        image = ImageCms.applyTransform(image, ImageCms.buildTransform(srgb, lab, "RGB", "LAB"))
    found = read_picture(raw(image, kind))[..., :3].astype(float)
    wanted = np.asarray(grey.resize((KEPT, KEPT), Image.Resampling.BOX)).astype(float)
    correlation = np.corrcoef(found.mean(-1).ravel(), wanted.ravel())[0, 1]
    assert correlation > (0.7 if mode == "1" else 0.9)
    assert np.ptp(found) > 100  # nothing is cut off at 255, nor all of it dark


def test_the_transparency_of_a_palette_is_kept():
    image = Image.new("P", (80, 80), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.paste(1, (20, 20, 60, 60))
    found = read_picture(raw(image, "PNG", transparency=0))
    assert (found[:8, :, 3] == 0).all() and (found[24:40, 24:40] == (0, 255, 0, 255)).all()


def test_of_a_film_the_first_picture_is_taken_and_said_so():
    frames = [photo(k, 70, 70) for k in range(5)]
    film = read(raw(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert "first" in film.note
    still = read(raw(frames[0], "GIF"))
    assert still.note == ""
    assert near(film.rgba, still.rgba) < 10


def test_a_picture_with_a_second_one_behind_it_is_read_as_a_phone_made_it():
    """Two megapixels of each would be read as a whole, were it taken for a film."""
    image, behind = photo(4, 1_600, 1_200), photo(5, 800, 600)
    plain, both = raw(image, "JPEG"), raw(image, "MPO", save_all=True, append_images=[behind])
    found = read(both)
    assert found.note == "" and near(found.rgba, read_picture(plain)) < 3


# ---- square


def test_a_photograph_is_cut_to_its_middle():
    wide = np.random.default_rng(0).integers(0, 256, (64, 192, 3), dtype=np.uint8)
    found = read_picture(raw(Image.fromarray(wide)))
    assert (found[..., :3] == wide[:, 64:128]).all()


def test_what_stands_on_plain_ground_is_kept_whole():
    wide = np.full((40, 160), 250, np.uint8)
    wide[18:22, 8:152] = 10  # a long stroke, whose ends a cut would lose
    found = read_picture(raw(Image.fromarray(wide)))
    dark = np.flatnonzero((found[..., 0] < 128).any(0))
    assert dark.min() <= 4 and dark.max() >= 59
    assert (found[0] == (250, 250, 250, 255)).all()  # more of its own ground


@given(st.integers(8, 300), st.integers(8, 300))
def test_any_shape_becomes_square(width, height):
    found = read_picture(raw(photo(1, width, height), "BMP"))
    assert found.shape == (KEPT, KEPT, 4)


def test_a_large_picture_read_in_strips_is_as_one_read_whole():
    image = photo(7, 3_000, 2_600)
    found = read_picture(raw(image, "PNG", compress_level=1))[..., :3]
    middle = image.crop((200, 0, 2_800, 2_600)).resize((KEPT, KEPT), Image.Resampling.BOX)
    assert near(found, np.asarray(middle)) < 3


# ---- refused


OTHERS = {
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40,
    "AVIF": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + b"\0" * 40,
    "video": b"\0\0\0\x18ftypmp42\0\0\0\0" + b"\0" * 40,
    "PDF": b"%PDF-1.7\n" + b"1 0 obj\n" * 9,
    "SVG": b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'></svg>",
    "SVG ": b"\n<svg width='9'><script>alert(1)</script></svg>",
    "Photoshop": b"8BPS\0\1" + b"\0" * 60,
    "archive": b"PK\x03\x04" + b"\0" * 40,
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_picture_that_is_read_is_called_by_its_name(name):
    said = reason(OTHERS[name])
    assert name.strip() in said
    assert "save" in said or "unpack" in said  # what to do


@pytest.mark.parametrize("content", [b"", b"x", b"hello, I am a text", bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_at_all(content):
    assert reason(content)


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 2)])
def test_nearly_nothing_is_refused_with_its_size(size):
    assert f"{size[0]} x {size[1]}" in reason(raw(Image.new("RGB", size)))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_that_is_cut_off_is_refused_or_read(kind, share):
    """Never half of a picture: of what Pillow cannot read to its end nothing is taken."""
    whole = raw(photo(2, 200, 200), kind)
    try:
        found = read_picture(whole[: int(share * len(whole))])
    except Unreadable as refusal:
        assert refusal.reason == "is broken or cut off" or "is not a picture" in refusal.reason
    else:
        assert near(found, read_picture(whole)) < 1  # what was missing did not matter


def png(width: int, height: int, mode: int = 2, content: bytes = b"") -> bytes:
    """A PNG that says it has so many pixels, whatever there is in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, mode, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(content)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 20_000, 60_000])
def test_too_many_pixels_are_refused_before_anything_is_decoded(side, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("it was decoded"))
    for mode in (0, 2, 3, 6):
        assert "larger than 40 megapixels" in reason(png(side, side, mode))


def test_what_would_take_too_much_memory_is_refused_by_its_kind():
    assert "larger than 20 megapixels" in reason(png(6_000, 5_000))  # 30 megapixels in colour
    assert "larger than 5 megapixels" in reason(raw(Image.new("RGB", (3_000, 2_000)), "WEBP"))


def test_a_tile_larger_than_its_picture_is_refused(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("it was decoded"))
    side, packed = 16, zlib.compress(bytes(256))
    tags = {256: side, 257: side, 258: 8, 259: 8, 262: 1, 277: 1, 322: 60_000, 323: 60_000, 324: 200, 325: len(packed)}
    table = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, v) for tag, v in tags.items())
    tiff = (b"II*\0" + struct.pack("<I", 8) + table + bytes(4)).ljust(200, b"\0") + packed
    assert "broken" in reason(tiff)


def test_what_a_pad_gives_is_as_what_a_file_gives():
    pixels = np.array(drawing(1, side=280).convert("RGBA"))
    assert near(reading.from_pixels(pixels), read_picture(raw(Image.fromarray(pixels)))) < 1
    with pytest.raises(Unreadable):
        reading.from_pixels(pixels[:3])
