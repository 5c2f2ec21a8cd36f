"""A log through any life: written in pieces, killed, cut, filled with junk, changed, resumed, proved.

A state machine of Hypothesis chooses what happens; beside it stands one undisturbed log of the same story.
"""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from events import verify
from events.log import NAME, Log
from events.problems import Diverged, LogDamaged, Problem
from events.sink import Sink
from tests.shim import CODE, Killed, Shim, feed, genesis, run, toy_lines

JUNK = st.one_of(st.binary(min_size=1, max_size=40), st.integers(1, 600).map(bytes))


class Life(RuleBasedStateMachine):
    """`whole` holds the bytes of the undisturbed log, `safe` how many of them must still be there, sealed."""

    def __init__(self):
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.folder = self.place / "run"
        self.safe = 0

    @initialize(months=st.integers(1, 4), events=st.integers(1, 6), size=st.integers(150, 900))
    def told(self, months, events, size):
        self.limits = {"block_events": events, "block_bytes": size}
        self.months, self.lines = months, list(toy_lines(months))
        run(self.place / "whole", lines=self.lines, **self.limits)
        self.whole = (self.place / "whole" / NAME).read_bytes()

    @property
    def stored(self):
        path = self.folder / NAME
        return path.read_bytes() if path.exists() else b""

    @rule(lines=st.integers(0, 20))
    def told_in_part(self, lines):
        """Somebody stops the run after so many events."""
        try:
            with Sink.open(self.folder, genesis(**self.limits), CODE) as sink:
                feed(sink, self.lines[:lines])
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            self.safe = self.sealed()

    @rule(call=st.integers(0, 40), trouble=st.sampled_from(["kill", "full", "broken"]))
    def dies_or_is_refused(self, call, trouble):
        shim = Shim(call, trouble)
        try:
            run(self.folder, shim, lines=self.lines, **self.limits)
        except (Killed, Problem):
            assert shim.hit
        finally:
            shim.bury()
        self.safe = self.sealed()

    @rule(part=st.floats(0, 1))
    def is_cut(self, part):
        if stored := self.stored:
            os.truncate(self.folder / NAME, int(part * len(stored)))
            self.safe = self.sealed()

    @rule(junk=JUNK)
    def gets_a_tail(self, junk):
        """What stands behind the last seal is set aside when the run goes on, and counts for nothing until then."""
        if self.stored:
            with (self.folder / NAME).open("ab") as file:
                file.write(junk)

    @rule(part=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
    def is_changed_and_put_back(self, part, bit):
        """A flipped bit of what is sealed is refused by both readers, and nothing is written over it."""
        stored = self.stored
        if not self.safe:
            return
        at = int(part * self.safe)
        changed = stored[:at] + bytes([stored[at] ^ 1 << bit]) + stored[at + 1 :]
        (self.folder / NAME).write_bytes(changed)
        assert verify.main([str(self.folder / NAME), "--json"]) != 0
        try:
            run(self.folder, lines=self.lines, **self.limits)
        except Problem as problem:
            assert problem.code in (LogDamaged.code, 9)
            assert self.stored == changed
        else:
            assert at >= self._before_last_seal(stored), "a changed block was taken for one"
        (self.folder / NAME).write_bytes(stored)

    @rule(odd=st.integers(0, 100))
    def is_held_against_another_story(self, odd):
        """A whole log is never taken for, or changed into, one that says something else."""
        odd %= len(self.lines)
        if self.safe < len(self.whole):
            return
        stored = self.stored
        other = toy_lines(self.months, odd)
        try:
            run(self.folder, lines=other, **self.limits)
        except Problem as problem:
            assert problem.code == Diverged.code
            assert self.stored == stored
        else:
            raise AssertionError("another story passed")

    @rule()
    def is_told_to_its_end(self):
        run(self.folder, lines=self.lines, **self.limits)
        assert self.stored == self.whole
        self.safe = len(self.whole)

    @invariant()
    def what_is_sealed_is_of_the_undisturbed_log(self):
        assert self.sealed() >= self.safe
        assert self.whole.startswith(self.stored[: self.safe])

    def sealed(self):
        """How many bytes of the log are sealed and right."""
        if not self.stored:
            return 0
        with Log(self.folder / NAME) as log:
            for _ in log:
                pass
        return log.end if log.blocks else 0

    def _before_last_seal(self, stored):
        """A change in the last block may look like a tail that a crash left: it is run again, to the same bytes."""
        with Log(self.place / "whole" / NAME) as log:
            return max((block.offset for block in log if block.offset < self.safe), default=0)

    def teardown(self):
        if hasattr(self, "whole"):
            self.is_told_to_its_end()
        shutil.rmtree(self.place)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=20, deadline=None, derandomize=True)
