"""
One page in one file: text, tables and charts, with all it needs inside, and a policy that lets nothing else in.

Whatever comes from a scenario or a log is text: `escape` in the markup, JSON without `<` in data, and `label` where
Plotly reads pseudo-HTML. Only two scripts may run, by their hashes: Plotly's, and the one that draws with it.
"""

import base64
import functools
import hashlib
import html
import json
from collections.abc import Iterable, Sequence
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
class Table:
    """Rows of text; columns whose number is in `numbers` stand at the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = field(default=frozenset(), converter=_numbers)


@frozen
class Chart:
    """A chart by a name of its own on the page, and what it says in words."""

    name: str
    spec: Spec
    caption: str


Part = Words | Heading | Table | Chart


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
    body = "\n".join(_markup(part) for part in parts)
    plotly, own = _plotly(), _own("page.js")
    policy = (
        f"default-src 'none'; script-src {_hash(plotly)} {_hash(own)}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_own("page.css")}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{body}
<noscript><p>The charts need JavaScript; what they show stands in the files beside this page, too.</p></noscript>
<script>{plotly}</script>
<script>{own}</script>
</body>
</html>
""".encode()


def _markup(part: Part) -> str:
    if isinstance(part, Words):
        return f'<p class="faint">{part.markup}</p>' if part.faint else f"<p>{part.markup}</p>"
    if isinstance(part, Heading):
        anchor = f' id="{escape(part.anchor)}"' if part.anchor else ""
        return f"<h{part.level}{anchor}>{escape(part.text)}</h{part.level}>"
    if isinstance(part, Table):
        return _table(part)
    data = json.dumps(part.spec, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    name = escape(part.name)
    return (
        f'<figure><div class="chart" id="{name}" role="img" aria-label="{escape(part.caption)}"></div>'
        f'<script type="application/json" id="{name}-data">{data}</script>'
        f"<figcaption>{escape(part.caption)}</figcaption></figure>"
    )


def _table(part: Table) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        kinds = [' class="number"' if at in part.numbers else "" for at in range(len(row))]
        made = [f"<{tag}{kind}>{escape(text)}</{tag}>" for kind, text in zip(kinds, row, strict=True)]
        return f"<tr>{''.join(made)}</tr>"

    rows = "\n".join(cells("td", row) for row in part.rows)
    return f'<div class="scroll"><table><thead>{cells("th", part.head)}</thead><tbody>\n{rows}\n</tbody></table></div>'


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@functools.cache
def _own(name: str) -> str:
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
