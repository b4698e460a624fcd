"""What outputs read of an input where it is not where a window slides."""

from __future__ import annotations

import pytest

from cnnspec.core.shape import Shape
from cnnspec.core.sliding_window import Reach, Taps
from cnnspec.layers import KINDS


@pytest.mark.parametrize(
    ("kind", "args", "expected"),
    [
        ("global_avgpool", {}, "whole"),
        ("adaptive_avgpool", {"output_size": 1}, "whole"),
        ("adaptive_avgpool", {"output_size": 5}, None),
        ("groupnorm", {"num_groups": 2}, "whole"),
        ("bn", {"track_running_stats": False}, "whole"),
        ("instancenorm", {}, "whole"),
        ("layernorm", {"axis": [1, 2]}, "whole"),
        ("layernorm", {"axis": 1}, None),
        ("softmax", {"axis": 1}, None),
        ("softmax", {}, (Reach(1, (Taps(0, 0b1),)),) * 2),
        ("layernorm", {}, (Reach(1, (Taps(0, 0b1),)),) * 2),
        ("flatten", {"start_axis": 1, "end_axis": 1}, (Reach(1, (Taps(0, 0b1),)),) * 2),
        (
            "upsample",
            {"scale_factor": 0.5, "mode": "nearest-exact"},
            (Reach(2, (Taps(1, 0b1),), "replicate"),) * 2,
        ),
        ("upsample", {"scale_factor": 2, "mode": "bilinear", "align_corners": True}, None),
        ("upsample", {"scale_factor": 0.7}, None),
        ("upsample", {"size": 7, "mode": "area"}, None),
        ("resize", {"size": 7, "mode": "bicubic", "antialias": True}, None),
        ("resize", {"like": "other"}, None),
        ("flatten", {}, "whole"),
        ("flatten", {"start_axis": 1}, None),
        ("unflatten", {"axis": 0, "unflattened_size": [2, 2]}, None),
        ("permute", {"axes": [0, 2, 1]}, None),
        ("pixel_shuffle", {"upscale_factor": 2}, (Reach(1, (Taps(0, 0b1), Taps(0, 0b1))),) * 2),
        ("pixel_unshuffle", {"downscale_factor": 2}, (Reach(2, (Taps(0, 0b11),)),) * 2),
        ("concat", {"axis": 1}, None),
        ("conv_transpose", {"out_channels": 1, "kernel_size": 300, "stride": 300}, None),
        ("pixel_shuffle", {"upscale_factor": 65_537}, None),
    ],
)
def test_reach_without_a_window(kind, args, expected):
    assert KINDS[kind](**args).reach(Shape((4, 8, 8))) == expected


def test_a_signal_that_is_normalised_along_itself_is_seen_whole():
    assert KINDS["softmax"](axis=1).reach(Shape((4, 8))) == "whole"


def test_resizing_by_a_ratio_has_a_reach():
    assert KINDS["resize"](size=[16, 4]).reach(Shape((4, 8, 8))) == (
        Reach(1, (Taps(0, 0b1), Taps(0, 0b1)), "replicate"),
        Reach(2, (Taps(0, 0b1),), "replicate"),
    )
    assert (
        KINDS["upsample"](scale_factor=2, mode="bilinear").reach(Shape((4, 8, 8)))
        == (Reach(1, (Taps(-1, 0b11), Taps(0, 0b11)), "replicate"),) * 2
    )
    assert (Reach(3, (Taps(1, 0b1),), "replicate"),) * 2 == KINDS["resize"](
        size=[3, 3], mode="bilinear"
    ).reach(Shape((4, 9, 9)))


def test_what_reads_nothing_reads_no_position_anywhere():
    assert (0b1, 0, 0b10, 0) == Reach(1, (Taps(0, 1), None)).reads(2, 4)


def test_a_window_that_is_too_wide_is_not_followed():
    assert KINDS["avgpool"](kernel_size=65_537).reach(Shape((1, 8))) is None


def test_beyond_the_ends_stands_what_the_padding_takes():
    def reads(border):
        return Reach(1, (Taps(-2, 0b1),), border).reads(3, 7)

    assert (0, 0, 0b1, 0b10, 0b100, 0, 0) == reads("cut")
    assert (0b1, 0b1, 0b1, 0b10, 0b100, 0b100, 0b100) == reads("replicate")
    assert (0b100, 0b10, 0b1, 0b10, 0b100, 0b10, 0b1) == reads("reflect")
    assert (0b10, 0b100, 0b1, 0b10, 0b100, 0b1, 0b10) == reads("circular")
