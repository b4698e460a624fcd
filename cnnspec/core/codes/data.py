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
    "nesterov-with-dampening": Code(
        "Nesterov's momentum, dampened",
        "It is defined for a dampening of 0; torch refuses another.",
        "train: {optimizer: {sgd: {momentum: 0.9, nesterov: true, dampening: 0.1}}}",
        "Leave dampening out.",
    ),
}
