"""One cycle of the learning rate and, against it, of the momentum: torch's OneCycleLR as a function of the step."""

from __future__ import annotations

import math
from typing import Any

from cnnspec.settings import schedules


class OneCycle:
    """From each value to the next, in two phases or three; the last ends with the training."""

    def __init__(self, config: schedules.OneCycle, steps: int) -> None:
        self._config = config
        ends = [float(config.pct_start * steps) - 1, float(steps - 1)]
        if config.three_phase:
            ends.insert(1, float(2 * config.pct_start * steps) - 2)
        self._phases = list(zip([0.0, *ends], ends, strict=False))
        low, high = config.base_momentum, config.max_momentum
        self._momenta = (high, low, high, high) if config.three_phase else (high, low, high)

    def lr(self, peak: float, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        initial = peak / self._config.div_factor
        last = initial / self._config.final_div_factor
        values = (initial, peak, initial, last) if self._config.three_phase else (initial, peak, last)
        return self._at(step, values)

    def set_momentum(self, groups: list[dict[str, Any]], step: int) -> None:
        """Where there is one, in Adam's family the first of betas; a momentum of 0 is one, as torch has it."""
        if not self._config.cycle_momentum:
            return
        momentum = self._at(step, self._momenta)
        for group in groups:
            if "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            elif "momentum" in group:
                group["momentum"] = momentum

    def _at(self, step: int, values: tuple[float, ...]) -> float:
        number = next(
            (number for number, (_, end) in enumerate(self._phases) if step <= end), len(self._phases) - 1
        )
        begin, end = self._phases[number]
        share = (step - begin) / (end - begin) if end > begin else 1.0
        start, goal = values[number : number + 2]
        if self._config.anneal_strategy == "linear":
            return (goal - start) * share + start
        return goal + (start - goal) / 2.0 * (math.cos(math.pi * share) + 1)
