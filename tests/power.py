"""A power cut: what of a recorded run of calls can be on the disk afterwards.

A kernel keeps what was synced and owes nothing else. Of what was not, a crash state keeps nothing, all, some calls
and not others, or a call in part: cut at a sector, as zeros of the right length, or as bytes of an older file.
Names (created, renamed, removed) are kept in their order up to some point, as journaling file systems do, or, in the
state "any names", each or not.
"""

import os
from random import Random

from attrs import define, field

from events.files import Files

SECTOR = 512
DATA = ("nothing", "all", "some", "torn", "zeros", "older")
NAMES = ("nothing", "all", "first", "any")


class Recorder(Files):
    """
    The real layer; `calls` holds what changed the disk, in order, paths relative to `root`.

    A file made here has a number of its own, for a file system gives those of removed files out again; one that stood
    here before goes by its name.
    """

    def __init__(self, root):
        self.root, self.calls = root, []
        self._inode, self._appends, self._ids = {}, set(), {}

    def _name(self, path):
        return os.path.relpath(path, self.root)

    def open(self, path, flags):
        new = not os.path.lexists(path)
        fd = super().open(path, flags)
        if flags & os.O_DIRECTORY:
            self._inode[fd] = f"{self._name(path)}/"
            return fd
        inode = os.fstat(fd).st_ino
        if new:
            self._ids[inode] = len(self.calls)
            self.calls.append(("create", self._name(path), self._ids[inode]))
        self._inode[fd] = self._ids.setdefault(inode, (self._name(path),))
        self._appends.discard(fd)
        if flags & os.O_APPEND:
            self._appends.add(fd)
        return fd

    def write(self, fd, data):
        at = os.fstat(fd).st_size if fd in self._appends else os.lseek(fd, 0, os.SEEK_CUR)
        taken = super().write(fd, data)
        self.calls.append(("write", self._inode[fd], at, bytes(data[:taken])))
        return taken

    def truncate(self, fd, size):
        super().truncate(fd, size)
        self.calls.append(("truncate", self._inode[fd], size))

    def fsync(self, fd):
        self.calls.append(("sync", self._inode[fd]))

    def rename(self, old, new):
        super().rename(old, new)
        self.calls.append(("rename", self._name(old), self._name(new)))

    def unlink(self, path):
        super().unlink(path)
        self.calls.append(("unlink", self._name(path)))


@define
class Disk:
    """Files by number, names by path; beside each what was asked of it since its last sync."""

    files: dict = field(factory=dict)
    names: dict = field(factory=dict)
    data_asked: dict = field(factory=dict)
    names_asked: list = field(factory=list)

    def take(self, call):
        what, subject, *_ = call
        if what in ("create", "rename", "unlink"):
            self.names_asked.append(call)
        elif what != "sync":
            self.data_asked.setdefault(subject, []).append(call)
        elif isinstance(subject, str):
            for asked in self.names_asked:
                self._rename(asked)
            self.names_asked.clear()
        else:
            for asked in self.data_asked.pop(subject, []):
                self._change(asked)

    def _rename(self, call):
        what, path, *rest = call
        if what == "create":
            self.names[path] = rest[0]
        elif path in self.names:
            number = self.names.pop(path)
            if what == "rename":
                self.names[rest[0]] = number

    def _change(self, call):
        what, number, *rest = call
        old = self.files.get(number, b"")
        if what == "truncate":
            self.files[number] = old[: rest[0]].ljust(rest[0], b"\0")
        else:
            at, data = rest
            old = old.ljust(at, b"\0")
            self.files[number] = old[:at] + data + old[at + len(data) :]

    def crash(self, data, names, random):
        """The power fails: of what was asked and not synced, this much was done."""
        for asked in self.data_asked.values():
            for call in _done(asked, data, random):
                self._change(call)
        for call in _named(self.names_asked, names, random):
            self._rename(call)

    def lay_out(self, folder):
        """Make the folder that a machine finds when it comes back."""
        folder.mkdir(parents=True)
        for path, number in self.names.items():
            place = folder.joinpath(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(self.files.get(number, b""))


def _done(asked, how, random):
    """The calls that reached the disk, some of them changed on the way."""
    if how == "nothing":
        return []
    if how == "all":
        return asked
    if how == "some":
        return [call for call in asked if random.random() < 0.5]
    last = random.randrange(len(asked))
    return [*asked[:last], *_spoiled(asked[last], how, random)]


def _spoiled(call, how, random):
    what, number, *rest = call
    if what == "truncate":
        return []
    at, data = rest
    if how == "torn":
        whole = (len(data) // SECTOR + 1) * SECTOR
        return [(what, number, at, data[: random.randrange(0, whole, SECTOR)])]
    filling = b"\0" if how == "zeros" else b'{"seal":9,"older"'
    return [(what, number, at, (filling * (len(data) // len(filling) + 1))[: len(data)])]


def _named(asked, how, random):
    if how == "any":
        return [call for call in asked if random.random() < 0.5]
    count = {"nothing": 0, "all": len(asked), "first": random.randrange(len(asked) + 1)}[how]
    return asked[:count]


def crashed(calls, at, data, names, seed):
    """The disk after the first `at` calls and a power cut that kept `data` and `names` of what was not synced."""
    disk = Disk()
    for call in calls[:at]:
        disk.take(call)
    disk.crash(data, names, Random(seed))
    return disk
