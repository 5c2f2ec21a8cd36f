"""Who may write in a folder: the one who holds `flock` on its `.lock`.

The lock decides, never what the folder looks like. `flock` belongs to the open file, so it lasts until the last
descriptor of that opening closes: a forked child therefore closes the one it inherits, without unlocking.
"""

import fcntl
import os
import time
from pathlib import Path
from weakref import WeakSet

from events.files import Files, on_disk
from events.problems import Locked, safe

NAME = ".lock"
LONGEST = 512
PATIENCE_SECONDS = 0.5

_held: "WeakSet[Lock]" = WeakSet()


class Lock:
    """The right to write in one folder, from `take` until `release`."""

    def __init__(self, path: Path, fd: int, files: Files) -> None:
        self._path, self._fd, self._files = path, fd, files
        _held.add(self)

    @classmethod
    def take(cls, folder: Path, files: Files) -> "Lock":
        """
        Lock the folder, or refuse at once.

        Raises:
            Locked: another process holds it; the message names its pid and host.
            OutputFailed: the lock file cannot be opened or written.
            Usage: something other than a plain file stands in its place.
        """
        path = folder / NAME
        with on_disk(path):
            while True:
                fd = files.open_regular(path, os.O_RDWR | os.O_CREAT)
                try:
                    _flock(fd, path)
                    # The one before may have removed the file between our opening and our locking it.
                    if same_file(fd, path):
                        _sign(fd, files)
                        return cls(path, fd, files)
                except BaseException:
                    files.close(fd)
                    raise
                files.close(fd)

    @property
    def held(self) -> bool:
        """Whether this process still holds the folder: not after a fork, nor when its lock file was taken away."""
        return self._fd >= 0 and same_file(self._fd, self._path)

    @property
    def inherited(self) -> bool:
        """Whether this is a forked child's copy (or was released): then nothing may be written."""
        return self._fd < 0

    def release(self) -> None:
        """Let the next one in; the file stays, for a lock that is removed can be held twice."""
        _held.discard(self)
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self._files.close(fd)

    def forget(self) -> None:
        """In a forked child: close the copy and leave the parent's lock alone."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def same_file(fd: int, path: Path) -> bool:
    """Whether `path` still names what `fd` has open."""
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path, follow_symlinks=False))
    except OSError:
        return False


def _flock(fd: int, path: Path) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, host = _holder(fd)
        message = f"process {pid} on {host} writes here; one writer at a time is allowed; wait for it or stop it"
        raise Locked(message, path.parent) from None


def _sign(fd: int, files: Files) -> None:
    files.truncate(fd, 0)
    files.write_all(fd, f"{os.getpid()} {os.uname().nodename}\n".encode())


def _holder(fd: int) -> tuple[str, str]:
    """Pid and host of the holder, who may just be about to sign over the name of one that died."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        pid, _, host = os.pread(fd, LONGEST, 0).decode(errors="replace").partition(" ")
        signed = pid.isascii() and pid.isdigit() and host.endswith("\n")
        if signed and (host.strip() != os.uname().nodename or _alive(int(pid))):
            return pid, safe(host.strip())
        if time.monotonic() > deadline:
            return (pid, safe(host.strip())) if signed else ("unknown", "an unknown host")
        time.sleep(0.005)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _forget_all() -> None:
    for lock in list(_held):
        lock.forget()
    _held.clear()


os.register_at_fork(after_in_child=_forget_all)
