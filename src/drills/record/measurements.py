"""The events of what a drill measures: values, alerts, traffic, second channels, and the results of checks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from drills.record.head import Count, Event, Limit, Value


class Sample(Event):
    """The incident's metric as Prometheus evaluated it."""

    kind: Literal["sample"] = "sample"
    value: Value = Field(description="the metric in base units; null: no data")


class AlertChange(Event):
    """The incident's alert went from one state to another."""

    kind: Literal["alert"] = "alert"
    before: str = Field(alias="from", description="the state before: inactive, pending or firing")
    to: str = Field(description="the state from now on")


class OtherAlert(Event):
    """Another alert of the runbook went from one state to another, at any time of the drill."""

    kind: Literal["other alert"] = "other alert"
    name: str = Field(description="the alert's name")
    before: str = Field(alias="from", description="the state before: inactive, pending or firing")
    to: str = Field(description="the state from now on")


class KeyMetric(Event):
    """A key metric of the runbook as Prometheus evaluated it, while it is looked whether the system has settled."""

    kind: Literal["key metric"] = "key metric"
    name: str = Field(description="the metric's name in the runbook")
    value: Value = Field(description="the metric in base units; null: no data")
    target: Limit = Field(description="the metric's target")


class Part(Event):
    """A part of the incident's metric, such as the CPU of a metric of all resources, as Prometheus evaluated it."""

    kind: Literal["part"] = "part"
    name: str = Field(description="the part's name in the runbook, which is that of a key metric")
    value: Value = Field(description="the part in base units; null: no data")


class Instruments(Event):
    """What measures the system, as Prometheus itself has loaded it: a solution must not change that."""

    kind: Literal["instruments"] = "instruments"
    when: Literal["normal", "recovered"] = Field(description="before the fault, or after the solution")
    parts: dict[str, str] = Field(description="the SHA-256 of each part, such as the rules, by its name")


class SecondChannel(Event):
    """The incident's quantity as it is read past Prometheus, its rules and its exporters."""

    kind: Literal["second channel"] = "second channel"
    when: Literal["normal", "abnormal", "recovered"] = Field(
        description="before the fault, between the alert and the first command, or after the recovery"
    )
    channel: str = Field(description="where it was read")
    value: Value = Field(description="the quantity in base units; null: it could not be read")


class UnseenAlerts(Event):
    """Prometheus did not answer with the alerts' states."""

    kind: Literal["unseen alerts"] = "unseen alerts"


class Traffic(Event):
    """The rate of the traffic over the last seconds."""

    kind: Literal["traffic"] = "traffic"
    intended_rps: float = Field(ge=0, description="the intended rate, in requests a second")
    achieved_rps: float = Field(ge=0, description="the rate sent, in requests a second")
    failed_rps: float = Field(ge=0, description="the rate of those that failed, in requests a second")
    sent: Count | None = Field(default=None, description="requests sent since the event of this kind before")
    failed: Count | None = Field(default=None, description="requests that became known as failed since then")
    slow: Count | None = Field(
        default=None,
        description="answers since then that were too slow for the runbook; null: it names no limit",
    )


class Machine(Event):
    """What processes outside this run took of the machine since the event of this kind before."""

    kind: Literal["machine"] = "machine"
    cores: int = Field(gt=0, description="the processors that the run may use")
    others: float = Field(ge=0, description="how many of them others took in the mean, a hypervisor included")
    seconds: float = Field(gt=0, description="over how many seconds")


class Confirm(Event):
    """What a second channel, never the alert's own metric, says of the fault."""

    kind: Literal["confirm"] = "confirm"
    ok: bool = Field(description="whether the fault is in effect")
    channel: str = Field(description="where it was looked for")
    expected: str = Field(description="what should be seen there")
    seen: str = Field(description="what was seen")


class OutOfMemory(Event):
    """Which containers the kernel has killed for their memory, as Docker remembers it."""

    kind: Literal["out of memory"] = "out of memory"
    when: Literal["resolved", "settled"] = Field(description="before the verification, or once the system has settled")
    killed: tuple[str, ...] = Field(description="each such container with the time of its start")
    restarts: dict[str, Count] = Field(description="how often Docker itself started each container again")


class Check(Event):
    """The result of a check of the system."""

    kind: Literal["check"] = "check"
    name: str = Field(description="the check's name")
    ok: bool = Field(description="whether it passed")
    seen: str = Field(description="what was seen")
    after: Literal["steady", "detect", "recover", "settled"] = Field(
        description="after which part of the drill; settled: a journey at its first try, once all is as before"
    )
