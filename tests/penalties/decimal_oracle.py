"""The elastic-net prior in 80-digit decimals: the integrals of x^k exp(-x - u x^2 / 2) over (0, inf)."""

from decimal import Decimal, localcontext

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534")


def mills(x):
    """``exp(x^2 / 2)`` times the integral of ``exp(-t^2 / 2)`` beyond ``x``: continued fraction, or Taylor below 4."""
    if x > 4:
        value = x
        for k in range(1500, 0, -1):
            value = x + k / value
        return 1 / value
    term = total = x
    k = 0
    while abs(term) > Decimal(10) ** -95:
        k += 1
        term = term * x * x / (2 * k + 1)
        total += term
    return (PI / 2).sqrt() * (x * x / 2).exp() - total


def elastic_net(u):
    """Return ``log Z, E|b|, E b^2`` at rate 1 and precision ``u``, as floats."""
    with localcontext() as context:
        context.prec = 90
        u = Decimal(u)
        x = 1 / u.sqrt()
        half = x * mills(x)
        first = (1 / half - 1) / u
        second = (1 - first) / u
        return float((2 * half).ln()), float(first), float(second)
