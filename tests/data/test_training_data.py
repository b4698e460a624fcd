"""The data of a training: what it is normalised by, what is told of what can not be read."""

import numpy as np
import pytest

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import Dataset, ImageFiles, Split
from cnnspec.data.training_data import training_data
from cnnspec.settings.augmentations.pixel_values import Normalise
from cnnspec.settings.train import Train
from tests.data.greys import COUNT, CPU, LABELS, dataset_of
from tests.runner.trainings import PIXELS, RAW


def test_the_scale_is_of_the_images_to_fit_alone():
    sets = training_data(RAW, Train(seed=4, validation=0.5), CPU)
    fitted = PIXELS[sets.fit_F].double()
    assert fitted.mean().item() == pytest.approx(sets.pipeline.statistics.mean[0], rel=1e-12)
    assert fitted.mean() != PIXELS.double().mean()


def test_a_batch_larger_than_the_set_is_an_error():
    with pytest.raises(UserError, match="batch_size: 1,300 is more than the 1,299 images"):
        training_data(RAW, Train(batch_size=1300), CPU)
    training_data(RAW, Train(batch_size=1299), CPU)


def test_sets_tell_of_each_bad_file_once(pictures):
    pictures.paths[3].write_bytes(b"no image")
    sets = training_data(dataset_of(pictures, on_bad="skip"), Train(batch_size=8, validation=0.2), CPU)
    assert [str(pictures.paths[3])] == [file for file, _ in sets.newly_bad()]
    assert [] == sets.newly_bad()


def test_images_of_a_validation_of_its_own_are_validated_with(pictures):
    part = Split(pictures, np.array(LABELS.tolist()))
    few = Split(ImageFiles(pictures.paths[:6], (1, 6, 5), "crop"), np.array([0, 1, 2, 0, 1, 2]))
    sets = training_data(Dataset(part, few, few, ("a", "b", "c")), Train(batch_size=8), CPU)
    assert (COUNT, 6) == (len(sets.fit_F), len(sets.validation_V))
    assert [6] == [len(labels) for _, labels in sets.validation_batches(8)]


def test_the_scale_of_a_stream_is_that_of_memory(pictures):
    raw = dataset_of(pictures)
    scales = [
        training_data(raw, Train(batch_size=8, cache=cache, validation=0), CPU).pipeline.statistics
        for cache in ("ram", "none")
    ]
    assert scales[0] == scales[1]


def test_where_no_image_can_be_read_that_is_told(pictures):
    for path in pictures.paths:
        path.write_bytes(b"no image")
    raw = dataset_of(pictures, on_bad="skip")
    for cache in ("none", "ram"):
        with pytest.raises(UserError, match="no image of the training set can be read"):
            training_data(raw, Train(batch_size=8, cache=cache, validation=0), CPU)


def test_a_class_that_loses_all_its_images_is_told(pictures):
    lost = int(LABELS[0])
    for path, label in zip(pictures.paths, LABELS.tolist(), strict=True):
        if label == lost:
            path.write_bytes(b"no image")
    raw = dataset_of(pictures, on_bad="skip")
    with pytest.raises(UserError, match=f"no image of class {raw.class_names[lost]} to train with"):
        training_data(raw, Train(batch_size=8, validation=0), CPU)


def test_where_no_image_to_validate_with_can_be_read_that_is_told(pictures, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no image")
    bad = Split(ImageFiles((tmp_path / "bad.png",), (1, 6, 5), "crop"), np.array([0]))
    good = Split(pictures, np.array(LABELS.tolist()))
    with pytest.raises(UserError, match="no image of the validation set can be read"):
        training_data(Dataset(good, bad, good, ("a", "b", "c"), on_bad="skip"), Train(batch_size=8), CPU)


def test_what_images_are_normalised_by_is_what_normalise_says():
    sets = training_data(RAW, Train(augment=(Normalise(mean=0.5, std=0.25),)), CPU)
    assert ((127.5,), (63.75,)) == sets.pipeline.statistics
    assert sets.statistics == training_data(RAW, Train(), CPU).statistics


def test_a_batch_larger_than_the_set_is_told_before_a_file_is_decoded(tmp_path):
    nowhere = tuple(tmp_path / f"{number}.png" for number in range(6))
    part = Split(ImageFiles(nowhere, (1, 6, 5), "crop"), np.array([0, 1] * 3))
    with pytest.raises(UserError, match="batch_size: 7 is more than the 6 images"):
        training_data(Dataset(part, None, part, ("a", "b")), Train(batch_size=7, validation=0), CPU)
