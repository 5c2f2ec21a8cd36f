"""What can go wrong in a way that a person can act on: one class for each exit code.

Each carries one finished message, so that whoever rebuilds an exception from its `args` (SimPy does) gets the same
one; `where` (a path, file:line:column, or run:seq) is shown before it and may be missing from such a copy.
"""


class Problem(Exception):
    """An error told in one line, `error[code] where: message`, never as a traceback."""

    code = 70

    def __init__(self, message: str, where: object = "") -> None:
        super().__init__(message)
        self.where = str(where)

    def __str__(self) -> str:
        return str(self.args[0])

    @property
    def line(self) -> str:
        """The one line for the terminal."""
        place = f" {safe(self.where, 300)}" if self.where else ""
        return f"error[{self.code}]{place}: {self}"


class Usage(Problem):
    """The command, or a path given to it, cannot be meant."""

    code = 2


class BadScenario(Problem):
    """A scenario or a parameter is wrong."""

    code = 3


class LogDamaged(Problem):
    """A log, or what lies beside it, was changed, cut, or is not a log."""

    code = 4


class LogIncomplete(Problem):
    """The sealed part of a log is right, and its end is missing."""

    code = 5


class Diverged(Problem):
    """The same code and scenario told another story; `difference` says where it begins."""

    code = 6
    difference: object = None


class OtherHistory(Problem):
    """
    The folder holds a log of other code or of another genesis; it stays as it is.

    `difference` is the first one; `fields` names the fields of genesis that differ, if any.
    """

    code = 6
    difference: object = None
    fields: tuple[str, ...] = ()


class AccountingBroken(Problem):
    """The chain holds and the books do not."""

    code = 7


class Locked(Problem):
    """Another process writes in this folder."""

    code = 8


class UnknownSchema(Problem):
    """A newer format, or a kind of event that this version does not know."""

    code = 9


class OutputFailed(Problem):
    """The disk, or the folder on it, did not take what was to be written."""

    code = 74


class Stopped(Problem):
    """The run was told to stop; `code` is 128 and the number of the signal (130 for SIGINT)."""

    def __init__(self, message: str, where: object = "", code: int = 130) -> None:
        super().__init__(message, where)
        self.code = code


def original(error: BaseException) -> BaseException:
    """What was raised first, where SimPy has rebuilt it from its arguments and so lost the rest of it."""
    while type(error.__cause__) is type(error):
        error = error.__cause__
    return error


def safe(text: str, limit: int = 80) -> str:
    """`text` cut to `limit` characters, with control, bidi and other unprintable characters escaped."""
    head = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in head)
