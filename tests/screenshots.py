"""
The pictures of README and docs, taken of the pages of a run in a real browser.

    python -m tests.screenshots RUN     the folder of a run that has a report.html; writes docs/pictures/*.png
"""

import sys
from pathlib import Path

from tests.report.browser import opened, started

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


def take(run: Path) -> None:
    """The circle alone, the page's beginning, an opened firm, and the page on a phone."""
    PICTURES.mkdir(exist_ok=True)
    place = run / "report.html"
    with started() as browser:
        with opened(browser, place, 1000) as shown:
            shown.screenshot(path=PICTURES / "story.png")  # first: a picture of a part scrolls to it
            shown.locator("#circle-of-money .ring").screenshot(path=PICTURES / "circle.png")
            shown.locator("#timeline-chart").screenshot(path=PICTURES / "timeline.png")
            shown.locator("#firm-openai > summary").click()
            shown.locator("#firm-openai .chart:not(.drawn)").first.wait_for(state="detached")
            shown.wait_for_timeout(500)
            shown.locator("#firm-openai figure").first.screenshot(path=PICTURES / "firm.png")
        with opened(browser, place, 390, 1400, "dark") as shown:
            shown.screenshot(path=PICTURES / "phone.png")


if __name__ == "__main__":
    take(Path(sys.argv[1]))
