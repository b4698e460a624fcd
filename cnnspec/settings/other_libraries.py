"""What other libraries call our data sets, optimizers, schedules, losses, augmentations and their arguments, and
those of training; only for hints.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from cnnspec.core.suggest import did_you_mean
from cnnspec.declare import spellings
from cnnspec.declare.arguments import Arguments
from cnnspec.declare.spellings import names_by_spelling, normalise, spellings_by_name

_CHOICES = {
    "image_folder": "folder directory images imagefolder image_directory imagenet",
    "csv": "table tsv list dataframe",
    "npz": "numpy npy arrays",
    "fake": "FakeData random dummy synthetic",
    "digits": "load_digits optdigits",
    "fashion_mnist": "fashion fmnist",
    "cifar10": "cifar",
    "sgd": "momentum nesterov gradient_descent",
    "constant": "none fixed",
    "cosine": "CosineAnnealing CosineAnnealingLR cosine_decay CosineDecay",
    "one_cycle": "OneCycleLR 1cycle onecycle superconvergence",
    "step": "StepLR MultiStep MultiStepLR step_decay milestones",
    "exponential": "ExponentialLR exp exponential_decay",
    "plateau": "ReduceLROnPlateau reduce_on_plateau",
    "cross_entropy": "ce nll CrossEntropyLoss NLLLoss categorical_crossentropy sparse_categorical_crossentropy"
    " softmax_cross_entropy xent",
    "bce": "BCEWithLogits BCEWithLogitsLoss BCELoss binary_crossentropy binary_cross_entropy sigmoid",
    "mse": "MSELoss mean_squared_error l2",
    "random_crop": "crop RandomCrop shift translate RandomResizedCrop",
    "hflip": "flip horizontal_flip RandomHorizontalFlip fliplr mirror RandomFlip flip_left_right",
    "vflip": "vertical_flip RandomVerticalFlip flipud flip_up_down",
    "rotate": "rotation RandomRotation",
    "colour": "color ColorJitter jitter brightness contrast saturation hue",
    "cutout": "RandomErasing erase erasing CoarseDropout random_erase",
    "normalise": "normalize standardize standardise normalization rescale",
}
_ARGUMENTS = {
    # of training
    "epochs": "epoch max_epochs num_epochs n_epochs nb_epoch num_train_epochs",
    "batch_size": "batch bs mini_batch_size minibatch_size train_batch_size per_device_train_batch_size",
    "optimizer": "optim optimiser opt",
    "schedule": "scheduler lr_scheduler lr_schedule sched",
    "loss": "criterion loss_fn loss_function objective",
    "augment": "augmentation augmentations transform transforms",
    "validation": "val_split validation_split val_size valid_size val_fraction valid_pct validation_fraction",
    "clip_grad_norm": "gradient_clip_val clipnorm clip_grad global_clipnorm max_grad_norm grad_clip max_norm",
    "clip_grad_value": "clipvalue",
    "accumulate": "accumulate_grad_batches gradient_accumulation_steps grad_accum_steps accum_iter",
    "ema": "ema_decay model_ema_decay ema_momentum use_ema model_ema",
    "early_stopping": "early_stop early_stopping_patience",
    "precision": "dtype amp_dtype",
    "memory_format": "channels_last",
    "compile": "torch_compile torchcompile jit_compile",
    "limit_steps": "max_steps max_iters max_iter",
    "workers": "num_workers n_workers num_threads",
    "seed": "random_state random_seed manual_seed",
    "device": "accelerator gpu gpus devices",
    # of data
    "file": "path filename filepath file_path csv_file data_file npz_file table",
    "root": "path dir folder directory data_dir data_path data_root root_dir",
    "size": "img_size image_size imgsz target_size crop_size",
    "test": "test_split test_size test_fraction",
    "classes": "num_classes n_classes nc",
    # of optimizers, schedules and augmentations
    "lr": "learning_rate lr0 base_lr initial_lr",
    "weight_decay": "wd",
    "alpha": "rho",
    "initial_accumulator_value": "initial_accumulator",
    "eta_min": "lr_min min_lr",
    "min_lr": "lr_min eta_min",
    "warmup": "warmup_epochs lr_warmup_epochs warmup_t",
    "milestones": "decay_epochs decay_milestones",
    "gamma": "factor decay_rate lr_gamma",
    "factor": "gamma decay_rate",
    "patience": "patience_epochs",
}
_REMEDIES = {
    "momentum": ("betas", "Write `betas: [0.9, 0.999]`, say: the first is the momentum."),
    "patience": (
        "early_stopping",
        "Write `early_stopping: 5`, say, or for lr `schedule: {plateau: {patience: 5}}`.",
    ),
    "tmax": ("eta_min", "Leave it out: lr falls until the last epoch."),
    "maxlr": ("pct_start", "It is the optimizer's lr: write `optimizer: {sgd: {lr: 0.1}}`, say."),
    **dict.fromkeys(
        ("totalsteps", "stepsperepoch"), ("pct_start", "Leave it out: it is counted from epochs and images.")
    ),
    **dict.fromkeys(("amp", "useamp", "mixedprecision", "half"), ("precision", "Write `precision: auto`.")),
}
"""Word, normalised -> our argument, which is written in another form, and how; for fields that have the argument."""
NOT_NEEDED = {
    "shuffle": "Leave it out: each epoch has the images in another order.",
    "pinmemory": "Leave it out: what a GPU copies from is pinned.",
    "droplast": "Leave it out: images left over at an epoch's end are a smaller step.",
}
ARGUMENT_SPELLINGS = spellings_by_name(_ARGUMENTS)
"""Our argument -> the foreign spellings of it, normalised."""
_NAME_BY_SPELLING = names_by_spelling(_CHOICES)


def choice_for(foreign: str, table: Container[str]) -> str | None:
    """The name of the table that another library calls `foreign`."""
    name = _NAME_BY_SPELLING.get(normalise(foreign), "")
    return name if name in table else None


def choice_hint(foreign: str, table: Mapping[str, object]) -> str:
    """`Did you mean hflip?`, where another library calls a name of the table so, or one resembles it; else empty."""
    name = choice_for(foreign, table)
    return f"Did you mean {name}?" if name else did_you_mean(foreign, table)


def argument_for(fields: Container[str], foreign: str) -> str | None:
    """The one of the fields that another library calls `foreign`."""
    return spellings.argument_for(fields, foreign, ARGUMENT_SPELLINGS)


def remedy(fields: Container[str], foreign: str, *, loads_images: bool) -> str:
    """The hint for a word that has no counterpart among the fields, but is written otherwise or not at all; or empty.

    `loads_images`: whether the fields say how images are loaded.
    """
    sought = normalise(foreign)
    field, hint = _REMEDIES.get(sought, ("", ""))
    if field in fields:
        return hint
    return NOT_NEEDED.get(sought, "") if loads_images else ""


def foreign_choice_form(foreign: str, table: Mapping[str, type[Arguments]]) -> str:
    """How the choice of the table is written that another library calls so, or that has such an argument; else empty."""
    for kind, model in table.items():
        if (field := argument_for(model.model_fields, foreign)) is not None:
            return f"{{{kind}: {{{field}: …}}}}"
    return choice_for(foreign, table) or ""
