"""Being told to stop: the first signal is heeded at the end of the month, the second at once, the third without a word.

Blocks that are sealed stay, and no seal is added; whoever runs the same again resumes.
"""

import os
import signal
from types import FrameType, TracebackType

from events.problems import Stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stops:
    """Listens to SIGINT, SIGTERM and SIGHUP while it is entered; a signal that was ignored before stays ignored."""

    def __init__(self) -> None:
        self._told: list[int] = []
        self._before: dict[int, object] = {}

    def __enter__(self) -> "Stops":
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def check(self) -> None:
        """
        Raises:
            Stopped: a signal has come since.
        """
        if self._told:
            raise self._stopped()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._told.append(number)
        if len(self._told) == 2:
            raise self._stopped()
        if len(self._told) > 2:
            os._exit(128 + number)

    def _stopped(self) -> Stopped:
        first = self._told[0]
        name = signal.Signals(first).name
        return Stopped(
            f"the run was told to stop by {name}; what is sealed stays; run the same again, which resumes",
            code=128 + first,
        )
