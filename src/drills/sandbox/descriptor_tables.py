"""The tables of a stack's descriptor, one for each part that a stack may have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Table(BaseModel):
    """A table of TOML: a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Database(Table):
    """The stack's Postgres; *password* is the name of the setting that holds it."""

    name: str
    user: str
    password: str


class Objects(Table):
    """The stack's object store; the keys are the names of the settings that hold them."""

    bucket: str
    access_key: str
    secret_key: str


class Certificate(Table):
    """How the gateway gets its certificate: a line to run, and the file (PEM) of the authority that signs it."""

    line: str
    authority: str


class Identity(Table):
    """The stack's identity provider: the issuer's path on the gateway, and the account (e-mail) that drills use.

    *other* is a second account, and *administrator* one of an administrator of the system, for checks of their rights.
    """

    issuer: str
    email: str
    other: str | None = None
    administrator: str | None = None


class Queue(Table):
    """The BullMQ queue that the workers take their jobs from."""

    name: str


class Offers(Table):
    """The faults, by their names in the catalogue, that this stack can host."""

    faults: frozenset[str]


class Restart(Table):
    """The line that restarts one service; `{service}` stands for its name."""

    line: Annotated[str, Field(pattern=r"\{service\}")]


class Lines(Table):
    """Lines that are run in the project folder, in their order."""

    lines: tuple[str, ...]
