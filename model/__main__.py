"""`python -m model`: see `model/cli.py`."""

import os
import sys


def _keep_three_open() -> None:
    """Where stdin, stdout or stderr came closed, put nothing there, lest a log be opened in its place."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(fd, True)
    os.close(fd)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open as long as the program is


if __name__ == "__main__":
    _keep_three_open()
    from model.cli import main

    sys.exit(main(sys.argv[1:]))
