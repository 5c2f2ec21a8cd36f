"""The same scenario gives the same log, byte for byte: rows D1 to D5 of the table of faults, on the real scenarios.

Each row of the table below is another world around the program, and one new interpreter in it, which runs them all.
"""

import getpass
import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from numpy._core import _multiarray_umath as umath

from events.difference import first_difference
from tests import golden_heads
from tests.golden_heads import CASES, ROOT

# What NumPy chooses among at run time and finds here; other names it would not take.
CHOSEN = [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__.get(name)]
# Names that the C library does not know are passed over; older ones say _Usable.
PLAIN = ",".join(f"-{name},-{name}_Usable" for name in ("AVX2", "FMA", "FMA4", "AVX512F", "AVX512VL", "AVX"))

# The environment, and the interpreter's options. Locales that are not installed do no harm.
WORLDS = {
    "hash seed 0, locale C": ({"PYTHONHASHSEED": "0", "LC_ALL": "C"}, []),
    "hash seed 1, German, summer time in the north": (
        {"PYTHONHASHSEED": "1", "LC_ALL": "de_DE.UTF-8", "TZ": "Europe/Berlin"}, []
    ),
    "hash seed 2, Turkish, UTF-8 mode, summer time in the south": (
        {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "TZ": "Australia/Lord_Howe"}, ["-X", "utf8=1"]
    ),
    "a random hash seed, no UTF-8 mode, ASCII": (
        {"PYTHONHASHSEED": "random", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, ["-X", "utf8=0"]
    ),
    "optimised": ({}, ["-O"]),
    "NumPy without what it chooses among": ({"NPY_DISABLE_CPU_FEATURES": " ".join(CHOSEN)}, []),
    "the C library without AVX and FMA": ({"GLIBC_TUNABLES": f"glibc.cpu.hwcaps={PLAIN}"}, []),
}  # fmt: skip
SOMEONE = {"USER": "zaphod-user", "LOGNAME": "zaphod-user", "HOSTNAME": "heart-of-gold-host"}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The bytes of each case's log, as this process writes them."""
    runs = tmp_path_factory.mktemp("here")
    return {case: log_of(golden_heads.told(case, runs)) for case in CASES}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """What a new interpreter in each world told, by its name; two at a time."""
    with ThreadPoolExecutor(2) as pool:
        futures = {name: pool.submit(run_in, tmp_path_factory.mktemp("elsewhere"), *WORLDS[name]) for name in WORLDS}
        return {name: future.result() for name, future in futures.items()}


def run_in(folder: Path, world: dict[str, str], options: list[str]) -> dict:
    """Run every case from another working folder, as someone else; what it told, and the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG", "TZ"))}
    command = [sys.executable, *options, "-m", "tests.golden_heads", "--into", str(folder / "runs-of-someone")]
    ran = subprocess.run(
        command, cwd=folder, env=kept | SOMEONE | {"PYTHONPATH": str(ROOT)} | world, capture_output=True, text=True
    )
    assert ran.returncode == 0, f"{world}: {ran.stderr[-2000:]}"
    return json.loads(ran.stdout) | {"folder": folder}


def log_of(told: dict) -> bytes:
    return (Path(told["run"]) / "events.jsonl").read_bytes()


def difference(one: bytes, other: bytes) -> str:
    """The first line that differs, rather than megabytes; nothing where all are the same."""
    return "" if one == other else str(first_difference(one, other, -1)) or "they differ"


@pytest.mark.parametrize("case", CASES)
def test_d1_the_same_process_writes_the_same_bytes_twice(here, case, tmp_path):
    assert difference(here[case], log_of(golden_heads.told(case, tmp_path))) == ""


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("world", WORLDS)
def test_d2_to_d5_a_new_interpreter_in_another_world_writes_the_same_bytes(here, worlds, world, case):
    assert difference(here[case], log_of(worlds[world]["runs"][case])) == ""


@pytest.mark.parametrize("case", CASES)
def test_d4_nothing_of_who_ran_it_and_where_appears_in_the_log(worlds, case):
    """
    Process ids differ and the bytes agree, so they do not either. Words that the scenario itself
    says may appear, and short ones by chance.
    """
    assert len({told["pid"] for told in worlds.values()}) == len(WORLDS)
    for told in worlds.values():
        log = log_of(told["runs"][case]).decode()
        said = (Path(told["runs"][case]["run"]) / "scenario.json").read_text(encoding="utf-8")
        names = {
            *SOMEONE.values(), str(told["folder"]), "runs-of-someone", str(ROOT), sys.executable, str(Path.home()),
            platform.python_version(), platform.node(), platform.release(), platform.machine(), getpass.getuser(),
        }  # fmt: skip
        assert [name for name in sorted(names) if len(name) > 3 and name in log and name not in said] == []


@pytest.mark.skipif(not CHOSEN, reason="NumPy has nothing to choose among on this processor")
def test_d5_the_names_given_do_switch_processor_features_off():
    """
    Otherwise the row of the table above would show nothing.
    """
    asked = "from numpy._core._multiarray_umath import __cpu_features__ as on; import json; print(json.dumps(on))"
    env = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(CHOSEN)}

    told = subprocess.run([sys.executable, "-W", "error", "-c", asked], env=env, capture_output=True, text=True)

    assert told.returncode == 0, told.stderr
    assert not any(json.loads(told.stdout)[name] for name in CHOSEN)


@pytest.mark.parametrize("case", CASES)
def test_d5_a_head_moves_only_when_somebody_says_so(case, tmp_path):
    """
    The heads were written by another interpreter on another day; every supported Python must come to the same.
    """
    why = golden_heads.moved(case, golden_heads.stored().get(case), golden_heads.told(case, tmp_path))

    assert not why, why


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({}, ""),
        ({"head": "b"}, "figures moved"),
        ({"head": "b", "model": 2}, "the model is number 2 now"),
        ({"head": "b", "scenario_sha256": "t"}, "the scenario was changed"),
    ],
)
def test_a_moved_head_is_told_with_its_reason_and_the_command_to_write_it(now, why):
    known = {"head": "a", "model": 1, "scenario_sha256": "s"}

    told = golden_heads.moved("tiny", known, known | now)

    assert why in told and bool(told) == bool(why)
    assert not why or "python -m tests.golden_heads --write" in told
    assert ("raise MODEL in model/run.py, tell CHANGELOG.md" in told) == (why == "figures moved")
