"""Which run a RUN argument means: a path, the unique beginning of a name under `runs/`, or `last`."""

import os
from pathlib import Path

from events import index
from events.log import NAME
from events.problems import Usage, safe
from model.complaints import nearest

LAST = "last"
SWEEP, SWEEP_PLAN = "-sweep", "plan.json"  # in the name of every sweep's folder, and what makes it one
LONGEST = 255
_ALLOWED = f"name a run's folder, the unique beginning of one under --runs, or `{LAST}`"


def find_run(argument: str, runs: Path) -> Path:
    """
    The folder of a run, or the log itself where a path leads to a file.

    Raises:
        Usage: nothing, or more than one run, is meant.
    """
    longest = max(map(len, argument.split("/")))
    if not argument or not argument.isprintable() or argument.startswith("-") or longest > LONGEST:
        raise Usage(f"not a run; {_ALLOWED}", safe(argument) or '""')
    path = Path(argument)
    if _is_run(path) or os.path.isfile(path):
        return path
    if "/" in argument or argument in (".", ".."):
        raise Usage(f"there is no run here; {_ALLOWED}", argument)
    names = names_in(runs)
    if argument == LAST:
        return runs / _last(names, runs)
    found = [argument] if argument in names else [name for name in names if name.startswith(argument)]
    if len(found) == 1:
        return runs / found[0]
    if found:
        raise Usage(f"begins the names of {len(found)} runs: {_listed(found)}; write more of one", argument)
    near = nearest(argument, names)
    raise Usage(f"no run under {safe(str(runs))} has this name; {_meant(near)}", argument)


def find_sweep(argument: str, runs: Path) -> Path | None:
    """The folder of the sweep that is meant by its path or by the unique beginning of its name; None where none is."""
    path = Path(argument)
    if _is_sweep(path):
        return path
    if "/" in argument or SWEEP not in argument:
        return None
    try:
        names = sorted(entry.name for entry in os.scandir(runs) if _is_sweep(Path(entry.path)))
    except OSError:
        return None
    found = [argument] if argument in names else [name for name in names if name.startswith(argument)]
    if len(found) > 1:
        raise Usage(f"begins the names of {len(found)} sweeps: {_listed(found)}; write more of one", argument)
    return runs / found[0] if found else None


def folder_of(path: Path) -> Path:
    """
    The folder of a run that is meant by it or by its log.

    Raises:
        Usage: a file of another name, of which nothing else is known.
    """
    if path.is_dir():
        return path
    if path.name == NAME:
        return path.parent
    raise Usage(f"found a file; this needs a run's whole folder; {_ALLOWED}", path)


def names_in(runs: Path) -> list[str]:
    """The runs kept in a folder, by name; none where there is no such folder."""
    try:
        return sorted(entry.name for entry in os.scandir(runs) if _is_run(Path(entry.path)))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as wrong:
        raise Usage(f"{wrong.strerror}; name a folder of runs that can be read", runs) from None


def _last(names: list[str], runs: Path) -> str:
    """The newest by the index; of runs that it does not know, the one written last."""
    known = [entry.name for entry in index.check(runs) if entry.name in names]
    unknown = [name for name in names if name not in known]
    if known or unknown:
        return max(unknown, key=lambda name: (runs / name / NAME).stat().st_mtime_ns) if not known else known[-1]
    raise Usage(f"there is no run under {safe(str(runs))} yet; run a scenario first, or give --runs", LAST)


def _is_run(path: Path) -> bool:
    try:
        return os.path.lexists(path / NAME)
    except (OSError, ValueError):
        return False


def _is_sweep(path: Path) -> bool:
    try:
        return (path / SWEEP_PLAN).is_file()
    except (OSError, ValueError):
        return False


def _listed(names: list[str]) -> str:
    return ", ".join(safe(name) for name in names[:5]) + (", ..." if len(names) > 5 else "")


def _meant(near: tuple[str, ...]) -> str:
    return f"did you mean {' or '.join(safe(name) for name in near)}?" if near else _ALLOWED
