"""
Many runs on several processes, or on a cluster: each alone may fail, hang or take its worker with it.

Answers are handed on as they come, in any order; whoever keeps them puts them in the order of the plan.
"""

import math
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from attrs import define, field

from model.experiments.cell import FAILED, LOST, Answer, Task, answer

Ask = Callable[[Task], str]
AHEAD = 2  # tasks in flight a worker, so that none waits for the parent


def cores() -> int:
    """How many processes this machine lets us run at once."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@define
class Processes:
    """Processes of this machine. Importing Mesa changes the usual way to start them, so it is said here."""

    workers: int
    start: str = "spawn"
    renewed_after: int = 100  # tasks a worker: what libraries keep for good would add up over thousands of runs
    _pool: ProcessPoolExecutor | None = field(default=None, init=False)

    def pool(self) -> Executor:
        """The pool, made when it is first asked for, and after each that broke."""
        if self._pool is None:
            context = multiprocessing.get_context(self.start)
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_quiet)
        return self._pool

    def alone(self) -> "Processes":
        """A pool of one, for a task that may have broken a pool."""
        return Processes(1, self.start)

    def close(self, at_once: bool = False) -> None:
        """Let go of the processes; at once, without waiting for what they do."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        if at_once:
            for process in list((pool._processes or {}).values()):
                process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _quiet() -> None:
    """A worker leaves it to its parent to heed Ctrl-C."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


@define
class InThisProcess(Executor):
    """One task after the other, here: for one worker, and for tests."""

    workers: int = 1

    def pool(self) -> Executor:
        return self

    def alone(self) -> "InThisProcess":
        return self

    def close(self, at_once: bool = False) -> None:
        """There is nothing to let go of."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


def answers(tasks: Iterable[Task], engine: Any, ask: Ask = answer) -> Iterator[Answer]:
    """
    The answer to each task, as they come.

    A task whose worker died is asked once more, by itself: what breaks its worker twice is `worker lost`, and all that
    only stood beside it in the pool goes on.

    Args:
        tasks: taken as workers become free.
        engine: `Processes`, `InThisProcess`, or a cluster.
        ask: what a worker does; a function of a module.
    """
    waiting, flying = deque(tasks), dict[Future[str], Task]()
    suspects: deque[Task] = deque()
    most = getattr(engine, "renewed_after", 0) * engine.workers or math.inf
    sent = 0  # since the workers were new
    while waiting or flying or suspects:
        while suspects:
            yield _asked_alone(suspects.popleft(), engine, ask)
        while waiting and len(flying) < AHEAD * engine.workers and sent < most:
            task = waiting.popleft()
            sent += 1
            try:
                flying[engine.pool().submit(ask, task)] = task
            except BrokenProcessPool:
                waiting.appendleft(task)
                break
        if not flying:
            engine.close()
            sent = 0
            continue
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            task = flying.pop(future)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                suspects.append(task)
            else:
                yield _told(task, future)
        if suspects:
            suspects.extend(flying.values())
            flying.clear()
            engine.close()
            sent = 0


def _asked_alone(task: Task, engine: Any, ask: Ask) -> Answer:
    alone = engine.alone()
    try:
        future = alone.pool().submit(ask, task)
        return _told(task, future)
    finally:
        alone.close()


def _told(task: Task, future: Future[str]) -> Answer:
    try:
        return Answer.decode(future.result(), task.number)
    except BrokenProcessPool:
        return Answer(task.number, LOST, why="its worker died twice while running it")
    except Exception as error:
        if type(error).__name__ == "KilledWorker":  # Dask's word for it
            return Answer(task.number, LOST, why="its workers died each time they ran it")
        return Answer(task.number, FAILED, why=f"{type(error).__name__}: {error}"[:400])
