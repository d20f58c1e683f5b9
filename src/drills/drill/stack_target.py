"""A stack in a sandbox as a target: the addresses of those of its parts that its descriptor names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from drills.checks.target import Target

if TYPE_CHECKING:
    from drills.sandbox.stack import Stack

T = TypeVar("T", bound=Target)
HTTP_PARTS = {
    "front_url": "gateway",
    "store_url": "object_store",
    "prometheus_url": "metrics",
    "alertmanager_url": "alerts",
}
"""The fields of a target that are addresses over HTTP, and the roles of the descriptor that answer there."""


def base_target(stack: Stack) -> Target:
    """Return what the engine alone knows of a stack."""
    return stack_target(stack, Target)


def stack_target(stack: Stack, target_type: type[T], **more: Any) -> T:
    """Return the stack as its clients see it; *more* are the fields that only the suite knows.

    A part that the descriptor leaves out is not given, so it is not checked. Raises TargetError.
    """
    descriptor = stack.descriptor
    return target_type(
        **{
            "name": f"{descriptor.name} stack in the sandbox",
            "engine_url": f"unix://{stack.engine_socket}",
            "project": descriptor.project,
            "sandbox": f"unix://{stack.engine_socket}",
            **{key: stack.url(role) for key, role in HTTP_PARTS.items() if role in descriptor.ports},
            **_certificate(stack),
            **_stores(stack),
            **more,
        }
    )


def _certificate(stack: Stack) -> dict[str, Any]:
    """Return where the stack answers over TLS, and the certificate to trust there, of what it has."""
    fields: dict[str, Any] = {}
    if "gateway_tls" in stack.descriptor.ports:
        fields["tls_url"] = stack.tls_url
    if stack.descriptor.certificate:
        fields["ca_file"] = str(stack.ca_file)
    return fields


def _stores(stack: Stack) -> dict[str, Any]:
    """Return what clients need of the stack's stores, of those it has."""
    descriptor = stack.descriptor
    fields: dict[str, Any] = {}
    if descriptor.database_table:
        fields["postgres_dsn"] = stack.postgres_dsn
    if "cache" in descriptor.ports:
        fields["redis_url"] = stack.redis_url
    if descriptor.queue_table:
        fields["queue"] = descriptor.queue
    if descriptor.objects_table:
        access_key, secret_key = stack.object_store_keys
        bucket = descriptor.objects.bucket
        fields |= {"s3_access_key": access_key, "s3_secret_key": secret_key, "s3_bucket": bucket}
    return fields
