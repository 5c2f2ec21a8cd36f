"""The live view: one person on this machine sees a run and runs another beside it; nothing stays behind."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from events.log import NAME, Log, read_blocks
from events.problems import Usage
from events.replay import replay
from model.run import run
from model.scenario import load
from model.view import HOST, Server
from tests.kept import SCENARIOS
from tests.report.browser import started

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shown(fallen, tmp_path):
    """A copy of a run, and a server that shows it."""
    folder = tmp_path / "runs" / fallen.name
    shutil.copytree(fallen, folder)
    server = Server(folder, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.close()
    thread.join()


def ask(server, path, method="GET", body=None, **headers):
    """(status, headers, body) of one request; names of headers with `_` for `-`."""
    connection = http.client.HTTPConnection(HOST, server.server_address[1], timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def cookie(server):
    status, headers, _ = ask(server, f"/?token={server.token}")
    assert status == 303 and headers["Location"] == "/"
    return headers["Set-Cookie"].partition(";")[0]


def again(server, percent, **more):
    headers = {"Cookie": cookie(server), "Content_Type": "application/json"} | more
    status, _, body = ask(server, "/again", "POST", json.dumps({"percent": percent}), **headers)
    return status, json.loads(body)


def at_its_end(server, name):
    """The state of a run once it is whole; it is asked for again as long as it is not."""
    while True:
        _, _, body = ask(server, f"/state?run={name}", Cookie=cookie(server))
        state = json.loads(body)
        assert not state["trouble"]
        if state["complete"] and not server.world.busy:
            return state


@pytest.mark.parametrize("path", ["/", "/page?run=x", "/state?run=x", "/?token=", "/?token=wrong", "/again"])
def test_who_has_not_the_token_sees_nothing(shown, path):
    status, _, body = ask(shown, path)
    assert status == 403 and shown.world.folder.name.encode() not in body


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_gets(shown):
    _, headers, _ = ask(shown, f"/?token={shown.token}")
    assert "HttpOnly" in headers["Set-Cookie"] and "SameSite=Strict" in headers["Set-Cookie"]
    status, headers, body = ask(shown, "/", Cookie=cookie(shown))
    assert status == 200 and shown.world.folder.name.encode() in body
    assert shown.token.encode() not in body and headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("foreign", [{"Host": "elsewhere.example"}, {"Origin": "http://elsewhere.example"}])
def test_a_page_from_elsewhere_is_refused_though_it_sends_the_cookie(shown, foreign):
    assert ask(shown, "/", Cookie=cookie(shown), **foreign)[0] == 403


def test_it_listens_on_this_machine_alone(shown):
    assert shown.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("name", ["", "..", "../../etc", "another", "%2e%2e", ".lock"])
def test_no_other_run_and_no_other_file_is_shown(shown, name):
    for path in ("page", "state"):
        status, _, body = ask(shown, f"/{path}?run={name}", Cookie=cookie(shown))
        assert status == 400 and "no run of this name" in json.loads(body)["error"]


def test_a_whole_run_is_shown_by_its_own_page(shown, fallen):
    _, _, body = ask(shown, f"/page?run={fallen.name}", Cookie=cookie(shown))
    assert body == (fallen / "report.html").read_bytes()


def test_a_run_that_goes_on_is_shown_as_far_as_it_is_sealed(shown):
    folder = shown.world.folder
    half = [block.offset for block in read_blocks(folder / NAME)][12]
    os.truncate(folder / NAME, half + 100)

    _, _, body = ask(shown, f"/page?run={folder.name}", Cookie=cookie(shown))
    _, _, told = ask(shown, f"/state?run={folder.name}", Cookie=cookie(shown))

    state = json.loads(told)
    assert not state["complete"] and state["date"]
    assert f"Not at its end:</strong> what is sealed up to {state['date']}" in body.decode()
    for size in (10, 0):
        os.truncate(folder / NAME, size)
        assert b"Nothing of this run is sealed yet" in ask(shown, f"/page?run={folder.name}", Cookie=cookie(shown))[2]
        assert json.loads(ask(shown, f"/state?run={folder.name}", Cookie=cookie(shown))[2])["events"] == 0


def test_a_block_that_is_whole_only_at_the_second_look_is_no_damage(shown, monkeypatch):
    """The first reading meets half of a block, and its second look at the tail finds the seal there."""
    folder, log = shown.world.folder, Log._finish
    whole = (folder / NAME).read_bytes()
    at = [block.offset for block in read_blocks(folder / NAME)][12]
    os.truncate(folder / NAME, at + 100)

    def written_meanwhile(self, trouble):
        (folder / NAME).write_bytes(whole)
        return log(self, trouble)

    monkeypatch.setattr(Log, "_finish", written_meanwhile)
    state = json.loads(ask(shown, f"/state?run={folder.name}", Cookie=cookie(shown))[2])
    assert state["complete"]


def test_another_fall_of_demand_is_the_run_that_the_command_would_have_made(shown, tmp_path):
    status, told = again(shown, 20)

    assert status == 200
    assert at_its_end(shown, told["name"])["complete"]
    there = replay(shown.world.folder.with_name(told["name"]))
    by_hand = run(load(SCENARIOS / "tiny.yaml", ["shocks.demand.depth=20 %"]), tmp_path / "by-hand")
    assert there.events == by_hand.events
    assert [line for line in _lines(shown, told["name"])] == [line for line in _events(by_hand.folder)]


def _lines(server, name):
    return _events(server.world.folder.with_name(name))


def _events(folder):
    return [line for line in (folder / NAME).read_bytes().splitlines() if line.startswith(b'{"seq":')]


@pytest.mark.parametrize("percent", [-1, 96, 1.5, "20", None, True])
def test_a_fall_that_cannot_be_is_refused_in_a_line(shown, percent):
    status, told = again(shown, percent)
    assert status == 400 and told["error"]
    assert len(list(shown.world.folder.parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("{}", {}), ("[1]", {}), ("no json", {}), ("x" * 2_000, {}), ("", {}),
        ('{"percent": 5}', {"Content_Type": "text/plain"}),
        ('{"percent": 5}', {"Content_Length": "x"}), ('{"percent": 5}', {"Content_Length": "-1"}),
    ],
)  # fmt: skip
def test_what_is_no_short_object_is_refused(shown, body, headers):
    sent = {"Cookie": cookie(shown), "Content_Type": "application/json"} | headers
    status, _, said = ask(shown, "/again", "POST", body, **sent)
    assert status == 400 and json.loads(said)["error"]
    assert not shown.world.trouble


def test_a_run_without_its_scenario_or_on_a_port_that_is_taken_is_refused(shown, fallen, tmp_path):
    with pytest.raises(Usage, match="choose another port"):
        Server(fallen, shown.server_address[1])
    with pytest.raises(Exception, match=r"No such file|scenario"):
        Server(tmp_path, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_and_leaves_nothing_behind(fallen, number):
    command = [sys.executable, "-m", "model", "view", str(fallen), "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = "".join(iter(process.stdout.readline, "}\n")) + "}"
        port = urlsplit(json.loads(said)["url"]).port

        process.send_signal(number)

        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    with pytest.raises(OSError):
        http.client.HTTPConnection(HOST, port, timeout=1).request("GET", "/")


def test_in_a_browser_two_worlds_stand_side_by_side(shown):
    with started() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(shown.url)
        assert "token" not in page.url
        page.frame_locator("#first").locator("#circle-of-money svg").wait_for()

        page.locator("#depth").fill("20")
        page.locator("#again").click()

        page.locator("#second-said", has_text="whole").wait_for(timeout=60_000)
        page.frame_locator("#second").locator("text=Nobody missed a payment").wait_for()
        assert page.frame_locator("#first").locator("text=What broke first").is_visible()
        first, second = (page.locator(f"#{name}").bounding_box() for name in ("first", "second"))
        assert first["y"] == second["y"] and first["x"] + first["width"] <= second["x"]
        assert said == []
