"""Memory, by hand: what is alive at the same time."""

from __future__ import annotations

import pytest

import cnnspec
from cnnspec.compiler.memory import Peak, inference_memory, memory_by_layer, training_memory

FLOAT, HALF, INDEX = 4, 2, 8


def result_of(items: str, *more: str, size: str = "[3, 8, 8]"):
    result = cnnspec.check_text(f"cnnspec: 1\ninput: {size}\nlayers: {items}\n" + "\n".join(more))
    assert () == tuple(found for found in result.diagnostics if found.severity == "error")
    return result


def at_inference(*spec: str, batch: int = 1, **size: str) -> int:
    result = result_of(*spec, **size)
    return inference_memory(result.plan, result.train).at(batch)


def in_training(*spec: str, batch: int = 1, **size: str) -> int:
    result = result_of(*spec, **size)
    return training_memory(result.plan, result.train).at(batch)


SGD = "train: {optimizer: sgd}"


class TestAtInference:
    def test_input_and_output_of_each_layer_are_there_while_it_runs(self):
        """Input 10, then two values of 20 at once."""
        assert FLOAT * (10 + 20 + 20 + 10 * 20 + 20 * 20) == at_inference(
            "[linear: {out_features: 20, bias: false}, linear: {out_features: 20, bias: false}]", size="[10]"
        )

    def test_it_grows_with_the_batch_but_for_the_weights(self):
        items = "[linear: {out_features: 20, bias: false}]"
        assert FLOAT * (7 * (10 + 20) + 200) == at_inference(items, batch=7, size="[10]")

    def test_what_a_later_node_needs_is_kept(self):
        """The input, relu's output, and the sum of both."""
        assert FLOAT * 3 * 192 == at_inference("[add: [[relu], []]]")

    def test_a_view_takes_nothing(self):
        assert FLOAT * 192 == at_inference("[flatten, identity, dropout]")

    def test_what_only_training_gives_is_not_computed(self):
        """Its weights are there."""
        output = "output: {out: a, more: {from: b, only: train}}"
        items = "[{relu, name: a}, {linear: 1000, name: b}]"
        assert FLOAT * (2 * 192 + 193 * 1000) == at_inference(items, output, size="[192]")

    def test_a_namespace_holds_what_enters_it(self):
        """The value before it is still the caller's while the last of three runs."""
        inside = "[{relu, name: a}, {layers: [relu, relu, relu], name: body}]"
        assert FLOAT * 4 * 192 == at_inference(inside)
        assert FLOAT * 3 * 192 == at_inference("[relu, relu, relu, relu]")

    def test_a_convolution_that_pads_with_anything_but_zeros_makes_a_copy(self):
        conv = "conv: {out_channels: 1, kernel_size: 3, padding: 1, padding_mode: circular, bias: false}"
        assert FLOAT * (64 * 3 + 3 * 100 + 64 + 27) == at_inference(f"[{conv}]")

    def test_in_16_bits_the_weights_of_a_linear_layer_are_there_twice(self):
        """The input and its copy, the weights and theirs, and the output."""
        bf16 = "train: {precision: bf16}"
        expected = FLOAT * 10 + HALF * 10 + (FLOAT + HALF) * 200 + HALF * 20
        assert expected == at_inference("[linear: {out_features: 20, bias: false}]", bf16, size="[10]")


class TestInTraining:
    def test_a_relu_shares_its_output_with_the_layer_after_it(self):
        """Kept: the input, the relu's output. The most: in the backward pass of the relu, beside both weights' gradients."""
        items = "[linear: {out_features: 100, bias: false}, relu, linear: {out_features: 1, bias: false}]"
        weights = 1000 + 100
        values = 10 + 100 + 1  # input, relu's output, scores
        assert (
            FLOAT * (2 * weights + values + 100)
            >= in_training(items, SGD, size="[10]")
            > FLOAT * (2 * weights + 10)
        )

    def test_a_pool_keeps_its_input_and_eight_bytes_an_output(self):
        conv = "conv: {out_channels: 1, kernel_size: 1, bias: false}"
        layers = result_of(f"[{conv}, maxpool: 2]", SGD, size="[1, 8, 8]")
        conv_node, pool = layers.plan.nodes
        shares = memory_by_layer(layers.plan, layers.train, 3)
        assert {conv_node: FLOAT * (2 + 3 * 64), pool: INDEX * 3 * 16} == shares

    def test_what_needs_no_gradient_is_not_kept(self):
        """Nothing before the first weights is."""
        result = result_of("[maxpool: 2, relu, flatten, linear: 1]", SGD)
        pool, relu, _, linear = result.plan.nodes
        shares = memory_by_layer(result.plan, result.train, 1)
        assert (0, FLOAT * 48, FLOAT * 2 * 49) == (shares[pool], shares[relu], shares[linear])

    @pytest.mark.parametrize(
        ("optimizer", "copies"),
        [("sgd", 0), ("{sgd: {momentum: 0.9}}", 1), ("adam", 2), ("{adam: {amsgrad: true}}", 3), ("asgd", 1)],
    )
    def test_the_optimizer_keeps_copies_of_the_weights(self, optimizer, copies):
        result = result_of(
            "[linear: {out_features: 1000, bias: false}]", f"train: {{optimizer: {optimizer}}}", size="[1000]"
        )
        (node,) = result.plan.nodes
        assert FLOAT * 10**6 * (2 + copies) == memory_by_layer(result.plan, result.train, 1)[node]
        least = FLOAT * 10**6 * (2 + copies + result.train.optimizer.scratch)
        assert least < training_memory(result.plan, result.train).at(1) < 1.01 * least

    def test_a_moving_average_is_one_more_set_of_weights(self):
        items = "[linear: {out_features: 1000, bias: false}]"
        without, more = (
            in_training(items, f"train: {{optimizer: sgd{ema}}}", size="[1000]")
            for ema in ("", ", ema: 0.99")
        )
        assert FLOAT * 10**6 == more - without

    def test_gradients_that_are_summed_up_are_there_all_the_time(self):
        items = "[linear: {out_features: 10, bias: false}, relu, linear: 1]"
        once, summed = (
            in_training(items, f"train: {{optimizer: sgd, accumulate: {n}}}", batch=1000, size="[10]")
            for n in (1, 2)
        )
        assert once < summed <= once + FLOAT * 111

    def test_gradients_of_a_value_that_is_read_twice_are_summed_up(self):
        """The sum is there beside both for a moment."""
        conv = "conv: {out_channels: 1, kernel_size: 1, bias: false}"
        once = in_training(f"[{conv}, tanh, tanh]", SGD, batch=100, size="[1, 8, 8]")
        twice = in_training(f"[{conv}, tanh, add: [[tanh], []]]", SGD, batch=100, size="[1, 8, 8]")
        assert FLOAT * 6400 <= twice - once <= FLOAT * 2 * 6400

    def test_a_gradient_of_something_repeated_is_a_sum_of_its_own_size(self):
        """A gate of one number a channel: its gradient is no part of the product's."""
        gate = "add: [[], [global_avgpool]]"
        whole, repeated = (
            in_training(
                f"[conv: {{out_channels: 8, kernel_size: 1, bias: false}}, {item}]", SGD, size="[1, 8, 8]"
            )
            for item in ("add: [[], []]", gate)
        )
        assert repeated > whole

    def test_an_output_that_is_not_trained_has_no_gradients(self):
        """A second head as large as the first costs its weights, and no more."""
        heads = "[{linear: {out_features: 10, bias: false}, name: a}, {linear: {out_features: 1000, bias: false}, name: b, from: input}]"
        alone = in_training("[linear: {out_features: 10, bias: false}]", size="[100]")
        both = in_training(heads, "output: [a, b]", size="[100]")
        assert alone + FLOAT * 10**5 <= both <= alone + FLOAT * (10**5 + 1000 + 1000)

    def test_in_16_bits_it_takes_about_half_but_for_the_weights(self):
        items = (
            "["
            + "conv: {out_channels: 32, kernel_size: 3}, bn, relu, " * 4
            + "global_avgpool, flatten, linear: 2]"
        )
        full, half = (
            in_training(items, f"train: {{precision: {p}}}", batch=64, size="[3, 32, 32]")
            for p in ("fp32", "fp16")
        )
        assert 0.45 < half / full < 0.62

    def test_auto_is_counted_as_fp32(self):
        assert in_training("[linear: 2]", "train: {precision: auto}", size="[9]") == in_training(
            "[linear: 2]", size="[9]"
        )


class TestLargestBatch:
    def test_it_fits_and_one_more_does_not(self):
        result = result_of("[conv: {out_channels: 8, kernel_size: 3}, bn, relu, flatten, linear: 10]")
        peak = training_memory(result.plan, result.train)
        for limit in (200_000, 1_000_000, 8_000_000_000):
            most = peak.largest_batch(limit)
            assert peak.at(most) <= limit < peak.at(most + 1)

    def test_where_not_even_one_fits_it_is_none(self):
        result = result_of("[linear: 10]", size="[10]")
        assert 0 == training_memory(result.plan, result.train).largest_batch(100)

    def test_the_highest_line_counts(self):
        assert [10, 12, 30] == [Peak(frozenset({(10, 0), (0, 6)})).at(batch) for batch in (1, 2, 5)]


def test_of_a_network_that_is_not_known_nothing_is_told():
    result = cnnspec.check_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [maxpool: 9]\n")
    assert (None, None) == (
        inference_memory(result.plan, result.train),
        training_memory(result.plan, result.train),
    )
