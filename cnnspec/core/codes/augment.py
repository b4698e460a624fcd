"""Changes of the images to train on."""

from cnnspec.core.codes.code import Code

CODES = {
    "augment-order": Code(
        "Augmentations in an order that has no meaning",
        "mixup and cutmix make one image of two, so they come after all that changes single ones; `colour` works on "
        "colours as they are before `normalise`, which is done once.",
        "train: {augment: [normalise, colour: {brightness: 0.2}]}",
        "Write colour, then normalise, then mixup and cutmix.",
    ),
    "augment-too-large": Code(
        "An augmentation that leaves nothing of the image",
        "The image is shifted out of sight or covered as a whole, and there is nothing to learn from it.",
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: digits\n"
        "train: {augment: [random_crop: 8]}",
        "Write fewer pixels; an eighth of the image's side is usual for a shift, half of it for a hole.",
    ),
    "augment-nothing": Code(
        "An augmentation that changes nothing",
        "Each part of `colour` is 0 unless it is written.",
        "train: {augment: [colour]}",
        "Say what it changes, such as `colour: {brightness: 0.2, contrast: 0.2}`.",
    ),
    "augment-without-colour": Code(
        "Grey images have no colour to change",
        "Saturation and hue are about red, green and blue: an image of 3 channels.",
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: digits\n"
        "train: {augment: [colour: {hue: 0.1}]}",
        "Leave saturation and hue out; brightness and contrast are for any image.",
    ),
    "augment-channels": Code(
        "Not a number for each channel",
        "`normalise` takes each channel's mean away and divides by its deviation.",
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: digits\n"
        "train: {augment: [normalise: {mean: [0.5, 0.5, 0.5]}]}",
        "Write a number for each channel, or one for all.",
    ),
}
