"""Numbers as one reads them."""

_HUGE = 1e6
"""From here on a loss is a power of ten."""


def loss(value: float) -> str:
    """A loss as one reads it: 0.0312; one that has exploded 1.46e+32."""
    return f"{value:.4f}" if abs(value) < _HUGE else f"{value:.2e}"


def macs(number: int) -> str:
    """Multiply-accumulates as one reads them: 0.48 M, 4.09 G."""
    if number >= 10**9:
        return f"{number / 10**9:,.2f} G"
    return f"{number / 10**6:.2f} M" if number >= 10**4 else f"{number:,}"
