"""One image file becomes bytes: every mode, size and orientation, and every way to be broken."""

import struct
import threading
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from cnnspec.core.errors import UserError
from cnnspec.data.images.decode import decode

NOISE = np.random.default_rng(0)
COLOUR = NOISE.integers(0, 256, (6, 8, 3), np.uint8)
GREY = NOISE.integers(0, 256, (6, 8), np.uint8)
DEEP = NOISE.integers(0, 65536, (6, 8), np.uint16)


def decoded(path, shape, resize="crop"):
    values = decode(path, shape, resize)
    assert isinstance(values, bytes)
    return np.frombuffer(values, np.uint8).reshape(shape)


def saved(tmp_path, image, name="a.png", **options):
    image.save(tmp_path / name, **options)
    return tmp_path / name


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.ppm", "a.webp"])
def test_colours_of_the_size_are_taken_as_they_are(tmp_path, name):
    path = saved(tmp_path, Image.fromarray(COLOUR), name, **({"lossless": True} if "webp" in name else {}))
    assert COLOUR.transpose(2, 0, 1).tolist() == decoded(path, (3, 6, 8)).tolist()


def test_grey_fills_each_colour(tmp_path):
    path = saved(tmp_path, Image.fromarray(GREY))
    assert [GREY.tolist()] == decoded(path, (1, 6, 8)).tolist()
    assert [GREY.tolist()] * 3 == decoded(path, (3, 6, 8)).tolist()
    assert [*[GREY.tolist()] * 3, [[255] * 8] * 6] == decoded(path, (4, 6, 8)).tolist()


def test_colours_become_the_luminance(tmp_path):
    image = Image.fromarray(COLOUR)
    assert [np.asarray(image.convert("L")).tolist()] == decoded(saved(tmp_path, image), (1, 6, 8)).tolist()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_is_kept_for_four_channels_alone(tmp_path, mode):
    image = Image.fromarray(np.dstack([COLOUR, GREY])).convert(mode)
    path = saved(tmp_path, image, "a.png" if mode != "PA" else "a.tif")
    wanted = np.asarray(Image.open(path).convert("RGBA")).transpose(2, 0, 1)
    assert wanted.tolist() == decoded(path, (4, 6, 8)).tolist()
    assert wanted[:3].tolist() == decoded(path, (3, 6, 8)).tolist()
    assert (1, 6, 8) == decoded(path, (1, 6, 8)).shape


@pytest.mark.parametrize("transparency", [{}, {"transparency": 5}, {"transparency": bytes(range(256))}])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_palette_is_looked_up(tmp_path, transparency, channels):
    image = Image.fromarray(COLOUR).quantize(40)
    path = saved(tmp_path, image, **transparency)
    rgba = Image.open(path).convert("RGBA")
    wanted = {1: "L", 3: "RGB", 4: "RGBA"}[channels]
    got = decoded(path, (channels, 6, 8))
    assert (
        np.asarray(rgba.convert(wanted)).reshape(6, 8, channels).transpose(2, 0, 1).tolist() == got.tolist()
    )


def test_black_and_white_are_0_and_255(tmp_path):
    path = saved(tmp_path, Image.fromarray(GREY).convert("1"))
    assert {0, 255} == set(decoded(path, (3, 6, 8)).flatten().tolist())


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm"])
def test_grey_of_16_bits_is_scaled_and_not_cut_off(tmp_path, name):
    path = saved(tmp_path, Image.fromarray(DEEP), name)
    assert [np.rint(DEEP / 257).tolist()] == decoded(path, (1, 6, 8)).tolist()
    assert decoded(path, (3, 6, 8)).tolist() == [decoded(path, (1, 6, 8))[0].tolist()] * 3


@pytest.mark.parametrize("factor", [1, 255])
def test_floats_are_taken_from_0_to_1_or_from_0_to_255(tmp_path, factor):
    path = saved(
        tmp_path, Image.fromarray(np.linspace(0, factor, 48, dtype=np.float32).reshape(6, 8)), "a.tif"
    )
    assert [np.rint(np.linspace(0, 255, 48)).reshape(6, 8).tolist()] == decoded(path, (1, 6, 8)).tolist()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.full((6, 8), -1, np.float32), "floats from -1 to -1"),
        (np.full((6, 8), 300, np.float32), "floats from 300 to 300"),
        (np.full((6, 8), np.nan, np.float32), "floats from nan"),
        (np.full((6, 8), 70000, np.int32), "numbers from 70000 to 70000: 0 to 65,535"),
        (np.full((6, 8), -3, np.int32), "numbers from -3"),
    ],
)
def test_numbers_without_a_known_range_are_an_error(tmp_path, values, why):
    path = saved(tmp_path, Image.fromarray(values), "a.tif")
    with pytest.raises(UserError, match=why):
        decode(path, (1, 6, 8), "crop")


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_inks_become_colours(tmp_path, name):
    path = saved(tmp_path, Image.fromarray(COLOUR).convert("CMYK"), name)
    wanted = np.asarray(Image.open(path).convert("RGB")).transpose(2, 0, 1)
    assert wanted.tolist() == decoded(path, (3, 6, 8)).tolist()


def test_colours_that_are_not_read_are_named(tmp_path):
    path = saved(tmp_path, Image.new("LAB", (8, 6)), "a.tif")
    with pytest.raises(UserError, match=r"a\.tif: can't be decoded \(the colours are LAB\)"):
        decode(path, (3, 6, 8), "crop")


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_of_an_animation_the_first_frame_is_taken(tmp_path, name):
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue", "green")]
    options = {"lossless": True} if name == "a.webp" else {}
    path = saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:], **options)
    assert [255, 0, 0] == decoded(path, (3, 6, 8))[:, 3, 4].tolist()


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp"])
def test_the_exif_orientation_is_obeyed(tmp_path, orientation, name):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if name == "a.webp" else {}
    path = saved(tmp_path, Image.fromarray(COLOUR), name, exif=exif, **options)
    with Image.open(path) as image:
        wanted = np.asarray(ImageOps.exif_transpose(image)).transpose(2, 0, 1)
    assert wanted.tolist() == decoded(path, wanted.shape).tolist()


def test_an_exif_that_is_broken_turns_nothing(tmp_path):
    path = saved(tmp_path, Image.fromarray(COLOUR), exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert COLOUR.transpose(2, 0, 1).tolist() == decoded(path, (3, 6, 8)).tolist()


def ramp(width, height):
    """Bright to the right: where a column lies in the picture can be told from its level."""
    return Image.fromarray(np.tile(np.linspace(0, 255, width).round().astype(np.uint8), (height, 1)))


def test_crop_takes_the_centre_of_what_covers_the_size(tmp_path):
    path = saved(tmp_path, ramp(256, 64))
    got = decoded(path, (1, 32, 32))[0].astype(int)
    assert abs(got.mean() - 127.5) < 1
    assert (int(got.min()), int(got.max())) == pytest.approx((96, 159), abs=3)


def test_crop_of_a_tall_picture_keeps_its_width(tmp_path):
    got = decoded(saved(tmp_path, ramp(64, 256)), (1, 32, 32))[0]
    assert (int(got.min()), int(got.max())) == pytest.approx((0, 255), abs=3)


def test_stretch_keeps_the_whole(tmp_path):
    got = decoded(saved(tmp_path, ramp(256, 64)), (1, 32, 32), "stretch")[0]
    assert (int(got.min()), int(got.max())) == pytest.approx((0, 255), abs=5)
    assert (got == got[0]).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_pad_keeps_the_whole_between_black_bars(tmp_path, mode):
    channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    path = saved(tmp_path, Image.new(mode, (256, 64), "white"))
    got = decoded(path, (channels, 32, 32), "pad")
    bars = np.concatenate([got[:3, :12], got[:3, 20:]], axis=1)
    assert (0, 255) == (bars.max(), got[:, 12:20].min())
    assert got[3:].tolist() == [[[255] * 32] * 32] * (channels - 3)


def test_a_line_of_pixels_is_padded_to_a_line(tmp_path):
    got = decoded(saved(tmp_path, Image.new("L", (1000, 1), "white")), (1, 5, 5), "pad")[0]
    assert [0, 0, 255, 0, 0] == got[:, 2].tolist()


@pytest.mark.parametrize("resize", ["crop", "stretch", "pad"])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 5), (299, 301)])
def test_a_picture_of_any_size_fits(tmp_path, resize, size):
    path = saved(tmp_path, ramp(*size), "a.jpg")
    assert (3, 16, 24) == decoded(path, (3, 16, 24), resize).shape


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("resize", ["crop", "stretch", "pad"])
def test_a_large_jpeg_is_what_pillow_makes_of_it(tmp_path, orientation, resize):
    """Decoded at a part of its size, turned last: close to decoding the whole, turning and resizing it."""
    y, x = np.mgrid[:600, :800]
    waves = np.dstack([np.sin(x / 90) * 100 + 120, np.cos(y / 70) * 90 + 120, (x + y) / 6]).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, Image.fromarray(waves), "a.jpg", exif=exif, quality=95)
    got = decoded(path, (3, 48, 40), resize).astype(int)
    with Image.open(path) as image:
        whole = ImageOps.exif_transpose(image)
    fit = {"crop": ImageOps.fit, "stretch": Image.Image.resize, "pad": ImageOps.pad}[resize]
    wanted = np.asarray(fit(whole, (40, 48))).transpose(2, 0, 1).astype(int)
    assert np.abs(got - wanted).mean() < 2


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width, height):
    """A PNG that claims a size and holds a pixel."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("width", [10_000, 100_000])
def test_an_image_of_too_many_pixels_is_not_decoded(tmp_path, width):
    (tmp_path / "a.png").write_bytes(bomb(width, 10_000))
    with pytest.raises(UserError, match=r"a\.png: more pixels than the 89,478,485 that Pillow trusts"):
        decode(tmp_path / "a.png", (3, 6, 8), "crop")


def broken(tmp_path):
    good = saved(tmp_path, ramp(80, 60), "good.jpg").read_bytes()
    png = saved(
        tmp_path, Image.fromarray(NOISE.integers(0, 256, (90, 80, 3), np.uint8)), "good.png"
    ).read_bytes()
    return {
        "empty": (b"", "not an image that Pillow knows"),
        "a text": (b"not an image", "not an image that Pillow knows"),
        "a JPEG cut off": (good[:-300], "can't be decoded"),
        "a JPEG's beginning": (good[:20], "image"),
        "a PNG cut off": (png[: len(png) // 2], "can't be decoded"),
        "a PNG with wrong bytes": (
            bomb(80, 80).replace(zlib.compress(b"\0\0"), b"no zlib stream"[:10]),
            "can't be decoded",
        ),
        "a PNG without pixels": (bomb(80, 80), "can't be decoded"),
    }


@pytest.mark.parametrize("how", ["empty", "a text", "a JPEG cut off", "a JPEG's beginning", "a PNG cut off",
                                 "a PNG with wrong bytes", "a PNG without pixels"])  # fmt: skip
@pytest.mark.parametrize("channels", [1, 3])
def test_a_broken_file_is_named_in_one_line(tmp_path, how, channels):
    content, phrase = broken(tmp_path)[how]
    (tmp_path / "bad.jpg").write_bytes(content)
    with pytest.raises(UserError) as caught:
        decode(tmp_path / "bad.jpg", (channels, 6, 8), "crop")
    assert str(tmp_path / "bad.jpg") in caught.value.message
    assert phrase in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match=r"none\.png: there is no such file"):
        decode(tmp_path / "none.png", (3, 6, 8), "crop")


def test_a_folder_is_named(tmp_path):
    with pytest.raises(UserError, match="Is a directory"):
        decode(tmp_path, (3, 6, 8), "crop")


def test_memory_that_is_not_there_is_told(tmp_path, monkeypatch):
    def run_out(*_):
        raise MemoryError

    path = saved(tmp_path, Image.fromarray(COLOUR))
    monkeypatch.setattr("cnnspec.data.images.decode.planes", run_out)
    with pytest.raises(UserError, match="more than memory holds"):
        decode(path, (3, 6, 8), "crop")


def test_threads_decode_the_same(tmp_path):
    path = saved(tmp_path, ramp(300, 200), "a.jpg")
    wanted, found = decode(path, (3, 32, 32), "crop"), []
    threads = [
        threading.Thread(target=lambda: found.append(decode(path, (3, 32, 32), "crop"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [wanted] * 8 == found
