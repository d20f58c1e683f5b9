"""Check the object store directly: it is alive, the bucket exists, and an object that is written can be read."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from drills.checks import CheckFailed, CheckSuite, Kind, brief, check, get, measured_objects, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

NEEDS: Final = ("store_url", "s3_access_key", "s3_secret_key", "s3_bucket")
OBJECT: Final = "synthetic/{}.txt"


@check(
    "object store",
    suite=CheckSuite.HEALTH,
    needs="store_url",
    expected="200 from /minio/health/live",
    next_step="read the object store's log and its disk",
    level=2,
    incident=Quantity.HEALTH,
    essential=True,
)
def object_store(context: CheckContext) -> str:
    """Ask for the object store's own health."""
    answer = get(context.target, context.target.store_url, "/minio/health/live")
    if "<html" in answer.text.lower():
        raise CheckFailed(f"200 from something that is no object store: {brief(answer)}")
    return "200"


@check(
    "object bucket",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="the bucket {s3_bucket}, open to the application's keys",
    next_step="list the buckets with the application's keys",
    level=2,
    incident=Quantity.ERROR_RATE,
    after=(object_store,),
)
def object_bucket(context: CheckContext) -> str:
    """Look for the bucket in which the application keeps its files."""
    with measured_objects(context.target) as (client, bucket):
        if not client.bucket_exists(bucket):
            raise CheckFailed(f"no bucket {bucket}")
    return f"bucket {bucket} is there"


@check(
    "object write",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="an object that is written, read back the same, and deleted",
    next_step="read the object store's log, and the free space of its disk (`df -h`)",
    level=2,
    incident=Quantity.ERROR_RATE,
    after=(object_bucket,),
    writes=True,
)
def object_write(context: CheckContext) -> str:
    """Write, read and delete an object of the check's own."""
    tag = new_tag()
    name, content = OBJECT.format(tag), f"{tag}, written by a check\n".encode()
    context.artifacts.note(Kind.OBJECT, name)
    with measured_objects(context.target) as (client, bucket):
        client.put_object(bucket, name, BytesIO(content), len(content), "text/plain")
        try:
            answer = client.get_object(bucket, name)
            found = answer.read()
            answer.release_conn()
        finally:
            client.remove_object(bucket, name)
        left = [entry.object_name for entry in client.list_objects(bucket, prefix=name)]
    if found != content:
        raise CheckFailed(f"wrote {content!r}, read {found[: 2 * len(content)]!r}")
    if left:
        raise CheckFailed(f"{name} is still there after it was deleted")
    return f"{name} written, read back and deleted"
