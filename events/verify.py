"""The independent verifier of an event log: one file, the standard library, nothing else of the project.

    python verify.py FOLDER [--head HASH] [--json]

It adds up the postings of `events.jsonl` itself, as `docs/log-format.md` describes them; types and data of events it
cannot judge. Success names the level: *self-consistent*, or *anchored* when the head equals the one given. Exit codes:
2 usage, 4 changed or not a log, 5 its end is missing, 7 the story does not add up, 9 another format version.
"""

import argparse
import json
import re
import sys
from datetime import date
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Any, NoReturn

MAX_LINE, MAX_POSTING, MAX_INTEGER = 65_536, 10**15 - 1, 2**63 - 1
SEAL_TAG, CLOSING = b"circle/seal/1\n", ("MonthClosed", "RunEnded")
OPENING = b'{"genesis":'
PLEDGING = (("Assets:Units", "GPU:"), ("Liabilities:Units", "PLEDGE:"))
HEX, NAME = re.compile("[0-9a-f]{64}"), re.compile(r"[^\t\n]*")
GENESIS = dict(genesis=int, model=int, policy=int, scenario=str, scenario_sha256=str, seed=int, generator=str) | dict(
    opens=str, ends=str, block_events=int, block_bytes=int, outside=list, parent=str, parent_date=str
)
EVENT = dict(seq=int, date=str, type=str, v=int, cause=int, corr=str, actor=str, post=list, data=dict)
ROOT = EVENT | {"cause": type(None)}
SEAL = re.compile(
    rb'(\{"seal":(?P<seal>\d+),"next":(?P<next>\d+),"count":(?P<count>\d+),"bytes":(?P<bytes>\d+),"prev":"(?P<prev>\w+)"'
    rb',"lines":"(?P<lines>\w+)","state":"(?P<state>|[0-9a-f]{64})"),"hash":"(?P<hash>\w+)"\}\n'
)


class Problem(Exception):
    """What is wrong: exit code, place, what was found, what is allowed, what to do."""

    def __str__(self) -> str:
        return "error[{}] {}: {}; {}; {}".format(*self.args)


class Log:
    """What has been read so far, and what it adds up to."""

    def __init__(self) -> None:
        self.world: dict[str, Any] = {}
        self.balances: dict[tuple[str, str, str], int] = {}
        self.doubts: list[tuple[int, Problem]] = []
        self.line, self.seq, self.offset, self.block, self.sealed, self.count, self.size = 1, 0, 0, 0, 0, 0, 0
        self.kind, self.tail, self.prev, self.due, self.ended, self.lines = "", "", "", False, False, sha256()

    def read(self, file: BufferedReader) -> None:
        """Every line, once, up to the first that is wrong: damage if a seal stands further down, else a torn tail."""
        self.recognise(file.peek(len(OPENING)))
        for self.line, raw in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), start=1):
            try:
                (self.genesis if self.line == 1 else self.event if raw.startswith(b'{"seq":') else self.seal)(raw)
            except Problem:
                if (self.line == 1 and (raw.endswith(b"\n") or len(raw) > MAX_LINE)) or self.sealed_below(file):
                    raise
                break
            self.offset = self.offset if self.count else file.tell()

    def sealed_below(self, file: BufferedReader) -> bool:
        """Whether a whole seal stands anywhere after the last good one; names the tail where none does."""
        file.seek(self.offset)
        last = b""
        while chunk := file.read(1 << 20):
            last = last[-1024:] + chunk
            if any(sha256(SEAL_TAG + seal[1]).hexdigest() == seal["hash"].decode() for seal in SEAL.finditer(last)):
                return True
        self.tail = "a zero-filled tail" if last.endswith(b"\0") else "a torn tail"
        return False

    def recognise(self, start: bytes) -> None:
        """The format version comes before everything else: another version may differ in all the rest."""
        if not start:
            raise self.broken("an empty file", "a log has at least its genesis line", "nothing is left: fetch a copy")
        if start.startswith(b"\xef\xbb\xbf"):
            raise self.broken("a UTF-8 byte-order mark", "a log begins with {", "remove it: an editor saved the file")
        version = re.match(OPENING + rb"(0|[1-9][0-9]*)[,}]", start)
        if version and version[1] != b"1":
            raise self.broken(f"format {shown(version[1])}", "format 1 is known here", "use that format's verifier", 9)
        if not OPENING.startswith(start[: len(OPENING)].rstrip(b"\0")):
            raise self.broken(f"a first line that begins {shown(start)}", 'a log begins {"genesis":', "this is no log")

    def genesis(self, raw: bytes) -> None:
        """What was run, and the world's first and last day."""
        self.world = world = self.decoded(raw, GENESIS)
        outside, parent = world["outside"], (world["parent"], world["parent_date"])
        right = {
            "scenario_sha256": HEX.fullmatch(world["scenario_sha256"]),
            "opens or ends": is_date(world["opens"]) and is_date(world["ends"]) and world["opens"] <= world["ends"],
            "block_events or block_bytes": world["block_events"] > 0 < world["block_bytes"],
            "outside": all(type(x) is str and NAME.fullmatch(x) for x in outside) and outside == sorted(set(outside)),
            "parent or parent_date": parent == ("", "") or (HEX.fullmatch(parent[0]) and is_date(parent[1])),
        }
        for key in (key for key, good in right.items() if not good):
            raise self.broken(f"a wrong {key} in the genesis", "see the format page's table of its keys")
        self.date, self.prev = world["opens"], sha256(b"circle/genesis/1\n" + raw).hexdigest()

    def event(self, raw: bytes) -> None:
        """One event: spelling, schema, sequence, date, cause, then what it adds to the balances."""
        if self.due:
            raise self.broken("an event where a seal is due", "a seal follows a month's end and a full block")
        seq, day, kind, _, cause, _, actor, post, _ = self.decoded(raw, EVENT).values()
        if seq != self.seq:
            raise self.broken(f"`seq` {shown(seq)}", f"{self.seq} is next", "a line was lost, doubled or moved")
        if day != self.date and not (is_date(day) and self.date <= day <= self.world["ends"]):
            raise self.broken(f"`date` {shown(day)}", f"ISO, from {self.date} to {self.world['ends']}")
        if not (actor == "scenario" if cause is None else 0 <= cause < seq):
            self.wrong(f"event {seq} of {shown(actor)} has cause {shown(cause)}", "an earlier one; null for scenario")
        self.fold(post)
        self.lines.update(raw)
        self.seq, self.date, self.kind, self.count, self.size = seq + 1, day, kind, self.count + 1, self.size + len(raw)
        self.due = kind in CLOSING or self.count >= self.world["block_events"] or self.size >= self.world["block_bytes"]

    def decoded(self, raw: bytes, keys: dict[str, type]) -> dict[str, Any]:
        """The fields of a line: decode, encode, and compare, which refuses every second spelling in one act."""
        try:
            fields = DECODER.decode(text := raw.decode())
            if ENCODER.encode(fields) + "\n" != text or len(raw) > MAX_LINE or type(fields) is not dict:
                raise ValueError("too long, torn, no object, doubled keys, white space or other escapes")
            shape = {key: type(value) for key, value in fields.items()}
            if list(shape) != list(keys) or shape != (ROOT if keys is EVENT and fields["cause"] is None else keys):
                raise ValueError(f"keys or types differ in {list(shape)}")
            if fields.get("v", 1) < 1 or not is_plain(fields.get("data", "")):
                raise ValueError("`v` is below 1, or `data` has unsorted keys, a null, a boolean or a huge integer")
            return fields
        except (ValueError, RecursionError) as error:
            raise self.broken(shown(str(error)), f"the one spelling of {', '.join(keys)}") from None

    def fold(self, post: list[Any]) -> None:
        """Add the postings of one event, then look at its sums and at the balances that could be wrong."""
        sums: dict[Any, int] = {"USD": 0}
        balances, suspects = self.balances, []
        try:
            for firm, account, asset, quantity in post:
                key = firm, account, asset
                named = key in balances or all(map(NAME.fullmatch, key))
                if not named or type(quantity) is not int or not 0 < abs(quantity) <= MAX_POSTING:
                    raise ValueError
                balance = balances[key] = balances.get(key, 0) + quantity
                if not 0 <= balance <= MAX_INTEGER or asset.startswith("GPU:"):
                    suspects.append(key)
                name = (firm,) if asset == "USD" else asset
                sums[name] = sums.get(name, 0) + quantity
                if account == "Assets:Cash" and asset == "USD":
                    sums["USD"] += quantity
        except (TypeError, ValueError):
            raise self.broken(f"a posting of event {self.seq}", "[firm, account, asset, +-1 to 10^15 - 1]") from None
        if any(sums.values()):
            self.wrong(f"event {self.seq} sums to {shown(sums)}", "0 in USD by firm, in cash, in each other asset")
        for key in suspects:
            self.floor(*key)

    def floor(self, firm: str, account: str, asset: str) -> None:
        """One balance after the whole event: its least, its most, and nothing pledged twice."""
        balance, inside = self.balances[firm, account, asset], firm not in self.world["outside"]
        least = 0 if inside and account.startswith("Assets:") else -MAX_INTEGER
        if not least <= balance <= MAX_INTEGER:
            self.wrong(f"event {self.seq} leaves {balance} on {shown((firm, account, asset))}", f"{least} to 2^63 - 1")
        kind, _, generation = asset.partition(":")
        free = sum(self.balances.get((firm, where, unit + generation), 0) for where, unit in PLEDGING)
        if inside and kind in ("GPU", "PLEDGE") and free < 0:
            self.wrong(f"event {self.seq} leaves {shown(f'{firm} GPU:{generation}')} pledged twice, by {-free}", "0")

    def seal(self, raw: bytes) -> None:
        """A block is whole if its seal says what was read, in the same digits: so the pattern need not be strict."""
        seal = SEAL.fullmatch(raw)
        if not seal:
            raise self.broken(f"a line {shown(raw)}", "an event or a seal, as the format page spells them")
        actual = {"hash": sha256(SEAL_TAG + seal[1]).hexdigest(), "prev": self.prev, "seal": str(self.block)}
        actual |= dict(next=str(self.seq), count=str(self.count), bytes=str(self.size), lines=self.lines.hexdigest())
        for key, value in actual.items():
            if seal[key].decode() != value:
                raise self.broken(f"the seal's `{key}` {shown(seal[key])}", f"{value} by the lines above it")
        if not self.due or self.ended or bool(seal["state"]) != (self.kind in CLOSING):
            raise self.broken("a seal out of place", "a month's end, with a state; a full block; none after RunEnded")
        if seal["state"] and seal["state"].decode() != (state := self.state()):
            self.wrong(f"the seal's `state` {shown(seal['state'])}", f"the postings add up to {state}")
        self.block, self.sealed, self.prev = self.block + 1, self.seq, actual["hash"]
        self.count, self.size, self.due, self.lines, self.ended = 0, 0, False, sha256(), self.kind == "RunEnded"

    def state(self) -> str:
        """The digest of all balances; code-point order of text is the byte order of its UTF-8."""
        lines = sorted("\t".join((*key, f"{balance}\n")) for key, balance in self.balances.items() if balance)
        return sha256("".join(lines).encode()).hexdigest()

    def broken(self, found: str, allowed: str, advice: str = "fetch an unchanged copy", code: int = 4) -> Problem:
        """A problem on the present line."""
        return Problem(code, f"events.jsonl:{self.line}", f"block {self.block}: {found}", allowed, advice)

    def wrong(self, found: str, allowed: str) -> None:
        """Keep a doubt about the story and read on: damage further down goes first, and a tail does not count."""
        self.doubts = self.doubts or [(self.block, self.broken(found, allowed, "ask its author: it was written so", 7))]

    def compare(self, folder: Path, head: str) -> tuple[list[str], dict[str, Any]]:
        """Compare the log with the head that was given and with the files beside it; returns notes."""
        end = {"events": self.sealed, "blocks": self.block, "head": self.prev if self.block else ""}
        if head and head != end["head"]:
            found = f"log ends at {end['head'] or 'no seal'}, head says {head}, after event {self.sealed - 1}"
            raise self.broken(found, "equal heads", "the log was cut or rewritten, or the head is another run's")
        paths = folder / "scenario.json", folder / "manifest.json"
        scenario, manifest = (path.read_bytes() if path.is_file() else None for path in paths)
        try:
            stated = json.loads(manifest or "{}")
            complete = stated.get("status") == "complete"
        except (ValueError, AttributeError, RecursionError):
            raise Problem(4, "manifest.json", "no JSON object", "one or no file", "rebuild it from the log") from None
        pairs = [("manifest.json", key, stated.get(key), value) for key, value in end.items() if complete]
        if scenario is not None and self.world:
            pairs.append(("scenario.json", "SHA-256", sha256(scenario).hexdigest(), self.world["scenario_sha256"]))
        for name, key, found, actual in pairs:
            if json.dumps(found) != json.dumps(actual):
                raise Problem(4, name, f"`{key}` {shown(found)}", f"{actual} by the log", "one was changed")
        missing = (scenario is None and "scenario.json", not complete and "manifest.json of a complete run")
        return [f"no {name} beside the log, so none was compared" for name in missing if name], end

    def conclude(self) -> None:
        """What is left to say when nothing was changed: a wrong story, or a missing end."""
        if self.doubts and self.doubts[0][0] < self.block:
            raise self.doubts[0][1]
        if self.tail or self.count or not self.ended:
            left = [f"{self.count} unsealed events"] * (self.count > 0) + [self.tail] * bool(self.tail)
            found = " and ".join(left or ["no RunEnded" if self.block else "no seal yet"])
            found += f"; last good seq {self.sealed - 1 if self.sealed else 'none'}"
            raise self.broken(found, "a whole log ends with a sealed RunEnded", "run the scenario again to resume", 5)


def is_date(text: str) -> bool:
    """Whether a text is a day as YYYY-MM-DD; newer Pythons read other ISO forms too."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_plain(value: Any) -> bool:
    """Whether a value of `data` has only texts, 64-bit integers, arrays, and objects with sorted keys."""
    kind = type(value)
    if kind is dict:
        return list(value) == sorted(value) and all(map(is_plain, value.values()))
    return kind is str or (kind is list and all(map(is_plain, value))) or (kind is int and abs(value) <= MAX_INTEGER)


def shown(value: object) -> str:
    """What was found, cut short and made safe for a terminal."""
    return ascii(value.decode("ascii", "backslashreplace") if isinstance(value, bytes) else value)[:80]


def refuse(message: str) -> NoReturn:
    """Neither a float in a log, nor what the command line does not know."""
    raise ValueError(f"refused: {message}")


DECODER = json.JSONDecoder(parse_float=refuse, parse_constant=refuse)
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def verify(path: Path, head: str = "") -> dict[str, Any]:
    """What is known of the log in a folder; Problem where it is not whole and true, ValueError where there is none."""
    path = Path(path, "events.jsonl") if Path(path).is_dir() else Path(path)
    if not path.is_file():
        refuse(f"there is no log at {path}")
    if head and not HEX.fullmatch(head):
        refuse(f"{head[:80]} is no head: 64 lower-case hex digits")
    log = Log()
    with path.open("rb") as file:
        log.read(file)
    notes, end = log.compare(path.parent, head)
    log.conclude()
    return {"level": "anchored" if head else "self-consistent", **end, "notes": notes}


def main(arguments: list[str] | None = None) -> int:
    """Print one line, or one object; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", metavar="FOLDER", help="a run's folder, or its events.jsonl")
    parser.add_argument("--head", default="", help="the head of the log as it is known from elsewhere")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, and nothing else there")
    parser.error = refuse  # type: ignore[method-assign]
    options = argparse.Namespace(json="--json" in (sys.argv if arguments is None else arguments))
    try:
        parser.parse_args(arguments, options)
        told, code = verify(options.path, options.head), 0
        line = "; ".join(("{level}: {events} events in {blocks} blocks, head {head}".format(**told), *told["notes"]))
    except (Problem, OSError, ValueError, KeyboardInterrupt) as error:
        code = 74 if isinstance(error, OSError) else 2 if isinstance(error, ValueError) else 130
        other = Problem(code, "verify.py", shown(str(error)), "FOLDER [--head HASH] [--json]", "see verify.py --help")
        problem = error if isinstance(error, Problem) else other
        told = dict(zip(("error", "where", "found", "allowed", "advice"), problem.args, strict=True))
        code, line = problem.args[0], str(problem)
    print(json.dumps(told) if options.json else line, file=sys.stderr if code and not options.json else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
