"""Running a scenario: genesis, the sink, the economy, month after month, and the folder that keeps it all."""

import datetime
import hashlib
import platform
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from attrs import frozen

from events import log as event_log
from events.books import Books
from events.files import Files, on_disk
from events.log import Genesis
from events.postings import POLICY
from events.problems import LogDamaged, OtherHistory, OutputFailed, Usage
from events.sink import Sink, next_folder
from model.changes import start_changes
from model.contracts import start_contracts
from model.economy import Economy
from model.founding import found, install
from model.market.chips import place_opening_orders
from model.market.striking import start_shocks
from model.month import days, months
from model.scenario import Loaded, load

MODEL = 2  # raised by hand when figures move; the golden heads in the tests show when it was forgotten
GENERATOR = "PCG64"

Progress = Callable[[str, int, int], None]  # date, day, last day; called at each month's end, and may raise Stopped
Opened = Callable[[Path, str], None]  # the folder that is written in, and what was found there


@frozen
class Ran:
    """What a run came to: where it is, what it is, and the books at its end."""

    folder: Path
    outcome: str
    head: str
    events: int
    seconds: float
    books: Books
    first_difference: str = ""


def run(
    loaded: Loaded,
    runs: Path,
    files: Files | None = None,
    progress: Progress | None = None,
    opened: Opened | None = None,
) -> Ran:
    """
    Run a scenario into its folder under `runs`; resume an unfinished log, reproduce a finished one.

    A folder with a log of other code stays as it is; the run then goes to `<name>.2`, and says where they part.
    """
    started = time.perf_counter()
    genesis = genesis_of(loaded)
    folder = runs / f"{loaded.scenario.name}-{loaded.digest[:8]}"
    _make(runs)
    difference = ""
    while True:
        try:
            books, sink = _into(folder, loaded, genesis, files or Files(), progress, opened)
            break
        except OtherHistory as other:
            difference = difference or str(other)
            folder = next_folder(folder, genesis, code_digest())
    seconds = time.perf_counter() - started
    return Ran(folder, sink.outcome, sink.head, sink.events, seconds, books, difference)


def rerun(folder: Path, progress: Progress | None = None) -> Ran:
    """
    Run the scenario that lies beside a log again, and compare each block; the log is whole and was checked before.

    Raises:
        OtherHistory, Diverged: another log came out; nothing was changed.
    """
    started = time.perf_counter()
    loaded = load(folder / "scenario.json")
    books, sink = _into(folder, loaded, genesis_of(loaded), Files(), progress, None)
    return Ran(folder, sink.outcome, sink.head, sink.events, time.perf_counter() - started, books)


def _make(runs: Path) -> None:
    try:
        with on_disk(runs):
            runs.mkdir(parents=True, exist_ok=True)
    except OutputFailed as problem:
        if isinstance(problem.__cause__, FileExistsError | NotADirectoryError):
            raise Usage("found a file; runs are kept in a folder; name another one", runs) from problem
        raise


def _into(
    folder: Path,
    loaded: Loaded,
    genesis: Genesis,
    files: Files,
    progress: Progress | None,
    opened: Opened | None,
) -> tuple[Books, Sink]:
    origins = {path: origin_dict(origin) for path, origin in loaded.origins.items()}
    with Sink.open(folder, genesis, code_digest(), files, environment=environment(), origins=origins) as sink:
        if opened:
            opened(folder, sink.outcome)
        _keep_scenario(folder, loaded, files)
        economy = economy_of(loaded, sink)
        while economy.running:
            economy.step()
            if progress:
                progress(economy.calendar.text(economy.day), economy.day, economy.calendar.ends_day)
        books = economy.retire()
    return books, sink


def economy_of(loaded: Loaded, sink: Any) -> Economy:
    """The world at its opening: firms founded, contracts signed, everything that runs started."""
    economy = Economy(loaded.scenario, sink.append, sink.seal)
    found(economy)
    start_contracts(economy)
    install(economy)
    place_opening_orders(economy)
    start_shocks(economy)
    start_changes(economy, loaded.futures)
    economy.start(days(economy), 0)
    economy.start(months(economy), 0)
    return economy


def genesis_of(loaded: Loaded) -> Genesis:
    """All that determines the log."""
    scenario = loaded.scenario
    opens = datetime.date.fromisoformat(scenario.opens)
    outside = {name for name, spec in scenario.firms.items() if spec.outside} | {"public", "world"}
    return Genesis(
        model=MODEL,
        policy=POLICY,
        scenario=scenario.name,
        scenario_sha256=loaded.digest,
        seed=scenario.seed,
        generator=GENERATOR,
        opens=scenario.opens,
        ends=(opens + datetime.timedelta(days=scenario.ends_day)).isoformat(),
        block_events=event_log.BLOCK_EVENTS,
        block_bytes=event_log.BLOCK_BYTES,
        outside=tuple(sorted(outside)),
        parent=scenario.parent,
        parent_date=parent_date(scenario) if scenario.parent else "",
    )


def parent_date(scenario: Any) -> str:
    """The day from which a fork is its own: the last of its changes, for those before are its parent's too."""
    opens = datetime.date.fromisoformat(scenario.opens)
    day = max((change.at_day for change in scenario.changes), default=0)
    return (opens + datetime.timedelta(days=day)).isoformat()


def _keep_scenario(folder: Path, loaded: Loaded, files: Files) -> None:
    path = folder / "scenario.json"
    if not path.exists():
        files.replace(path, loaded.resolved)
    elif path.read_bytes() != loaded.resolved:
        raise LogDamaged("this is not the scenario that the log beside it was run from; put that one back", where=path)


@cache
def code_digest() -> str:
    """SHA-256 over the sources of the three floors, by path in byte order."""
    top = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for name in ("agents", "events", "model"):
        for path in sorted((top / name).rglob("*.py")):
            digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def environment() -> dict[str, Any]:
    """What ran: kept in the manifest, never in the log."""
    names = ("mesa", "simpy", "attrs", "msgspec", "numpy", "structlog")
    return {
        "python": sys.version.split()[0],
        "system": platform.system(),
        "machine": platform.machine(),
        "packages": {name: metadata.version(name) for name in names},
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def origin_dict(origin: Any) -> Any:
    """An origin as plain data for the manifest."""
    from attrs import asdict, has

    return asdict(origin) if has(type(origin)) else origin
