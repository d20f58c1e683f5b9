"""The incidents of the notes: what the runbook says against each cause, tried on the running system."""

from __future__ import annotations

import pytest

from drills import Confirmation, Fault, Profile, RunDrill, Scenario, Symptom, SymptomChange, System

READERS = Profile("readers", (("GET /notes", 20.0),), timeout_s=5.0)


class ContainerStopped(Fault):
    """The service's container ends, and nothing starts it again."""

    name = "container stopped"

    def inject(self, system: System) -> None:
        """Kill the process."""
        system.stack.sandbox.check_output("docker kill web")

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine for the container's state."""
        seen = system.stack.sandbox.run("docker inspect -f '{{.State.Status}}' web").output.strip()
        return Confirmation(ok=seen == "exited", channel="docker inspect", expected="exited", seen=seen)


class NotesFileLost(Fault):
    """The file that the service shows is gone."""

    name = "notes file lost"

    def inject(self, system: System) -> None:
        """Remove the file."""
        system.stack.sandbox.check_output("docker exec web rm /data/notes.txt")

    def confirm(self, system: System) -> Confirmation:
        """Look into the container's folder."""
        seen = system.stack.sandbox.run("docker exec web ls /data").output.strip()
        return Confirmation(ok=not seen, channel="the folder /data", expected="", seen=seen)


@pytest.mark.drill("1.1")
def test_container_stopped(run_drill: RunDrill) -> None:
    """Starting the container brings the notes back."""
    run_drill(
        Scenario(
            cause="1.1",
            fault=ContainerStopped,
            traffic=READERS,
            symptom=Symptom("docker-compose ps -a", r"web .*Exited", SymptomChange.APPEARS),
            restart_after_recovery="gateway",
        )
    )


@pytest.mark.drill("2.1")
def test_notes_file_lost(run_drill: RunDrill) -> None:
    """A restart makes a new file."""
    run_drill(
        Scenario(
            cause="2.1",
            fault=NotesFileLost,
            traffic=READERS,
            symptom=Symptom("docker logs web", "cannot read the notes", SymptomChange.APPEARS),
            restart_after_recovery="gateway",
        )
    )
