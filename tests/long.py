"""
The long run of faults: random ones, one after another, for as long as it is given.

    python -m tests.long --minutes 60             counts at the end, exit code 1 if anything was not as it must be
    python -m tests.long --only power --trial 17  one trial again, by what a failure named

Every trial follows from its kind, the seed and its number. What each must show is said in its docstring.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from events import log as event_log
from events.log import NAME, Log
from events.problems import LogDamaged, Problem
from model.run import run
from model.scenario import check, load
from tests import plain_log
from tests.faults.test_faults_tampering import product, verifier
from tests.power import DATA, NAMES, Recorder, crashed

ROOT = Path(__file__).parents[1]
TINY = ROOT / "scenarios" / "tiny.yaml"
SCENARIOS = sorted(ROOT.glob("scenarios/*.yaml"))


class Trials:
    """What all trials share: an undisturbed run, its recorded calls, its bytes."""

    def __init__(self, place: Path) -> None:
        self.place, self.faults = place, Counter()
        self.tiny = load(TINY)
        recorder = Recorder(place / "whole")
        whole = run(self.tiny, place / "whole", recorder).folder
        self.name, self.log = whole.name, (whole / NAME).read_bytes()
        self.calls = [call for call in recorder.calls if self.name in str(call[1]) or not isinstance(call[1], str)]

    def power(self, luck: random.Random, folder: Path) -> None:
        """After a power cut the same again gives the same bytes, or refuses and changes nothing."""
        state = luck.randrange(len(self.calls) + 1), luck.choice(DATA), luck.choice(NAMES)
        crashed(self.calls, *state, luck.random()).lay_out(folder)
        path = folder / self.name / NAME
        before = path.read_bytes() if path.exists() else b""
        try:
            run(self.tiny, folder)
        except LogDamaged:
            assert path.read_bytes() == before and state[1] in ("some", "zeros", "older")
            return
        assert path.read_bytes() == self.log

    def kill(self, luck: random.Random, folder: Path) -> None:
        """A command that is killed at any moment, up to four times, is finished by the next with the same bytes."""
        command = [sys.executable, "-m", "model", "run", str(TINY), "--quiet", "--json", "--runs", str(folder)]
        for _ in range(luck.randrange(1, 5)):
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(luck.uniform(0.6, 2.6))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    self.faults["kills"] += 1
        assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0
        assert (folder / self.name / NAME).read_bytes() == self.log

    def tamper(self, luck: random.Random, folder: Path) -> None:
        """Whatever is changed in a log, both checkers refuse it, by the same code."""
        changed = self.log
        for _ in range(luck.randrange(1, 4)):
            changed = luck.choice(CHANGES)(changed, luck)
        if changed != self.log:
            self._demand_refused(changed, folder, (4, 5, 9))

    def retell(self, luck: random.Random, folder: Path) -> None:
        """An amount moved, all seals made to fit: the story does not add up, and both say so."""

        def change(story: list[dict]) -> list[dict]:
            fact = luck.choice([fact for fact in story if fact["post"]])
            posting = luck.choice(fact["post"])
            posting[3] += luck.choice((-1, 1)) * luck.randrange(1, 10**6)
            return story

        self._demand_refused(plain_log.rewrite(self.log, change), folder, (4, 7))

    def _demand_refused(self, log: bytes, folder: Path, codes: tuple[int, ...]) -> None:
        folder.mkdir()
        (folder / NAME).write_bytes(log)
        answers = verifier(folder / NAME), product(folder / NAME)
        assert answers[0] == answers[1] and answers[0] in codes, answers

    def scenario(self, luck: random.Random, folder: Path) -> None:
        """A scenario of which pieces were changed is good or bad, within seconds, and nothing else."""
        folder.mkdir()
        shutil.copytree(ROOT / "scenarios" / "circle", folder / "circle")
        text = luck.choice(SCENARIOS).read_text(encoding="utf-8")
        for _ in range(luck.randrange(1, 5)):
            at, piece = luck.randrange(len(text)), luck.choice((*PIECES, text[luck.randrange(len(text)) :][:40]))
            text = text[:at] + piece + text[at + luck.randrange(12) :]
        (folder / "changed.yaml").write_text(text, encoding="utf-8")
        began = time.monotonic()
        try:
            check(folder / "changed.yaml")
        except Problem as problem:
            assert problem.code in (2, 3), problem
        assert time.monotonic() - began < 20

    def limits(self, luck: random.Random, folder: Path) -> None:
        """In blocks of any size the events are the same, and both checkers content."""
        before = event_log.BLOCK_EVENTS, event_log.BLOCK_BYTES
        event_log.BLOCK_EVENTS, event_log.BLOCK_BYTES = luck.randrange(1, 200), luck.randrange(200, 50_000)
        try:
            path = run(self.tiny, folder).folder / NAME
        finally:
            event_log.BLOCK_EVENTS, event_log.BLOCK_BYTES = before
        assert _events(path.read_bytes()) == _events(self.log)
        assert (verifier(path), product(path)) == (0, 0)
        with Log(path) as log:
            self.faults["seals in small blocks"] += len(list(log))


KINDS = ("power", "kill", "tamper", "retell", "scenario", "limits")
PIECES = (
    "{",
    "}",
    "[",
    "- ",
    "\n",
    "  ",
    "\t",
    "&a ",
    "*a",
    "!!x ",
    "null",
    "-1",
    "1e400",
    ".nan",
    "9" * 40,
    "\0",
    "é",
    "%",
)


def _events(log: bytes) -> list[bytes]:
    return [line for line in log.splitlines() if line.startswith(b'{"seq":')]


def _flip(log: bytes, luck: random.Random) -> bytes:
    at = luck.randrange(len(log))
    return log[:at] + bytes([log[at] ^ 1 << luck.randrange(8)]) + log[at + 1 :]


def _cut(log: bytes, luck: random.Random) -> bytes:
    return log[: luck.randrange(1, len(log))]


def _hole(log: bytes, luck: random.Random) -> bytes:
    at, size = luck.randrange(len(log)), luck.randrange(1, 2_000)
    return log[:at] + luck.choice((b"", b"\0" * size, b" ", b"\n")) + log[at + size :]


def _digit(log: bytes, luck: random.Random) -> bytes:
    found = luck.choice(list(re.finditer(rb"\d", log)))
    return log[: found.start()] + b"%d" % luck.randrange(10) + log[found.end() :]


def _lines(log: bytes, luck: random.Random) -> bytes:
    lines = log.splitlines(keepends=True)
    one, other = luck.randrange(len(lines)), luck.randrange(len(lines))
    how = luck.randrange(3)
    if how == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif how == 1:
        lines.insert(one, lines[other])
    else:
        del lines[min(one, other) : max(one, other)]
    return b"".join(lines) or log


CHANGES = (_flip, _cut, _hole, _digit, _lines)


def trials(minutes: float, seed: int, kinds: tuple[str, ...], only: int | None) -> int:
    """Try until the time is over; 0 when all was as it must be."""
    began, done, wrong = time.monotonic(), Counter(), []
    with tempfile.TemporaryDirectory() as place:
        all_of_them = Trials(Path(place))
        number = only or 0
        while time.monotonic() - began < 60 * minutes and (only is None or number == only):
            for kind in kinds:
                if kind == "kill" and number % 10 and only is None:
                    continue  # it takes seconds, the others a part of one
                folder = Path(place) / f"{kind}-{number}"
                try:
                    getattr(all_of_them, kind)(random.Random(f"{kind}:{seed}:{number}"), folder)
                except Exception:
                    traceback.print_exc()
                    wrong.append(f"--seed {seed} --only {kind} --trial {number}")
                done[kind] += 1
                shutil.rmtree(folder, ignore_errors=True)
            number += 1
    hours = (time.monotonic() - began) / 3_600
    print(f"{hours:.2f} hours, trials {dict(done)}, of these {dict(all_of_them.faults)}, wrong: {wrong or 'none'}")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="random faults, one after another")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--trial", type=int)
    asked = parser.parse_args()
    os.chdir(ROOT)
    return trials(asked.minutes, asked.seed, (asked.only,) if asked.only else KINDS, asked.trial)


if __name__ == "__main__":
    sys.exit(main())
