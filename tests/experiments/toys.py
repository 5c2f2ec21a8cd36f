"""What workers are asked in tests: tasks that raise, hang, die or answer nonsense, by what stands in `sets`."""

import json
import os
import signal
import time
from pathlib import Path

from model.experiments.cell import Task, answer


def misbehave(task: Task) -> str:
    """Do what the first of `sets` says, or answer rightly."""
    how = task.sets[0] if task.sets else ""
    if how == "raises":
        raise RuntimeError("as it was told to")
    if how == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if how.startswith("dies once "):
        mark = Path(how.removeprefix("dies once "))
        if not mark.exists():
            mark.write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
    if how == "answers nothing":
        return ""
    if how == "answers another":
        return json.dumps({"number": task.number + 1, "status": "done"})
    return json.dumps({"number": task.number, "status": "done", "head": f"head {task.number}"})


def slowly(task: Task) -> str:
    """The real answer, after a pause in which somebody may be killed; says who runs it, and where it stands."""
    folder = Path(os.environ["TOY_FOLDER"])
    (folder / f"{os.getpid()}.{task.number}").write_text("")
    deadline = time.monotonic() + 20
    while not (folder / "go").exists() and time.monotonic() < deadline:
        os.sched_yield()
    return answer(task)
