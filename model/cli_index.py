"""The command `index`: are all runs still here, and do they end where they ended?"""

from typing import TYPE_CHECKING

import click

from model.cli_options import common, runs_folder, runs_option

if TYPE_CHECKING:
    from model.cli import Session

DIFFERS = 4  # a run is missing, or ends elsewhere


@click.command("index")
@runs_option
@common
def index_command(session: "Session", runs: str) -> int:
    """All runs that ended here, by the chained index: still there, missing, or ending elsewhere?"""
    from attrs import asdict

    from model import indexing

    rows, newest = indexing.looked_up(runs_folder(runs))
    wrong = [row for row in rows if row.state not in (indexing.THERE, indexing.UNKNOWN)]
    if session.as_json:
        session.answer({"runs": [asdict(row) for row in rows], "newest": newest})
    else:
        from model import terminal_audit

        terminal_audit.show_index(rows, newest)
    return DIFFERS if wrong else 0
