"""Pages of charts: what they are made of, that Plotly knows every word of it, and that names stay text."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from model.cli import main
from model.experiments import sweep
from model.experiments.fans import fans
from model.experiments.summary import summed_up
from model.report import charts, pictures
from model.report.charts import Bar, Line
from model.report.page import Chart, Heading, Table, Words, escape, page
from model.report.sweep_page import of_sweep
from model.run import run
from model.scenario import load
from model.series import monthly
from tests.kept import SCENARIOS

DEPTHS = "shocks.demand.depth=20 %,60 %"
HOSTILE = "</script><b onclick=\"x()\">'lab' & co"


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return sweep("tiny", [DEPTHS, "contracts.host-lab-compute.days_to_pay=15,30"], seeds=3,
                 runs=tmp_path_factory.mktemp("runs"))  # fmt: skip


class Tags(HTMLParser):
    """The tags of a page with their attributes' names, in order."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(name for name, _ in attrs)))


def tags(data):
    reader = Tags()
    reader.feed(data.decode())
    return reader.found


def specs(data):
    """The charts of a page, by name."""
    found = re.findall(r'<script type="application/json" id="([^"]*)-data">(.*?)</script>', data.decode())
    return {name: json.loads(text) for name, text in found}


def made_of(name):
    """A page with this name wherever a scenario's text may stand."""
    line = Line(name, ["2026-01-01", "2026-02-01"], [1.0, 2.0], "#0072B2", [([0.5, 1.0], [2.0, 3.0], 0.2)])
    drawn = [
        charts.lines([line], "bn USD"), charts.tornado([Bar(name, 1.0, 0.5)], "days"),
        charts.heat([name], [name], [[0.5]], [[name]], (name, name), "share"),
        charts.points([1.0, 2.0], [1.0, 2.0], [True, False], (name, name), [(1.0, 2.0, 1.0, 2.0, name)]),
    ]  # fmt: skip
    return page(name, [Heading(name, "a"), Words(escape(name)), Table([name], [[name]]),
                       *(Chart(f"c{at}", spec, name) for at, spec in enumerate(drawn))])  # fmt: skip


def test_a_hostile_name_gives_the_same_tags_as_a_plain_one():
    assert tags(made_of(HOSTILE)) == tags(made_of("lab"))


def test_plotly_is_given_names_as_text_and_not_as_its_own_markup():
    texts = json.dumps(list(specs(made_of("<b>lab</b>")).values()))
    assert "&lt;b&gt;lab" in texts and "<b>" not in texts


def test_only_the_two_scripts_of_the_page_may_run():
    data = made_of("lab").decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', data)[1]
    scripts = re.findall(r"<script>(.*?)</script>", data, re.DOTALL)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts}
    assert len(scripts) == 2
    assert set(re.search(r"script-src ([^;]*)", policy)[1].split()) == hashes
    assert "default-src 'none'" in policy
    assert not re.search(r'(?:src|href)="(?!#)', data.split("<script>")[0])


def test_every_chart_of_a_sweep_is_one_that_plotly_knows(swept):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    found = summed_up(swept, ["cash_cents.lab"])
    drawn = [part for part in of_sweep(swept, found) if isinstance(part, Chart)]

    assert {"map-defaults", "map-0", "first-default", "fan-cash_cents-lab"} <= {one.name for one in drawn}
    for one in drawn:
        graph_objects.Figure(one.spec)  # raises at a word that is not Plotly's


def test_the_page_of_a_sweep_is_the_same_twice_and_fits_eight_megabytes(swept, tmp_path):
    found = summed_up(swept, [])
    one, again = (page("a sweep", list(of_sweep(swept, found))) for _ in range(2))
    assert one == again
    assert 4_000_000 < len(one) < 8_000_000


def test_a_fan_holds_the_quantiles_of_what_its_runs_had(swept):
    cell = swept.plan.cells[2]
    fan = fans(swept, [cell])["cash_cents"][0]
    assert fan.n == 3 and len(fan.bands[0]) == len(fan.months)
    assert fan.months[0] == "2025-12"
    for low, middle, high in zip(fan.bands[0], fan.bands[2], fan.bands[4], strict=True):
        assert low <= middle <= high


def test_series_of_a_log_are_what_its_books_say(tmp_path):
    from events.replay import records, replay

    folder = run(load(SCENARIOS / "tiny.yaml"), tmp_path).folder
    found = replay(folder)
    series = monthly(records(folder), found.genesis.outside)
    inside = [firm for firm in found.books.firms if firm not in found.genesis.outside]

    assert series.lines["cash_cents"][-1] == sum(found.books.ledger.cash_cents(firm) for firm in inside)
    assert series.lines["cash_cents.lab"][-1] == found.books.ledger.cash_cents("lab")
    assert len({len(line) for line in series.lines.values()}) == 1
    assert series.months[-1] == found.last_date[:7]


def test_a_sweep_without_series_still_has_a_page(swept):
    (swept.folder / "series.jsonl").rename(swept.folder / "series.away")
    try:
        names = [part.name for part in of_sweep(swept, summed_up(swept, [])) if isinstance(part, Chart)]
    finally:
        (swept.folder / "series.away").rename(swept.folder / "series.jsonl")
    assert "first-default" in names and not any(name.startswith("fan-") for name in names)


def test_a_torn_line_of_series_is_passed_over_and_the_next_one_stands(tmp_path):
    swept = sweep("tiny", [DEPTHS], seeds=1, runs=tmp_path)
    path = swept.folder / "series.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    again = sweep("tiny", [DEPTHS], seeds=2, runs=tmp_path)
    assert sorted(fan.n for fan in fans(again, again.plan.cells)["cash_cents"]) == [1, 2]


@pytest.mark.parametrize(
    ("command", "charts_of_it"),
    [
        (["sweep", "tiny", "--vary", DEPTHS, "--seeds", "2"], {"first-default", "firms-1", "fan-cash_cents"}),
        (["threshold", "tiny", "--vary", "shocks.demand.depth=20 %:60 %:5", "--seeds", "2"], {"threshold"}),
        (["sensitivity", "tiny", "--vary", "shocks.demand.depth=20 %:60 %", "--samples", "2"],
         {"tornado", "through-others"}),
        (["discover", "tiny", "--vary", "shocks.demand.depth=20 %:60 %", "--samples", "20"], {"boxes"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_each_command_leaves_a_page_with_its_charts(tmp_path, capsys, command, charts_of_it):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    assert main([*command, "--workers", "1", "--quiet", "--runs", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*/report.html")
    found = specs(path.read_bytes())
    assert charts_of_it <= found.keys()
    for spec in found.values():
        graph_objects.Figure(spec)


def test_no_page_is_drawn_where_none_is_wanted(tmp_path):
    main(["sweep", "tiny", "--vary", DEPTHS, "--seeds", "1", "--workers", "1", "--quiet", "--no-report",
          "--runs", str(tmp_path)])  # fmt: skip
    assert not list(tmp_path.glob("*/report.html"))


def test_pictures_without_a_browser_are_refused_in_a_line(tmp_path, monkeypatch):
    from events.problems import Usage

    kaleido = pytest.importorskip("kaleido")

    def fails(*_, **__):
        raise RuntimeError("no chrome\nanywhere")

    monkeypatch.setattr(kaleido, "write_fig_from_object_sync", fails)
    with pytest.raises(Usage, match="no chrome anywhere") as refused:
        pictures.write_png(tmp_path / "p", [Chart("c", charts.tornado([Bar("a", 1.0, 0.0)], "days"), "c")])
    assert "\n" not in refused.value.line


def test_a_bar_without_an_interval_has_no_whisker():
    (trace,) = charts.tornado([Bar("a", 3.0, float("nan"))], "days")["data"]
    assert trace["error_x"]["array"] == [0]
