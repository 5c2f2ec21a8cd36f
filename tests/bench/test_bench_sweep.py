"""What a sweep costs over bare runs, what a second worker brings, what logs cost, and whether memory grows."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from model.experiments.cell import Task, answer
from model.scenario import find
from tests.bench.timing import tell

TOP = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("SWEEP_RUNS", "24"))  # of bubble, for time
MANY = int(os.environ.get("SWEEP_MANY", "100"))  # of bubble, for memory; 1,000 take a quarter of an hour on two cores

ASK = """
import json, resource, sys, time
from pathlib import Path
from model.experiments import sweeps
from model.experiments.engine import InThisProcess, Processes
from model.experiments.plan import planned
from model.scenario import find
scenario, seeds, workers, logs, runs = sys.argv[1:]
if __name__ == "__main__":
    started, first = time.perf_counter(), []
    engine = Processes(int(workers)) if int(workers) else InThisProcess()
    told = lambda *_: first or first.append(time.perf_counter() - started)
    plan = planned(find(scenario), seeds=int(seeds), keep_logs=logs == "logs")
    swept = sweeps.sweep(plan, Path(runs), engine, 0, told)
    mine, theirs = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": swept.seconds, "first": first[0], "whole": sum(row.whole for row in swept.rows),
                      "parent_kb": mine, "worker_kb": theirs}))
"""


def swept(tmp_path: Path, scenario: str, seeds: int, workers: int, logs: str = "") -> dict[str, float]:
    """A sweep in a Python of its own."""
    script = tmp_path / "ask.py"
    script.write_text(ASK)
    words = [scenario, str(seeds), str(workers), logs or "none", str(tmp_path / f"{scenario}-{seeds}-{workers}-{logs}")]
    environment = os.environ | {"PYTHONPATH": str(TOP)}
    done = subprocess.run(
        [sys.executable, str(script), *words], cwd=TOP, env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def test_time(tmp_path):
    started = time.perf_counter()
    for seed in range(1, RUNS + 1):
        assert json.loads(answer(Task(seed, str(find("bubble")), (f"seed={seed}",))))["status"] == "done"
    bare = time.perf_counter() - started
    here = swept(tmp_path, "bubble", RUNS, 0)
    one, two = (swept(tmp_path, "bubble", RUNS, workers) for workers in (1, 2))
    logs = swept(tmp_path, "bubble", RUNS, 2, "logs")
    tiny = swept(tmp_path, "tiny", 1, 1)
    assert [found["whole"] for found in (here, one, two, logs, tiny)] == [RUNS] * 4 + [1]
    print(f"\n{RUNS} runs of bubble, seconds of the clock, one measurement each; {bare:.1f} s in a loop")
    tell("a sweep in this process, over the loop", (here["seconds"] / bare - 1) * 100, "%", 10, at_most=True)
    tell("a sweep with one worker, over the loop", (one["seconds"] / bare - 1) * 100, "%", 10, at_most=True)
    tell("two workers against one", one["seconds"] / two["seconds"], "times", 1.8)
    tell("until a worker's first answer, tiny", tiny["first"], "s", 1, at_most=True)
    print(f"  logs kept: {logs['seconds'] / two['seconds']:.2f} times as long a run as without")


def test_memory(tmp_path):
    few, many = (swept(tmp_path, "bubble", seeds, 2) for seeds in (MANY // 10, MANY))
    assert (few["whole"], many["whole"]) == (MANY // 10, MANY)
    print(f"\nbubble, two workers, {MANY // 10} runs and {MANY}, peak of memory")
    for who in ("parent_kb", "worker_kb"):
        grown = many[who] / few[who]
        tell(f"{who[:6]}: {few[who] / 1024:.0f} and {many[who] / 1024:.0f} MB", grown, "times", 1.15, at_most=True)
