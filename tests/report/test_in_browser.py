"""Pages in a real browser: all is drawn, the console stays silent, nothing sticks out, controls and links work."""

import pytest

from model.report import charts
from model.report.charts import Line
from model.report.page import Chart, Heading, Link, Table, Words, escape, page
from tests.report.browser import opened, started

PAGES = ["fallen", "calm", "everybody"]
HOSTILE = "</script><b onclick=\"x()\">'lab' & <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def browser():
    with started() as found:
        yield found


def report_of(request, name):
    return request.getfixturevalue(name) / "report.html"


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("name", PAGES)
def test_every_open_chart_is_drawn_nothing_sticks_out_and_the_console_is_silent(request, browser, name, width):
    with opened(browser, report_of(request, name), width) as shown:
        left = shown.locator(".chart:not(details:not([open]) *)").evaluate_all(
            "all => all.filter(one => !one.querySelector('.main-svg')).map(one => one.id)"
        )
        assert left == []
        assert shown.locator("#circle-of-money svg path").count() > 2
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert shown.said == []


def test_the_slider_shows_less_the_earlier_it_stands(request, browser):
    with opened(browser, report_of(request, "fallen")) as shown:
        place = shown.locator("#circle-of-money")
        before = place.locator(".said").inner_text()

        place.locator("input[type=range]").fill("4")

        first, last = place.get_attribute("data-drawn").split(":")[1:]
        assert place.locator("output").inner_text() == last
        assert (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) == 4
        assert place.locator(".said").inner_text() != before
        assert shown.said == []


def test_the_circle_shows_another_kind_and_a_year_alone(request, browser):
    with opened(browser, report_of(request, "fallen")) as shown:
        place = shown.locator("#circle-of-money")
        kinds = place.locator("select").first

        kinds.select_option(label="all cash")
        place.locator("select").nth(1).select_option("year")

        kind, first, last = place.get_attribute("data-drawn").split(":")
        assert kinds.input_value() == kind
        assert (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) == 11
        rows = place.locator("tbody tr").count()
        assert rows > 2 and "customers" in place.locator("table").inner_text()


def test_a_link_of_the_story_opens_its_event(request, browser):
    with opened(browser, report_of(request, "fallen")) as shown:
        link = shown.locator("p a[href^='#event-']").first
        anchor = link.get_attribute("href")[1:]
        assert not shown.locator(f"#{anchor} pre").is_visible()

        link.click()

        assert shown.locator(f"#{anchor} pre").is_visible()
        assert f'"seq":{anchor.removeprefix("event-")},' in shown.locator(f"#{anchor} pre").inner_text()
        box = shown.locator(f"#{anchor}").bounding_box()
        assert -5 <= box["y"] < 900


def test_a_firm_is_drawn_when_it_is_opened(request, browser):
    with opened(browser, report_of(request, "fallen")) as shown:
        charts_of_it = shown.locator("#firm-lab .chart")
        assert charts_of_it.locator(".main-svg").count() == 0

        shown.locator("#firm-lab > summary").click()
        shown.locator("#firm-lab .chart:not(.drawn)").first.wait_for(state="detached")
        shown.locator("#firm-lab .main-svg").first.wait_for()

        assert charts_of_it.count() >= 2
        assert shown.said == []


def test_a_mark_of_the_timeline_leads_to_its_event(request, browser):
    with opened(browser, report_of(request, "fallen")) as shown:
        shown.evaluate("""() => document.getElementById('timeline-chart').emit('plotly_click', {points: [
            {customdata: document.querySelector("details[id^='event-']").id}]})""")
        assert shown.evaluate("window.location.hash").startswith("#event-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_reader(request, browser, scheme):
    with opened(browser, report_of(request, "calm"), scheme=scheme) as shown:
        paper, ink = shown.evaluate(
            "() => [getComputedStyle(document.body).backgroundColor, document.querySelector('#circle-of-money text')"
            ".getAttribute('fill').trim()]"
        )
        due = {"light": ("rgb(255, 255, 255)", "#1b1f24"), "dark": ("rgb(20, 23, 26)", "#e8eaed")}
        assert (paper, ink) == due[scheme]


def test_on_paper_controls_are_gone_and_charts_are_there(request, browser):
    with opened(browser, report_of(request, "fallen")) as shown:
        shown.emulate_media(media="print")
        assert not shown.locator(".controls").is_visible()
        assert shown.locator("#timeline-chart .main-svg").first.is_visible()
        assert len(shown.pdf()) > 50_000


def test_what_is_printed_from_a_dark_screen_is_black_on_white(request, browser):
    with opened(browser, report_of(request, "fallen"), scheme="dark") as shown:
        inks = """() => [getComputedStyle(document.querySelector('#timeline-chart .xtick text')).fill,
                         document.querySelector('#circle-of-money text').getAttribute('fill').trim()]"""
        before = shown.evaluate(inks)

        shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        printed = shown.evaluate(inks)
        shown.evaluate("window.dispatchEvent(new Event('afterprint'))")

        assert printed == ["rgb(0, 0, 0)", "#000000"]
        assert shown.evaluate(inks) == before == ["rgb(232, 234, 237)", "#e8eaed"]


@pytest.mark.parametrize("form", ["SVG", "PNG"])
def test_the_circle_is_saved_as_a_picture(request, browser, tmp_path, form):
    with opened(browser, report_of(request, "fallen")) as shown, shown.expect_download() as waiting:
        shown.locator("#circle-of-money button", has_text=form).click()
        waiting.value.save_as(tmp_path / "saved")
        start = {"SVG": b"<svg", "PNG": b"\x89PNG"}[form]
        assert (tmp_path / "saved").read_bytes().startswith(start)
        assert shown.said == []


def test_a_hostile_name_stays_text_and_no_foreign_script_runs(browser, tmp_path):
    line = Line(HOSTILE, ["2026-01-01", "2026-02-01"], [1.0, 2.0], "#0072B2")
    words = [Words(escape(HOSTILE)), Words(str(Link(HOSTILE, "a"))), Table([HOSTILE], [[HOSTILE]])]
    parts = [Heading(HOSTILE, "a"), *words, Chart("c", charts.lines([line], "bn USD"), HOSTILE)]
    (tmp_path / "page.html").write_bytes(page(HOSTILE, parts))

    with opened(browser, tmp_path / "page.html") as shown:
        assert shown.locator("h1").inner_text() == HOSTILE
        assert shown.locator("img, b").count() == 0
        assert HOSTILE in shown.locator("#c").inner_text()
        assert shown.said == []

        shown.evaluate("() => { const one = document.createElement('script'); one.textContent = 'window.hacked = 1';"
                       " document.body.appendChild(one); }")  # fmt: skip

        assert shown.evaluate("window.hacked") is None
        assert any("Content Security Policy" in said for said in shown.said)
