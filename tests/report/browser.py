"""Debian's headless Chromium through Playwright, and pages opened in it with their console listened to."""

import os
import shutil
from contextlib import contextmanager

import pytest

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable():
    """Where a Chromium is; "" where there is none."""
    return os.environ.get("CHROMIUM", "") or next((path for name in NAMES if (path := shutil.which(name))), "")


@contextmanager
def started():
    """A browser; the test that asks for it is skipped where none can be had."""
    api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[test]'")
    if not executable():
        pytest.skip("needs a Chromium: apt-get install chromium, or say where one is in CHROMIUM")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser, place, width=1200, height=900, scheme="light"):
    """A page once its charts are drawn; `page.said` is all that its console said, and it may reach nothing else."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: page.said.append(f"error: {error}"))
    try:
        page.goto(place.resolve().as_uri())
        page.wait_for_selector("html[data-drawn=yes]", state="attached", timeout=60_000)
        yield page
    finally:
        context.close()
