"""The thin layer between the record and the disk.

Raw descriptors, links never followed at the last step of a path, short writes continued. Everything that changes the
disk passes through one of the small methods at the top of `Files`, so that a test can record, cut or refuse each.
"""

import errno
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from events.problems import LogDamaged, OutputFailed, Usage

CREATE = os.O_CREAT | os.O_EXCL
NOT_A_FILE = {errno.ELOOP, errno.EISDIR, errno.ENXIO}
NOT_A_FOLDER = {errno.ELOOP, errno.ENOTDIR, errno.EEXIST}


class Files:
    """The system calls that the record needs, one method each, and a few small sequences made of them."""

    def open(self, path: Path, flags: int) -> int:
        # O_NONBLOCK: opening a pipe that someone put there must not hang.
        return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)

    def close(self, fd: int) -> None:
        os.close(fd)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        return os.write(fd, data)

    def fsync(self, fd: int) -> None:
        os.fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def rename(self, old: Path, new: Path) -> None:
        os.rename(old, new)

    def unlink(self, path: Path) -> None:
        os.unlink(path)

    def make_folder(self, path: Path) -> None:
        os.makedirs(path, exist_ok=True)

    # What follows is made of the calls above.

    def open_regular(self, path: Path, flags: int) -> int:
        """
        A descriptor of a plain file.

        Raises:
            Usage: a link, folder, pipe or device stands at `path`; it was not touched.
            OSError: as `os.open`.
        """
        try:
            fd = self.open(path, flags)
        except OSError as error:
            if error.errno in NOT_A_FILE:
                raise not_plain(path) from error
            raise
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            self.close(fd)
            raise not_plain(path)
        return fd

    def write_all(self, fd: int, data: bytes) -> None:
        """Write every byte; the kernel may take fewer than offered each time."""
        rest = memoryview(data)
        while rest:
            taken = self.write(fd, rest)
            if taken <= 0:
                raise OSError(errno.EIO, "the disk accepts no more bytes")
            rest = rest[taken:]

    def sync_folder(self, folder: Path) -> None:
        """Make names in `folder` survive a power cut."""
        fd = self.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.fsync(fd)
        finally:
            self.close(fd)

    def put(self, path: Path, flags: int, data: bytes) -> None:
        """Open, write, sync, close."""
        fd = self.open_regular(path, os.O_WRONLY | flags)
        try:
            self.write_all(fd, data)
            self.fsync(fd)
        finally:
            self.close(fd)

    def replace(self, path: Path, data: bytes) -> None:
        """`path` holds `data` whole, or what it held before, whatever happens in between."""
        self.remove_stray(path)
        self.put(temporary(path), CREATE, data)
        self.rename(temporary(path), path)
        self.sync_folder(path.parent)

    def remove_stray(self, path: Path) -> None:
        """Remove what an interrupted `replace` left."""
        if os.path.lexists(temporary(path)):
            self.unlink(temporary(path))


def temporary(path: Path) -> Path:
    """The name under which `replace` prepares `path`; one fixed name, so that a stray one is found."""
    return path.with_name(path.name + ".tmp")


def read_whole(path: Path, files: Files, limit: int) -> bytes:
    """
    The bytes of a small plain file.

    Raises:
        FileNotFoundError: there is none.
        OutputFailed: it is longer than `limit` bytes.
    """
    with os.fdopen(files.open_regular(path, os.O_RDONLY), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OutputFailed(f"the file is longer than {limit} bytes; that is no file of ours; move it away", path)
    return data


def read_object(path: Path, limit: int, advice: str) -> dict[str, Any]:
    """
    The JSON object in a small plain file; `advice` says what to do where there is none.

    Raises:
        LogDamaged: no JSON object is in it.
        OutputFailed: it cannot be read, or is longer than `limit` bytes.
    """
    with on_disk(path):
        data = read_whole(path, Files(), limit)
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise LogDamaged(f"no JSON object is in it; {advice}", path)
    return tree


def open_folder(folder: Path, files: Files) -> None:
    """
    Make `folder` if it is missing; what stands there must be a folder and no link.

    Raises:
        Usage: it is a link or a file, or the name is not possible.
        OutputFailed: it cannot be made or entered.
    """
    if "\0" in str(folder):
        raise Usage("a path holds a zero byte; name the folder without it", folder)
    try:
        if not os.path.lexists(folder):
            files.make_folder(folder)
        files.close(files.open(folder, os.O_RDONLY | os.O_DIRECTORY))
    except OSError as error:
        if error.errno in NOT_A_FOLDER:
            raise Usage("found a link or a file; only a folder is allowed here; move it away", folder) from error
        if error.errno == errno.ENAMETOOLONG:
            raise Usage("the name is longer than the disk allows; choose a shorter one", folder) from error
        raise refused(folder, error) from error


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into one line that names the file and the space left."""
    try:
        yield
    except OSError as error:
        raise refused(path, error) from error


def refused(path: Path, error: OSError) -> OutputFailed:
    what = error.strerror or str(error)
    return OutputFailed(
        f"{what}; {free_space(path)}; make room or give access, then run the same again, which resumes", path
    )


def free_space(path: Path) -> str:
    """How much an unprivileged user may still write on the disk that holds `path`, in words."""
    for place in (path, *path.parents):
        try:
            disk = os.statvfs(place)
        except OSError:
            continue
        return f"{disk.f_bavail * disk.f_frsize:,} bytes free on its disk"
    return "free space unknown"


def not_plain(path: Path) -> Usage:
    return Usage("found a link, folder, pipe or device; only a plain file is allowed here; move it away", path)
