"""
One page in one file: text, tables and charts, with all it needs inside, and a policy that lets nothing else in.

Whatever comes from a scenario or a log is text: `escape` in the markup, JSON without `<` in data, and `label` where
Plotly reads pseudo-HTML. Only this program's scripts may run, by their hashes: Plotly's, the one that draws with it,
and where a page has a circle of money the one that draws that.

Series that many charts share travel once (`Shared`, in a chart `"x": "months"`), and long ones as packed numbers
(`packed`), so that the pages of 200 firms fit into one file.
"""

import array
import base64
import functools
import hashlib
import html
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from typing import Any

from attrs import field, frozen


def _numbers(columns: Iterable[int]) -> frozenset[int]:
    return frozenset(columns)


Spec = dict[str, Any]  # what Plotly draws: {"data": [...], "layout": {...}}


@frozen
class Words:
    """A paragraph of markup that this program has made; see `escape`."""

    markup: str
    faint: bool = False


@frozen
class Heading:
    """A heading, by which it is linked, and its level."""

    text: str
    anchor: str = ""
    level: int = 2


@frozen
class Link:
    """Text that leads to a place of the page, by its anchor."""

    text: str
    anchor: str

    def __str__(self) -> str:
        return f'<a href="#{escape(self.anchor)}">{escape(self.text)}</a>'


Cell = str | Link


@frozen
class Table:
    """Rows of text or links; columns whose number is in `numbers` stand at the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = field(default=frozenset(), converter=_numbers)


@frozen
class Chart:
    """A chart by a name of its own on the page, and what it says in words."""

    name: str
    spec: Spec
    caption: str


@frozen
class Fold:
    """Parts that open on a click, and for a link to `anchor`; their charts are drawn then."""

    summary: str
    parts: Sequence["Part"]
    anchor: str = ""
    faint: str = ""  # said behind the summary


@frozen
class Branch:
    """A node of a tree: markup that this program has made, and what came of it."""

    markup: str
    children: Sequence["Branch"] = ()


@frozen
class Tree:
    """Nested lists."""

    branches: Sequence[Branch]


@frozen
class Lines:
    """Lines to be copied, as into a terminal."""

    text: str


@frozen
class Circle:
    """The circle of money by a name of its own; `data` is for `circle.js`, which says in its head what it reads."""

    name: str
    data: dict[str, Any]
    caption: str


@frozen
class Shared:
    """Arrays by name that charts of the page may use as their `x`."""

    arrays: dict[str, Sequence[str]]


@frozen
class Contents:
    """Links to the headings of a page."""

    links: Sequence[Link]


Part = Words | Heading | Table | Chart | Fold | Tree | Lines | Circle | Shared | Contents


def packed(values: Iterable[float]) -> dict[str, str]:
    """Numbers as Plotly reads them packed: 32 bits each, little-endian, seven digits; `nan` is a gap."""
    numbers = array.array("f", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return {"dtype": "f4", "bdata": base64.b64encode(numbers.tobytes()).decode()}


def escape(text: object) -> str:
    """Text as markup."""
    return html.escape(str(text), quote=True)


def label(text: object) -> str:
    """Text for Plotly, which takes some tags in labels for markup, and decodes these entities."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def page(title: str, parts: Iterable[Part]) -> bytes:
    """
    The whole file, UTF-8; the same parts give the same bytes.

    Args:
        title: as text.
        parts: in the order of the page.
    """
    listed = list(parts)
    body = "\n".join(_markup(part) for part in listed)
    # The circle first: it is there before Plotly's megabytes are read.
    scripts = [own("circle.js")] if any(isinstance(part, Circle) for part in listed) else []
    scripts += [_plotly(), own("page.js")]
    shown = f"""<h1>{escape(title)}</h1>
{body}
<noscript><p>The charts need JavaScript; what they show stands in the files beside this page, too.</p></noscript>"""
    return document(title, shown, scripts, "img-src data: blob:")


def document(title: str, body: str, scripts: Sequence[str], sources: str, style: str = "") -> bytes:
    """
    A file in which only these scripts may run.

    Args:
        body: markup that this program has made.
        sources: what the policy lets in beside scripts and inline styles.
        style: CSS behind that of all pages.
    """
    hashes = " ".join(hash_of(script) for script in scripts)
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; {sources}; base-uri 'none'; "
        "form-action 'none'"
    )
    code = "\n".join(f"<script>{script}</script>" for script in scripts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{own("page.css")}{style}</style>
</head>
<body>
{body}
{code}
</body>
</html>
""".encode()


def _markup(part: Part) -> str:
    if isinstance(part, Words):
        return f'<p class="faint">{part.markup}</p>' if part.faint else f"<p>{part.markup}</p>"
    if isinstance(part, Heading):
        anchor = f' id="{escape(part.anchor)}"' if part.anchor else ""
        return f"<h{part.level}{anchor}>{escape(part.text)}</h{part.level}>"
    return _MARKUP[type(part)](part)


def charts_of(parts: Iterable[Part], folded: bool = False) -> Iterator[Chart]:
    """The charts of a page, each by itself, with the arrays that it shares put in; also those in folds if wanted."""
    shared: dict[str, Sequence[str]] = {}
    for part in parts:
        if isinstance(part, Shared):
            shared = part.arrays
        elif isinstance(part, Chart):
            yield Chart(
                part.name, part.spec | {"data": [_alone(row, shared) for row in part.spec["data"]]}, part.caption
            )
        elif isinstance(part, Fold) and folded:
            yield from charts_of([Shared(shared), *part.parts], folded)


def _alone(trace: dict[str, Any], shared: dict[str, Sequence[str]]) -> dict[str, Any]:
    x = trace.get("x")
    return trace | {"x": list(shared[x])} if isinstance(x, str) else trace


def _chart(part: Chart) -> str:
    return _figure(part.name, "chart", part.spec, part.caption)


def _circle(part: Circle) -> str:
    return _figure(part.name, "circle", part.data, part.caption)


def _figure(name: str, kind: str, data: dict[str, Any], caption: str) -> str:
    return (
        f'<figure><div class="{kind}" id="{escape(name)}" role="img" aria-label="{escape(caption)}"></div>'
        f"{_data(f'{name}-data', data)}<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _data(name: str, data: object) -> str:
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{escape(name)}">{text}</script>'


def _fold(part: Fold) -> str:
    anchor = f' id="{escape(part.anchor)}"' if part.anchor else ""
    faint = f' <span class="faint">{escape(part.faint)}</span>' if part.faint else ""
    inside = "\n".join(_markup(one) for one in part.parts)
    return f"<details{anchor}><summary>{escape(part.summary)}{faint}</summary>\n{inside}\n</details>"


def _branches(branches: Sequence[Branch]) -> str:
    rows = (f"<li>{one.markup}{_branches(one.children) if one.children else ''}</li>" for one in branches)
    return f"<ul>{''.join(rows)}</ul>"


def _contents(part: Contents) -> str:
    return f"<nav><ul>{''.join(f'<li>{link}</li>' for link in part.links)}</ul></nav>"


_MARKUP: dict[type, Callable[[Any], str]] = {
    Chart: _chart,
    Circle: _circle,
    Fold: _fold,
    Tree: lambda part: f'<div class="tree">{_branches(part.branches)}</div>',
    Lines: lambda part: f"<pre>{escape(part.text)}</pre>",
    Shared: lambda part: _data("shared", part.arrays),
    Contents: _contents,
    Table: lambda part: _table(part),
}


def _table(part: Table) -> str:
    def cells(tag: str, row: Sequence[Cell]) -> str:
        kinds = [' class="number"' if at in part.numbers else "" for at in range(len(row))]
        texts = [str(cell) if isinstance(cell, Link) else escape(cell) for cell in row]
        made = [f"<{tag}{kind}>{text}</{tag}>" for kind, text in zip(kinds, texts, strict=True)]
        return f"<tr>{''.join(made)}</tr>"

    rows = "\n".join(cells("td", row) for row in part.rows)
    return f'<div class="scroll"><table><thead>{cells("th", part.head)}</thead><tbody>\n{rows}\n</tbody></table></div>'


def hash_of(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@functools.cache
def own(name: str) -> str:
    return resources.files("model.report").joinpath(name).read_text(encoding="utf-8")


@functools.cache
def _plotly() -> str:
    """Plotly's own script, as its Python package carries it; that package is not imported, which takes a second."""
    import importlib.util

    found = importlib.util.find_spec("plotly")
    places = found.submodule_search_locations if found else None
    if not places:
        raise ModuleNotFoundError("plotly is not installed; pip install -c constraints.txt -e .")
    from pathlib import Path

    return Path(places[0]).joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
