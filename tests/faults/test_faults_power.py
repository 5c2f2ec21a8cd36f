"""Rows A4 and A10: the power fails after any call of a run, and the disk keeps any part of what was not synced."""

import itertools
import random
from collections import Counter

import pytest

from events.log import NAME
from events.manifest import NAME as MANIFEST
from events.problems import LogDamaged
from tests.power import DATA, NAMES, Disk, Recorder, crashed
from tests.shim import log_bytes, run


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The calls of a whole run, of its log's bytes, and every manifest that was ever written."""
    root = tmp_path_factory.mktemp("recorded")
    recorder = Recorder(root / "run")
    run(root / "run", recorder)
    manifests = {call[3] for call in recorder.calls if call[0] == "write" and call[3].startswith(b"{\n")}
    return recorder.calls, log_bytes(root / "run"), manifests


def states(calls, step):
    every = itertools.product(range(len(calls) + 1), DATA, NAMES)
    for seed, state in enumerate(every):
        if seed % step == 0:
            yield *state, seed


def synced_log(calls, at):
    """The bytes of the log that its last sync, name and content, has made safe."""
    disk = Disk()
    for call in calls[:at]:
        disk.take(call)
    return disk.files.get(disk.names.get(NAME), b"")


def resumed(folder, whole):
    """Run again; how that went. A log of which the disk kept a later part and not an earlier is refused untouched."""
    before = log_bytes(folder) if (folder / NAME).exists() else b""
    try:
        outcome = run(folder, Recorder(folder)).outcome
    except LogDamaged:
        assert log_bytes(folder) == before
        return "damaged"
    assert log_bytes(folder) == whole
    return outcome


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_a4_a10_after_any_power_cut_nothing_synced_is_lost_and_the_run_goes_on(recorded, tmp_path, step):
    """
    The manifest is one that was written, whole; the log begins with all that was synced; and running again gives the
    bytes of an undisturbed run, but for logs in which the disk kept a later write and lost an earlier one.
    """
    calls, whole, manifests = recorded
    seen = Counter()
    for number, (at, data, names, seed) in enumerate(states(calls, step)):
        folder = tmp_path / str(number)
        crashed(calls, at, data, names, seed).lay_out(folder)
        manifest, log = folder / MANIFEST, folder / NAME

        assert not manifest.exists() or manifest.read_bytes() in manifests
        assert not log.exists() or log.read_bytes().startswith(synced_log(calls, at))
        how = resumed(folder, whole)

        assert how != "damaged" or data in ("some", "zeros", "older"), (at, data, names)
        seen[how] += 1
    assert min(seen[how] for how in ("new", "resumed", "reproduced", "damaged")) > 0, seen


@pytest.mark.parametrize("cut_twice", [False, True])
def test_a10_two_hundred_cuts_lose_no_byte_where_writes_reach_the_disk_in_their_order(recorded, tmp_path, cut_twice):
    """Each seed cuts a run once, or the run that resumes it as well."""
    calls, whole, _ = recorded
    ended = Counter()
    for seed in range(200):
        luck = random.Random(seed)
        folder = tmp_path / str(seed)
        _cut(Disk(), calls, luck).lay_out(folder)
        if cut_twice:
            found, again = _as_found(folder), Recorder(folder)
            run(folder, again)
            folder = tmp_path / f"{seed}-again"
            _cut(found, again.calls, luck).lay_out(folder)
        ended[resumed(folder, whole)] += 1
    assert min(ended["new"], ended["resumed"], ended["reproduced"]) > 0 and not ended["damaged"], ended


def _cut(disk, calls, luck):
    """The power fails somewhere in these calls; unsynced writes are there up to some point."""
    for call in calls[: luck.randrange(len(calls) + 1)]:
        disk.take(call)
    disk.crash(luck.choice(("all", "torn", "nothing")), luck.choice(("all", "first")), luck)
    return disk


def _as_found(folder):
    """The disk as it stands, its files named as a recorder names them."""
    disk = Disk()
    for path in folder.iterdir():
        disk.names[path.name] = (path.name,)
        disk.files[path.name,] = path.read_bytes()
    return disk
