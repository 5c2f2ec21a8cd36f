"""Named random streams, and the one gate through which floats leave as integers.

A stream belongs to the thing that draws, so adding a firm or a shock moves no draw of another. Only draws found equal
over the supported versions of NumPy and Python are used.
"""

import hashlib

import numpy


class Streams:
    """One generator a name, each seeded from the scenario's seed and the name."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._streams: dict[str, numpy.random.Generator] = {}

    def of(self, name: str) -> numpy.random.Generator:
        """The stream of a name, for instance `customer/consumer`."""
        if name not in self._streams:
            words = numpy.frombuffer(hashlib.sha256(name.encode()).digest(), dtype="<u4").tolist()
            self._streams[name] = numpy.random.Generator(
                numpy.random.PCG64(numpy.random.SeedSequence([self._seed, *words]))
            )
        return self._streams[name]

    def normal_ppm(self, name: str, deviation_ppm: int) -> int:
        """One draw of a normal with mean 0, quantised to parts per million."""
        return quantise(float(self.of(name).normal()) * deviation_ppm)


def quantise(value: float) -> int:
    """
    The gate: a float of one function becomes an integer of the record, to the nearest, halves to even.

    Raises:
        ValueError: the value is not finite.
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"{value} cannot be recorded; only finite numbers pass the gate")
    return round(value)
