"""What a whole run costs: the bubble beyond its imports, and how much of it is recording."""

import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median

from events.journal import Journal
from model.run import run
from model.scenario import load
from tests.bench.timing import cpu, tell

TOP = Path(__file__).resolve().parents[2]
BUBBLE = TOP / "scenarios" / "bubble.yaml"
ROUNDS = 5


def child_cpu(*words: str) -> float:
    """CPU seconds of a Python of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], cwd=TOP, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_bubble_beyond_its_imports(tmp_path):
    rounds = [
        child_cpu("-m", "model", "run", str(BUBBLE), "--runs", str(tmp_path / str(number)))
        - child_cpu("-c", "import mesa")
        for number in range(ROUNDS)
    ]
    assert all(list((tmp_path / str(number)).glob("bubble-*/summary.json")) for number in range(ROUNDS))
    print(f"\nrun bubble.yaml; CPU, median of {ROUNDS}")
    tell("beyond `import mesa`", median(rounds), "s", 1.5, at_most=True)


class Watched:
    """Adds up the CPU time of `Journal.record`, less what asking the clock twice costs."""

    def __init__(self, monkeypatch) -> None:
        self.seconds = 0.0
        plain, asked = Journal.record, self._cost_of_asking()

        def record(journal, *given, **named):
            started = time.process_time()
            made = plain(journal, *given, **named)
            self.seconds += time.process_time() - started - asked
            return made

        monkeypatch.setattr(Journal, "record", record)

    @staticmethod
    def _cost_of_asking(times: int = 20_000) -> float:
        def ask() -> None:
            for _ in range(times):
                time.process_time()

        return cpu(ask) / times


def test_the_share_of_recording(tmp_path, monkeypatch):
    loaded = load(BUBBLE)
    run(loaded, tmp_path / "warm")
    totals = [cpu(partial(run, loaded, tmp_path / f"plain-{number}")) for number in range(ROUNDS)]
    shares = []
    for number in range(ROUNDS):
        with monkeypatch.context() as patch:
            watched = Watched(patch)
            assert run(loaded, tmp_path / f"watched-{number}").books.ended
        assert watched.seconds > 0
        shares.append(watched.seconds / median(totals))
    print("\nrecording within a run of bubble.yaml, in one process")
    tell("share of the CPU time", median(shares), "", 0.5, at_most=True)
