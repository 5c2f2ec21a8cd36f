"""The example of docs/experiments.md is run as it stands there, and says what the page says."""

import re

from tests.kept import SCENARIOS

PAGE = SCENARIOS.parent / "docs" / "experiments.md"


def test_the_example_prints_what_the_page_shows(tmp_path, monkeypatch, capsys):
    found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the page has an example and what it prints"
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    monkeypatch.chdir(tmp_path)
    exec(compile(found[1], str(PAGE), "exec"), {"__name__": "example"})
    assert capsys.readouterr().out == found[2]
