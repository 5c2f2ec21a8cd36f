"""
A server for one person on this machine: the page of a run while it goes on, and another world beside it.

It listens on loopback, answers only who has the token of its address, and runs the other world in a thread of its own
process, so that nothing is left behind however it ends. What it shows is made from the sealed part of logs.
"""

import hmac
import json
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from events import manifest
from events.files import Files, read_object
from events.problems import Problem, Stopped, Usage, safe
from events.replay import LONGEST_SCENARIO, SCENARIO
from model import reporting
from model.report.view_page import view_page
from model.stops import SIGNALS

HOST = "127.0.0.1"
COOKIE = "circle"
LONGEST_BODY = 1_000
Answer = tuple[HTTPStatus, str, bytes]


class World:
    """The run that is shown, and at most one more that goes on in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.trouble = ""
        self._scenario = read_object(
            self.folder / SCENARIO, LONGEST_SCENARIO, "name a run that has its scenario beside it"
        )
        self._stopping = threading.Event()
        self._opened = threading.Event()
        self._running: threading.Thread | None = None
        self._second = ""

    @property
    def shock(self) -> tuple[str, int] | None:
        """The name of the shock that touches demand, and by how much in percent; None where there is none."""
        shocks = self._scenario.get("shocks")
        for name, spec in shocks.items() if isinstance(shocks, dict) else ():
            if isinstance(spec, dict) and _plain(spec.get("touches")) == "demand":
                depth = str(_plain(spec.get("depth"))).removesuffix("%").strip()
                return name, round(float(depth)) if depth.replace(".", "", 1).isdigit() else 0
        return None

    @property
    def busy(self) -> bool:
        """Whether the second world is being run."""
        return self._running is not None and self._running.is_alive()

    def find(self, name: str) -> Path:
        """
        Raises:
            Usage: neither of the runs that are shown.
        """
        if not name or name not in (self.folder.name, self._second):
            raise Usage("no run of this name is shown here", name)
        return self.folder.with_name(name)

    def state(self, name: str) -> dict[str, Any]:
        """How far a run is, by what of its log is sealed."""
        folder = self.find(name)
        found = {"name": name, "events": 0, "date": "", "complete": False, "trouble": self.trouble}
        if log := reporting.sealed(folder):
            found |= {"events": log.events, "date": log.last_date, "complete": log.complete}
        kept = manifest.read(folder, Files())
        return found | {"running": not found["complete"] and kept is not None and kept.status == "running"}

    def again(self, percent: int) -> str:
        """
        Start the same world with another fall of demand; returns the name of its run.

        Raises:
            Usage: it has no fall of demand, no such fall is possible, or another one is still running.
            BadScenario: the scenario does not hold with it.
        """
        from model.scenario import load

        if self.busy:
            raise Usage("another world is still running; wait for it", self._second)
        if self.shock is None or not 0 <= percent <= 95:
            raise Usage("a fall of demand is a whole number from 0 to 95 percent", str(percent))
        loaded = load(self.folder / SCENARIO, [f"shocks.{self.shock[0]}.depth={percent} %"])
        self._second, self.trouble = "", ""
        self._opened.clear()
        self._running = threading.Thread(target=self._run, args=(loaded,), name="world")
        self._running.start()
        self._opened.wait()
        if not self._second:
            raise Usage(self.trouble or "the world did not start", self.folder.name)
        return self._second

    def _run(self, loaded: Any) -> None:
        from model.finishing import finish
        from model.run import genesis_of, run

        def opened(folder: Path, outcome: str) -> None:
            self._second = folder.name
            self._opened.set()

        def month_ended(date: str, day: int, last: int) -> None:
            if self._stopping.is_set() and day < last:
                raise Stopped("the server was stopped", code=0)

        try:
            ran = run(loaded, self.folder.parent, progress=month_ended, opened=opened)
            finish(ran, genesis_of(loaded).outside, report=True)
        except Problem as problem:
            self.trouble = problem.line
        except Exception as error:  # an agent's fault must not end the thread unseen
            self.trouble = f"{type(error).__name__}: {safe(str(error), 200)}"
        finally:
            self._opened.set()

    def stop(self) -> None:
        """The world that is running stops at the end of its month, and can be resumed."""
        self._stopping.set()
        if self._running is not None:
            self._running.join()


def _plain(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) and "value" in value else value


class Server(ThreadingHTTPServer):
    """Loopback alone, one token; `url` is where to look."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        self.world, self.token = World(folder), secrets.token_urlsafe(24)
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise Usage(f"{error.strerror or error}; choose another port, or 0 for any", f"{HOST}:{port}") from error

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}/?token={self.token}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked has gone before the answer was there: that is no fault. Anything else shows in the page."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.world.trouble = f"{type(error).__name__}: {safe(str(error), 200)}"

    def close(self) -> None:
        """No request is taken any more, and the world that runs is stopped."""
        self.server_close()
        self.world.stop()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "circle", ""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == "/" and self._same(query.get("token", "")) and self._at_home():
            return self._welcome()
        self._answer(lambda: self._found(asked.path, query))

    def do_POST(self) -> None:
        self._answer(self._again if self.path == "/again" else _nothing)

    def _found(self, path: str, query: dict[str, str]) -> Answer:
        world = self.server.world
        if path == "/":
            shock = world.shock
            return HTTPStatus.OK, "text/html; charset=utf-8", view_page(world.folder.name, shock[1] if shock else None)
        if path == "/page":
            return HTTPStatus.OK, "text/html; charset=utf-8", reporting.so_far(world.find(query.get("run", "")))
        if path == "/state":
            return _object(world.state(query.get("run", "")))
        return _nothing()

    def _again(self) -> Answer:
        stated = self.headers.get("Content-Length") or ""
        size = int(stated) if stated.isdecimal() and len(stated) < 10 else 0
        if not 0 < size <= LONGEST_BODY or self.headers.get("Content-Type") != "application/json":
            return _object({"error": "send a short JSON object"}, HTTPStatus.BAD_REQUEST)
        try:
            asked = json.loads(self.rfile.read(size))
        except (ValueError, RecursionError):
            asked = None
        percent = asked.get("percent") if isinstance(asked, dict) else None
        if type(percent) is not int:
            return _object({"error": 'send {"percent": a whole number}'}, HTTPStatus.BAD_REQUEST)
        return _object({"name": self.server.world.again(percent)})

    def _answer(self, make: Callable[[], Answer]) -> None:
        """What was asked for, if it was asked by who has the token, under our own name, and from our own page."""
        if not (self._at_home() and self._same(self._cookie())):
            return self._send(HTTPStatus.FORBIDDEN, "text/plain", b"open the address that the command has printed\n")
        try:
            status, kind, data = make()
        except Problem as problem:
            status, kind, data = _object({"error": problem.line}, HTTPStatus.BAD_REQUEST)
        except Exception as error:  # a fault of ours; who asked is told, and the server goes on
            told = f"{type(error).__name__}: {safe(str(error), 200)}"
            status, kind, data = _object({"error": told}, HTTPStatus.INTERNAL_SERVER_ERROR)
        self._send(status, kind, data)

    def _welcome(self) -> None:
        """The token becomes a cookie, and leaves the address."""
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Set-Cookie", f"{COOKIE}={self.server.token}; HttpOnly; SameSite=Strict; Path=/")
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _same(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.server.token.encode())

    def _cookie(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""

    def _at_home(self) -> bool:
        """Asked by our own name, which a page that points its name at this machine cannot, and from no other page."""
        names = {f"{host}:{self.server.server_address[1]}" for host in (HOST, "localhost")}
        origin = self.headers.get("Origin")
        return self.headers.get("Host") in names and (origin is None or urlsplit(origin).netloc in names)

    def _send(self, status: HTTPStatus, kind: str, data: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(data))), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("X-Frame-Options", "SAMEORIGIN"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told of requests: addresses hold the token."""


def _object(found: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return status, "application/json", json.dumps(found, ensure_ascii=False).encode()


def _nothing() -> Answer:
    return _object({"error": "there is nothing here"}, HTTPStatus.NOT_FOUND)


def serve(server: Server, ready: Callable[[], None]) -> None:
    """Say so when ready, answer until a signal comes, then stop the world that runs, and return."""

    def stop(number: int, frame: object) -> None:
        # From another thread: `shutdown` waits for the loop that this handler has interrupted.
        threading.Thread(target=server.shutdown).start()

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        ready()
        server.serve_forever(poll_interval=0.1)
    finally:
        server.close()
        for number, handler in before.items():
            signal.signal(number, handler)
