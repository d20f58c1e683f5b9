"""A run of checks that is told to stop stops, and what it saw is on disk."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

from checks.target import OF_THE_KIND
from drills.common.waiting import wait_until
from tests.helpers.fake_system import Asked, Reply, fake_system
from tests.helpers.paths import ROOT

STOPPED_S = 40.0


def test_run_that_waits_for_an_answer_ends_with_what_it_saw(tmp_path: Path) -> None:
    told = Event()

    def silent(_: Asked) -> Reply:
        told.wait(2 * STOPPED_S)
        return 200, {}

    output, target = tmp_path / "output", tmp_path / "slow.toml"
    with fake_system({"GET /": (200, "<html></html>"), "GET /health": silent}) as served:
        about = f'contract = "{OF_THE_KIND}"\ntimeout_s = {2 * STOPPED_S}\n'
        target.write_text(f'front_url = "{served.url}"\n{about}', encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "checks/test_smoke.py",
            "checks/test_health.py",
            "-p",
            "no:cacheprovider",
        ]
        command += ["--target", str(target), "--output", str(output), "-k", "front-page or gateway-health"]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wait_until(
            lambda: [one.path for one in served.asked],
            done=lambda asked: "/health" in asked,
            deadline_s=2 * STOPPED_S,
            expected="a request for the health",
            where=served.url,
            next_step="run pytest by hand",
        )
        run.send_signal(signal.SIGTERM)
        began = time.monotonic()
        said, _ = run.communicate(timeout=STOPPED_S)
        told.set()
    assert time.monotonic() - began < STOPPED_S, said.decode()
    assert run.returncode == 2, said.decode()
    record = json.loads((output / "checks.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["outcome"]) for one in record["checks"]] == [("front page", "pass")]
    assert record["exit"]["meaning"] == "interrupted before its end"
