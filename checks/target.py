"""The UP Schedule Generator as a target: what it has beyond the parts that any system may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from pydantic import Field, model_validator

from drills.checks.target import Count, Flag, HttpUrl, Limit, Names, Target, Text
from drills.drill.stack_target import stack_target

if TYPE_CHECKING:
    from drills.checks.context import CheckContext
    from drills.sandbox.stack import Stack

HTTP_PARTS = {"backend_url": "backend", "worker_url": "worker"}
"""The fields that are addresses over HTTP, and the roles of the descriptor that answer there."""
OF_THE_KIND: Final = "schedule-generator"
"""What every system of this kind promises of docs/contract.md: what a target says as `contract`."""
REFERENCE: Final = "reference"
"""The same contract, kept to the letter."""
REPLICAS = {"backends": "backend", "workers": "worker"}
"""The fields that are numbers of replicas, and their roles."""


class ScheduleTarget(Target):
    """`page_url` and `api_url` are given where the page and /api have different addresses; front_url is both otherwise.

    `worker_url` is one pdf-worker; `backends` and `workers` are how many of each there have to be.

    `sign_in_email`, `other_email` and `administrator_email` are accounts whose sign-in needs no human: two students,
    and an administrator. `forwarded_for_believed` says that the system takes the client's address from our
    X-Forwarded-For, because we come by way of a proxy that it trusts; checks then use addresses that no client has.
    """

    sign_out_path: ClassVar[str | None] = "/api/auth/logout"
    contracts: ClassVar[tuple[str, ...]] = (OF_THE_KIND, REFERENCE)

    page_url: HttpUrl = Field(default=None, title="page URL")
    api_url: HttpUrl = Field(default=None, title="API URL")
    backend_url: HttpUrl = Field(default=None, title="backend URL")
    worker_url: HttpUrl = Field(default=None, title="worker URL")
    oidc_issuer: HttpUrl = Field(default=None, title="OIDC issuer")
    sign_in_email: Text = Field(default=None, title="e-mail address for signing in")
    other_email: Text = Field(default=None, title="e-mail address of a second account")
    administrator_email: Text = Field(default=None, title="e-mail address of an administrator")
    forwarded_for_believed: Flag = False
    backends: Count = Field(default=None, title="number of backends")
    workers: Count = Field(default=None, title="number of workers")
    tables: Names = Field(default=("jobs",), title="tables")
    s3_bucket: Text = Field(default="pdf-uploads", title="bucket of the object store")
    queue: Text = Field(default="pdf-processing", title="BullMQ queue")
    session_prefix: Text = Field(default="sess:", title="prefix of the session keys")
    deadline_s: Limit = 60.0
    """The contract's p95 of "upload until completed"."""
    timeout_s: Limit = 5.0
    """The contract: /health answers within this, even while a dependency is frozen."""

    @model_validator(mode="before")
    @classmethod
    def _apart(cls, given: Any) -> Any:
        """Let front_url be where the API answers, and page_url where the page is, however both were given."""
        if not isinstance(given, dict) or given.get("api_url") is None:
            return given
        page = given.get("page_url") or given.get("front_url")
        return {**given, "front_url": given["api_url"], "page_url": page}

    def changed(self, **values: Any) -> Self:
        """Return this target with other *values*; a front_url among them is where the API answers, too."""
        return super().changed(**({"api_url": None} if "front_url" in values else {}), **values)

    @property
    def page(self) -> str:
        """The address of the page, which may be another than that of the API."""
        return self.page_url or self.front_url

    @property
    def own_urls(self) -> tuple[str, ...]:
        """The front door, and the backend to which a sign-in may come back."""
        return (self.page, self.front_url, *((self.backend_url,) if self.backend_url else ()))


def target_of(context: CheckContext) -> ScheduleTarget:
    """Return the target of *context*; raises TypeError for a target of another suite."""
    if not isinstance(context.target, ScheduleTarget):
        raise TypeError(f"the target is a {type(context.target).__name__}, not a ScheduleTarget")
    return context.target


def to_the_letter(context: CheckContext) -> bool:
    """Whether the target keeps docs/contract.md to the letter, and not only what any such system promises."""
    return context.target.contract == REFERENCE


def sandboxed(stack: Stack) -> ScheduleTarget:
    """Return the reference stack in a sandbox as its clients see it; parts that it lacks are not given."""
    more: dict[str, Any] = {key: stack.url(role) for key, role in HTTP_PARTS.items() if role in stack.descriptor.ports}
    identity = stack.descriptor.identity
    if identity is not None:
        more |= {"oidc_issuer": f"{stack.url('gateway')}{identity.issuer}", "sign_in_email": identity.email}
        more |= {"other_email": identity.other, "administrator_email": identity.administrator}
    replicas = {key: stack.replicas(role) for key, role in REPLICAS.items()}
    # This machine reaches a sandbox by way of its engine's own networks, whose proxies the stack trusts.
    return stack_target(stack, ScheduleTarget, contract=REFERENCE, **more, **replicas, forwarded_for_believed=True)
