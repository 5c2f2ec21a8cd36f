"""What is kept beside a log when its run has ended: what it came to, its page, and its line in the index of runs."""

import json
from collections.abc import Collection

from attrs import asdict

from events import index
from events.files import Files, on_disk
from events.replay import records
from model import reporting
from model.outcomes import CameTo, came_to
from model.run import Ran

SUMMARY = "summary.json"


def finish(ran: Ran, outside: Collection[str], report: bool) -> CameTo:
    """
    Read from the log what the run came to, keep it and its page beside the log, and enter the run into the index, once.

    Raises:
        OutputFailed: the disk refused.
        LogDamaged: the index of runs is damaged.
    """
    listed = list(records(ran.folder))
    result = came_to(iter(listed), ran.books, outside)
    path = ran.folder / SUMMARY
    scenario = ran.folder.name.rpartition("-")[0]
    stated = {"scenario": scenario, "head": ran.head, "events": ran.events, "outcomes": result.outcomes}
    stated |= {"gigawatts": [asdict(row) for row in result.gigawatts]}
    data = (json.dumps(stated, indent=1, ensure_ascii=False) + "\n").encode()
    with on_disk(path):
        if not (path.is_file() and path.read_bytes() == data):
            Files().replace(path, data)
    runs = ran.folder.parent.resolve()
    index.append(runs, name=ran.folder.name, head=ran.head, events=ran.events, scenario=scenario)
    if report:
        reporting.at_the_end(ran.folder, listed, result)
    return result
