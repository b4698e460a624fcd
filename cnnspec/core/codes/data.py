"""The network and the data it is trained on."""

from cnnspec.core.codes.code import Code

CODES = {
    "input-mismatch": Code(
        "The images have another shape",
        "What enters the network must be what the data set gives.",
        "cnnspec: 1\ninput: [3, 32, 32]\nlayers: [flatten, linear: 10]\ndata: mnist",
        "Write the data set's shape as input.",
    ),
    "output-not-classes": Code(
        "The output is no list of scores",
        "A classifier gives one number a class; here an image or a signal comes out.",
        "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [relu]\ndata: mnist",
        "End with global_avgpool, flatten and linear.",
    ),
    "too-few-outputs": Code(
        "Fewer outputs than classes",
        "A class without an output can't be learned, and its labels would be out of range.",
        "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [flatten, linear: 9]\ndata: mnist",
        "Let the last layer give as many numbers as there are classes.",
    ),
    "too-many-outputs": Code(
        "More outputs than classes",
        "Outputs without a class are learned to be small, and cost weights.",
        "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [flatten, linear: 11]\ndata: mnist",
        "Let the last layer give as many numbers as there are classes.",
    ),
    "softmax-before-cross-entropy": Code(
        "A softmax before the loss",
        "Cross-entropy applies a softmax of its own; two in a row flatten the gradient, and training is slow and poor.",
        "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [flatten, linear: 10, softmax]\ndata: mnist",
        "Take it out; the order of the scores, and so the prediction, is the same.",
    ),
    "nothing-to-watch": Code(
        "Early stopping without a validation",
        "It waits for a better validation, and no image is held out to validate with.",
        "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [flatten, linear: 10]\ndata: mnist\n"
        "train: {validation: 0, early_stopping: 3}",
        "Write validation: 0.1, or leave early_stopping out.",
    ),
    "fused-with-foreach": Code(
        "Two implementations at once",
        "`fused` and `foreach` are two of torch's ways to make the same step.",
        "train: {optimizer: {sgd: {fused: true, foreach: true}}}",
        "Keep one, or neither: torch decides.",
    ),
    "nesterov-without-momentum": Code(
        "Nesterov's momentum without momentum",
        "It looks ahead along the momentum, which is 0.",
        "train: {optimizer: {sgd: {nesterov: true}}}",
        "Write momentum: 0.9 beside it.",
    ),
    "etas-without-one": Code(
        "Steps that don't shrink and grow",
        "Rprop multiplies a step by the first of `etas` when the gradient's sign turns, by the second when it stays.",
        "train: {optimizer: {rprop: {etas: [1.2, 0.5]}}}",
        "Write a number below 1, then one above 1.",
    ),
    "schedule-too-long": Code(
        "The training is too short for its schedule",
        "A part of the schedule would never come, such as all that follows the warmup.",
        "train: {epochs: 3, schedule: {cosine: {warmup: 5}}}",
        "Shorten that part, or train for more epochs.",
    ),
    "lr-never-changes": Code(
        "The schedule leaves the learning rate as it is",
        "Its first change would come when the training is over.",
        "train: {epochs: 10, schedule: {step: 30}}",
        "Let it come earlier, or train for more epochs.",
    ),
    "lr-below-least": Code(
        "The least learning rate is above the first",
        "A schedule lowers lr to `eta_min` or `min_lr`; the optimizer's lr is lower than that already.",
        "train: {optimizer: {sgd: {lr: 0.01}}, schedule: {cosine: {eta_min: 0.1}}}",
        "Exchange the two, or leave the least out: it is 0 then.",
    ),
    "nothing-hidden": Code(
        "Muon without hidden layers",
        "Muon moves the weights of convolutions and linear layers between the first and the last of them; AdamW moves "
        "the rest. Here there is nothing between them.",
        "train: {optimizer: muon}",
        "Take adamw, or a network with more layers.",
    ),
    "cache-without-files": Code(
        "Nothing to decode again and again",
        "`cache: none` decodes image files as they are needed; this data set is not one of image files, and is read "
        "whole.",
        "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [flatten, linear: 10]\ndata: mnist\ntrain: {cache: none}",
        "Leave cache out, or write ram or device.",
    ),
    "too-few-images": Code(
        "More is asked for than an epoch has",
        "A batch can't have more images than there are to train on, nor an update or `overfit_batches` more batches "
        "than an epoch.",
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: digits\ntrain: {batch_size: 2000}",
        "Write a smaller number.",
    ),
    "nothing-to-train": Code(
        "A network without weights",
        "Training changes weights, and no layer here has any.",
        "cnnspec: 1\ninput: [10, 8, 8]\nlayers: [global_avgpool, flatten]\ndata: fake",
        "Add a layer with weights, such as linear.",
    ),
    "no-planes": Code(
        "channels_last without 2-d convolutions",
        "It is an order of the values of images, and of the filters of 2-d convolutions; others have no such axes.",
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: digits\n"
        "train: {memory_format: channels_last}",
        "Leave memory_format out.",
    ),
    "alone-in-batch": Code(
        "Batch norm of a single value",
        "It takes the mean over batch and positions; of one image with one position the mean is the value itself.",
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 32, bn, relu, linear: 10]\ndata: digits\n"
        "train: {batch_size: 1}",
        "Write a larger batch_size.",
    ),
    "fp16-on-cpu": Code(
        "fp16 without a GPU",
        "A CPU gains nothing by fp16, in which small gradients vanish; bf16 has the range of fp32.",
        "train: {precision: fp16, device: cpu}",
        "Write auto, bf16 or fp32.",
    ),
    "step-without-epochs": Code(
        "It is not said when the learning rate changes",
        "Either `step_size` says after how many epochs, again and again, or `milestones` lists the epochs.",
        "train: {schedule: step}",
        "Write one of the two.",
    ),
    "milestones-not-ascending": Code(
        "Milestones out of order",
        "They are the epochs after which the learning rate changes, one after the other.",
        "train: {schedule: {step: {milestones: [8, 4]}}}",
        "List each epoch once, the earliest first.",
    ),
    "no-weight": Code(
        "No class counts",
        "Where every class has the weight 0 there is nothing to learn, and the mean divides by 0.",
        "train: {loss: {cross_entropy: {weight: [0, 0, 0]}}}",
        "Give one class at least a weight above 0.",
    ),
    "weights-not-classes": Code(
        "As many weights as outputs are needed",
        "The loss has a weight for each of the network's outputs.",
        "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [flatten, linear: 10]\ndata: mnist\n"
        "train: {loss: {cross_entropy: {weight: [1, 2]}}}",
        "Write a number for each class, in the order of the classes.",
    ),
    "nesterov-with-dampening": Code(
        "Nesterov's momentum, dampened",
        "It is defined for a dampening of 0; torch refuses another.",
        "train: {optimizer: {sgd: {momentum: 0.9, nesterov: true, dampening: 0.1}}}",
        "Leave dampening out.",
    ),
}
