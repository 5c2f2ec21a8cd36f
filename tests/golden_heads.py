"""
The heads that the real scenarios are known to end in, and the one command that writes them anew.

    python -m tests.golden_heads              run them all under this interpreter, and say which head moved (1 if any)
    python -m tests.golden_heads --write      take the heads of this code as the known ones
    python -m tests.golden_heads --into DIR   run them into DIR and print one JSON object, comparing nothing

A head moves for one of three reasons, and `moved` tells them apart: the scenario says something else, the model has
another number, or the figures moved under the same number. The last is what nobody may do unawares.
"""

import argparse
import json
import locale
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from model.run import MODEL, run
from model.scenario import load

ROOT = Path(__file__).parents[1]
STORED = Path(__file__).with_name("golden") / "heads.json"
WRITE = "python -m tests.golden_heads --write"

# The name of each case, its scenario, and what is set in it.
CASES = {
    "tiny": ("tiny", ()),
    "bubble to 2027-03-31": ("bubble", ("ends=2027-03-31",)),
    "bubble": ("bubble", ()),
}


def told(case: str, runs: Path) -> dict[str, object]:
    """One case, run into `runs`: where its log is, its head, and what the head follows from."""
    scenario, sets = CASES[case]
    loaded = load(ROOT / "scenarios" / f"{scenario}.yaml", sets)
    ran = run(loaded, runs)
    return {"run": str(ran.folder), "model": MODEL, "scenario_sha256": loaded.digest, "head": ran.head}


def stored() -> dict[str, dict[str, object]]:
    """The known heads by case; none where the file is not written yet."""
    return json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}


def moved(case: str, known: dict[str, object] | None, now: dict[str, object]) -> str:
    """Why a head is not the known one, and what to do about it; "" where it is."""
    if known is None:
        return f"{case}: no head is known; write it with `{WRITE}`"
    if now["head"] == known["head"]:
        return ""
    if now["scenario_sha256"] != known["scenario_sha256"]:
        return f"{case}: the scenario was changed, and so its log; write the new heads with `{WRITE}`"
    if now["model"] != known["model"]:
        return f"{case}: the model is number {now['model']} now; write the new heads with `{WRITE}`"
    return (
        f"{case}: figures moved (head {now['head']}, known {known['head']}): raise MODEL in model/run.py, "
        f"tell CHANGELOG.md, then write the new heads with `{WRITE}`"
    )


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.golden_heads", description="Are the heads as known?")
    asked.add_argument("--write", action="store_true", help="take the heads of this code as the known ones")
    asked.add_argument("--into", type=Path, metavar="DIR", help="run into DIR, print JSON, compare nothing")
    options = asked.parse_args()
    if options.into:
        print(json.dumps({"pid": os.getpid(), "runs": {case: told(case, options.into) for case in CASES}}))
        return 0
    with tempfile.TemporaryDirectory() as runs:
        now = {case: told(case, Path(runs)) for case in CASES}
    complaints = [why for case in CASES if (why := moved(case, stored().get(case), now[case]))]
    print("\n".join(complaints) or f"all {len(CASES)} heads are as known")
    if not options.write:
        return 1 if complaints else 0
    kept = {case: {name: value for name, value in each.items() if name != "run"} for case, each in now.items()}
    STORED.parent.mkdir(exist_ok=True)
    STORED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    with suppress(locale.Error):  # as a program does that speaks its user's language
        locale.setlocale(locale.LC_ALL, "")
    sys.exit(main())
