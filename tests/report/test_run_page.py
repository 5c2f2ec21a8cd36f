"""The page of a run: its figures are those of the log, its links lead somewhere, and it stays readable and small."""

import base64
import calendar
import copy
import json
import re
import struct
from html.parser import HTMLParser

import pytest
from attrs import evolve
from msgspec import structs

from events import catalogue as c
from events.accounts import CASH
from events.books import replay as fold
from events.flows import transfers
from events.log import NAME
from events.problems import Problem
from events.replay import records, replay
from events.units import USD
from model.cli import main
from model.outcomes import came_to
from model.report.page import charts_of, page
from model.report.run_fold import ASSETS, DEBTS, run_fold
from model.report.run_page import of_run
from model.report.told import Told
from model.reporting import report
from tests.kept import SCENARIOS

LARGEST = 8_000_000
HOSTILE = "</script><b onclick=\"x()\">'lab' & co"


class Places(HTMLParser):
    """The anchors of a page, what its links lead to, and its text outside scripts."""

    def __init__(self):
        super().__init__()
        self.anchors, self.links, self.tags, self.words, self.silent = [], [], [], [], ""

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, tuple(found)))
        if "id" in found:
            self.anchors.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        if tag in ("script", "style"):
            self.silent = tag

    def handle_endtag(self, tag):
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def read(folder):
    return parsed((folder / "report.html").read_text(encoding="utf-8"))


def parsed(text):
    """A page read; what stands in its long scripts is left out, which the parser takes minutes for."""
    places = Places()
    places.feed(re.sub(r"<script>.*?</script>", "<script></script>", text, flags=re.DOTALL))
    return places


def told_of(folder):
    found = replay(folder)
    listed = list(records(folder))
    outside = frozenset(found.genesis.outside)
    came = came_to(iter(listed), found.books, outside)
    return Told(
        folder.name, folder, found.head, found.blocks, listed, came, outside, found.genesis.opens, found.genesis.ends
    )


def data_of(folder, name):
    """What a chart or the circle of a page is drawn from."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    return json.loads(re.search(rf'<script type="application/json" id="{name}-data">(.*?)</script>', text)[1])


def unpacked(values):
    data = base64.b64decode(values["bdata"])
    return struct.unpack(f"<{len(data) // 4}f", data)


@pytest.mark.parametrize("name", ["fallen", "calm", "everybody"])
def test_every_link_leads_to_a_place_of_the_page_and_every_place_is_one(request, name):
    places = read(request.getfixturevalue(name))

    assert len(places.anchors) == len(set(places.anchors))
    assert [link for link in places.links if link[1:] not in places.anchors] == []
    assert len(places.links) > 8


@pytest.mark.parametrize("name", ["fallen", "calm", "everybody"])
def test_two_pages_of_one_run_are_the_same_bytes_and_small(request, name):
    folder = request.getfixturevalue(name)
    first = (folder / "report.html").read_bytes()

    (folder / "report.html").unlink()
    report(folder)

    assert (folder / "report.html").read_bytes() == first
    assert len(first) < LARGEST


def test_the_story_says_what_broke_first_why_whose_money_and_how_to_check(fallen):
    told = told_of(fallen)
    miss = told.came.tale.misses[0]

    text = read(fallen).text

    assert f"What broke first: the first payment missed was {miss.event.debtor}'s bill of" in text
    assert f"on {miss.date}" in text
    assert "Why:" in text and "so lab missed" in text.replace("  ", " ")
    assert f"head {told.head[:16]}" in text and f"python -m model replay {fallen.name} --head {told.head}" in text


def test_a_figure_of_the_story_leads_to_its_event_as_the_log_has_it(fallen):
    miss = next(record for record in records(fallen) if isinstance(record.event, c.PaymentMissed))
    line = next(line for line in (fallen / NAME).read_text().splitlines() if line.startswith(f'{{"seq":{miss.seq},'))

    places = read(fallen)

    assert f"#event-{miss.seq}" in places.links
    assert line in places.words


def test_a_run_in_which_nothing_happens_says_so(calm):
    text = read(calm).text
    assert "Nobody missed a payment, and nobody defaulted." in text
    assert "What broke first" not in text


def test_where_everybody_fails_the_first_are_named_and_the_rest_counted(everybody):
    fallen = {record.event.firm for record in records(everybody) if isinstance(record.event, c.Defaulted)}
    text = read(everybody).text
    assert len(fallen) == 100
    assert f"and {len(fallen) - 8} more" in text


def test_each_firm_inside_has_one_page(everybody):
    found = replay(everybody)
    inside = [name for name in found.books.firms if name not in found.genesis.outside]
    anchors = read(everybody).anchors
    assert len(inside) == 200
    assert [name for name in inside if anchors.count(f"firm-{name}") != 1] == []


def test_sheets_are_those_of_the_books_at_each_months_end(fallen):
    genesis = replay(fallen).genesis
    found = run_fold(records(fallen), genesis.outside)

    for at in (2, len(found.months) - 1):
        ledger = replay(fallen, until=_last(found.months[at])).books.ledger
        for firm, sheet in found.sheets.items():
            worth = sum(sheet[group][at] for group in ASSETS) - sum(sheet[group][at] for group in DEBTS)
            assert sheet["cash"][at] == ledger.cash_cents(firm)
            assert worth == ledger.net_worth_cents(firm)


def _last(month):
    """The last day of a month."""
    return f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:]))[1]}"


def test_the_circle_holds_all_cash_that_moved(fallen):
    """Rounding apart: what is drawn is 32-bit; what each pair paid is the sum of the postings on cash."""
    due = {}
    for record in records(fallen):
        if isinstance(record.event, c.BalanceBroughtForward | c.RolledForward | c.LoanBroughtForward):
            continue
        assert all(asset == USD for _, account, asset, _ in record.post if account == CASH)
        for giver, taker, cents in transfers(record.post):
            due[giver, taker] = due.get((giver, taker), 0) + cents

    data = data_of(fallen, "circle-of-money")
    kind = next(kind for kind in data["kinds"] if kind["name"] == "all cash")
    values, months = unpacked(kind["values"]), len(data["months"])
    names = [firm["name"] for firm in kind["firms"]]
    drawn = {
        (names[giver], names[taker]): sum(values[row * months : (row + 1) * months])
        for row, (giver, taker) in enumerate(kind["pairs"])
    }

    assert drawn.keys() == due.keys()
    assert all(drawn[pair] == pytest.approx(due[pair] / 10**11, rel=1e-5) for pair in due)


def test_every_chart_is_one_that_plotly_knows(fallen):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    drawn = list(charts_of(of_run(told_of(fallen)), folded=True))

    assert {"timeline-chart", "cycling", "cash-firm-lab"} <= {one.name for one in drawn}
    for one in drawn:
        graph_objects.Figure(one.spec)  # raises at a word that is not Plotly's


def test_a_hostile_name_gives_the_same_tags_as_a_plain_one(fallen):
    """H1: the names of firms and contracts in the log are replaced, as in a log that somebody else wrote."""

    def tags(name):
        told = told_of(fallen)
        return _renamed(told, name)

    plain, hostile = (page("a run", tags(name)) for name in ("0lab", HOSTILE))  # sorted alike
    found = [parsed(data.decode()) for data in (plain, hostile)]
    assert found[0].tags == found[1].tags
    assert HOSTILE in found[1].text and "<b onclick" not in hostile.decode().replace("&lt;b onclick", "")


def _renamed(told, name):
    """The parts of a page of which a firm has another name, wherever the records or the books say it."""

    def other(value):
        if isinstance(value, str):
            return name if value == "lab" else value
        if isinstance(value, tuple):
            return tuple(other(one) for one in value)
        return value

    def event(record):
        told = _terms(record.event, lambda value: _terms(value, other))
        return structs.replace(record, event=told, post=tuple((other(row[0]), *row[1:]) for row in record.post))

    listed = [event(record) for record in told.records]
    came = came_to(iter(listed), fold(listed), told.outside)
    return of_run(evolve(told, records=listed, came=came))


def _terms(value, other):
    """A copy of an attrs object with its fields changed, of anything else what `other` makes of it."""
    if hasattr(value, "__attrs_attrs__"):
        changed = copy.copy(value)
        for field in value.__attrs_attrs__:
            object.__setattr__(changed, field.name, other(getattr(value, field.name)))
        return changed
    return other(value)


def test_a_log_that_does_not_verify_gets_no_page(fallen, tmp_path):
    data = (fallen / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(data.replace(b'"cents":1', b'"cents":2', 1) if b'"cents":1' in data else data[:-9])

    with pytest.raises(Problem):
        report(tmp_path)

    assert not (tmp_path / "report.html").exists()


def test_the_command_writes_it_and_a_run_does_unless_told_not_to(tmp_path, capsys):
    for more, there in (["--no-report"], False), ([], True):
        runs = tmp_path / str(there)
        assert main(["run", str(SCENARIOS / "tiny.yaml"), "--quiet", "--json", "--runs", str(runs), *more]) == 0
        folder = json.loads(capsys.readouterr().out)["run"]
        assert (runs.joinpath(folder.rpartition("/")[2]) / "report.html").exists() is there
    assert main(["report", "last", "--runs", str(tmp_path / "False"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["report"].endswith("report.html")
