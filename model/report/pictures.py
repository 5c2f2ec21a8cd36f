"""Where pages go, and pictures of their charts: `report.html` beside what it shows, PNG files in `pictures/`."""

from collections.abc import Callable, Iterable
from pathlib import Path

from events.files import Files, on_disk, open_folder
from events.problems import Usage
from model.report.page import Chart, Part, page

NAME, FOLDER = "report.html", "pictures"
WIDTH, SCALE = 900, 2


def of(folder: Path, report: bool, png: bool) -> Callable[[str, Iterable[Part]], None]:
    """What to do with a page, given its title and its parts: write it, and its charts as PNG, or nothing."""

    def write(title: str, parts: Iterable[Part]) -> None:
        if not report and not png:
            return
        listed = list(parts)
        if report:
            write_page(folder / NAME, title, listed)
        if png:
            write_png(folder / FOLDER, [part for part in listed if isinstance(part, Chart)])

    return write


def write_page(path: Path, title: str, parts: Iterable[Part]) -> None:
    """Replace the file at `path` by the page, whole or not at all; one that is the same stays as it is."""
    data = page(title, parts)
    with on_disk(path):
        if not (path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data):
            Files().replace(path, data)


def write_png(folder: Path, charts: Iterable[Chart]) -> None:
    """
    A PNG file a chart, on white, by Kaleido and a Chromium or Chrome of this machine.

    Raises:
        Usage: Kaleido is not installed, or it finds no browser.
    """
    try:
        import kaleido
    except ImportError:
        raise Usage("pictures need Kaleido; pip install -c constraints.txt -e '.[png]'", "--png") from None
    open_folder(folder, Files())
    wanted = [
        {"fig": _on_white(chart), "path": str(folder / f"{chart.name}.png"),
         "opts": {"format": "png", "width": WIDTH, "height": chart.spec["layout"].get("height", 400), "scale": SCALE}}
        for chart in charts
    ]  # fmt: skip
    try:
        for wrong in kaleido.write_fig_from_object_sync(wanted, kopts={"mathjax": False}) or ():
            raise wrong
    except Exception as wrong:
        why = " ".join(str(wrong).split())[:160] or type(wrong).__name__
        raise Usage(f"no browser drew them ({why}); install Chromium or Chrome, or leave it out", "--png") from wrong


def _on_white(chart: Chart) -> dict[str, object]:
    layout = {"font": {"family": "DejaVu Sans, sans-serif", "size": 13}} | chart.spec["layout"]
    layout["margin"] = {"l": 70, "r": 20, "t": 30, "b": 50} | layout.get("margin", {})
    for key in ("xaxis", "yaxis"):
        layout[key] = {"gridcolor": "#d8dde3", "automargin": True} | layout.get(key, {})
    return {"data": chart.spec["data"], "layout": layout | {"paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff"}}
