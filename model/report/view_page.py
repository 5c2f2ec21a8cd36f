"""The frame in which one or two worlds are shown side by side, with the slider between them."""

from model.report.page import document, escape, own

STYLE = """
body { max-width: none; padding: .6rem; display: flex; flex-direction: column; height: 100vh; margin: 0; }
.bar { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: center; }
.bar input { width: 16rem; max-width: 60vw; }
.worlds { flex: 1; display: flex; flex-wrap: wrap; gap: .6rem; min-height: 0; }
.worlds > div { flex: 1 1 26rem; min-height: 60vh; display: flex; flex-direction: column; }
.worlds > div[hidden] { display: none; }
iframe { flex: 1; width: 100%; border: 1px solid var(--line); background: var(--paper); }
#trouble { color: var(--mark); }
"""


def view_page(run: str, percent: int | None) -> bytes:
    """
    The page at the root of the server.

    Args:
        run: the name of the run that is shown first.
        percent: how far demand falls in it; None where its scenario has no fall of demand to move.
    """
    body = f"""<div class="bar"><strong>{escape(run)}</strong>{_slider(percent)}
<span id="trouble" role="alert"></span></div>
<div class="worlds" id="worlds" data-run="{escape(run)}">
<div><p class="faint" id="first-said"></p><iframe id="first" title="the run"></iframe></div>
<div hidden><p class="faint" id="second-said"></p><iframe id="second" title="the same, demand moved"></iframe></div>
</div>"""
    return document(f"{run}, live", body, [own("view.js")], "connect-src 'self'; frame-src 'self'", STYLE)


def _slider(percent: int | None) -> str:
    if percent is None:
        return '<span class="faint">Its scenario has no fall of demand that could be moved.</span>'
    return (
        f'<label for="depth">Demand falls by</label><input id="depth" type="range" min="0" max="95" value="{percent}">'
        f'<output id="depth-said">{percent} %</output><button id="again" type="button">Run again beside it</button>'
    )
