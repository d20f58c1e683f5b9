"""The mutations of the services' own source: rights, sessions, sign-in, limits, jobs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from checks.mutations.gateway import at_the_door
from checks.mutations.gateway_edits import served
from checks.mutations.mutation import Mutation
from checks.mutations.schedules import Edit
from checks.mutations.stores import SQL

AUTH, SESSIONS, CALENDARS = "backend/auth.py", "backend/sessions.py", "backend/calendars.py"
LIMITS, BLOCKING, ADDRESSES = "backend/limits.py", "backend/blocking.py", "backend/addresses.py"
NO_COPIES = "docker exec redis sh -c \"redis-cli --scan --pattern 'cache:result:*' | xargs -r redis-cli del\""


RIGHTS = (
    Edit(
        "make every student an administrator",
        {"student is no administrator"},
        ("RI-03",),
        SESSIONS,
        "s/if user.email not in .*admin_emails:/if False:/",
    ),
    Edit(
        "know no administrator",
        {"administrator"},
        ("RI-04",),
        SESSIONS,
        "s/if user.email not in .*admin_emails:/if True:/",
    ),
    Edit(
        "show everybody's calendars to everybody",
        {"calendar of another account"},
        ("RI-06",),
        CALENDARS,
        's/WHERE owner = %s ORDER BY name", (user.email,)/ORDER BY name"/',
    ),
    Edit(
        "take events for any calendar",
        {"event in another calendar"},
        ("RI-07",),
        CALENDARS,
        "s/ AND owner = %(owner)s//",
    ),
    Edit("make no calendar", {"own calendar"}, ("RI-05",), CALENDARS, "s/INSERT INTO calendars/INSERT INTO calendar/"),
)
SESSION = (
    Edit(
        "keep the session in Redis on signing out",
        {"session after signing out"},
        ("SE-03", "EN-02"),
        AUTH,
        's/await context.redis.delete(f"sess:{session_id}")/pass/',
    ),
    Edit(
        "believe any signature of a cookie",
        {"forged session"},
        ("SE-05",),
        SESSIONS,
        "s/return value if ours else None/return value/",
    ),
    Edit(
        "go on with the session that the browser brought",
        {"session of its own"},
        ("SE-04",),
        SESSIONS,
        "s/session_id = secrets/session_id = session_id_of(request, settings.session_secrets) or secrets/",
    ),
    Edit(
        "end sessions after seconds",
        {"length of a session", "session that lasts"},
        ("SE-02",),
        SESSIONS,
        "s/ex=settings.session_ttl_s/ex=10/",
    ),
    Edit(
        "keep sessions in the backend's own memory",
        {"session in Redis", "session after signing out"},
        ("SE-06", "SE-03"),
        SESSIONS,
        '/^log = /i KEPT = {}\ns/text = await context.redis.get(f"sess:{session_id}")/'
        'text = KEPT.setdefault(session_id, await context.redis.get(f"sess:{session_id}"))/',
    ),
    Edit(
        "tell the user's address alone",
        {"user with a session"},
        ("SI-09",),
        AUTH,
        's/"user": asdict(user)/"user": {"email": user.email}/',
    ),
)
SIGN_IN = (
    Edit("compare no state", {"forged state"}, ("SI-04",), AUTH, "s/if not hmac.compare_digest(.*:/if False:/"),
    Edit(
        "keep sign-ins by their state alone",
        {"way back of another browser"},
        ("SI-04",),
        AUTH,
        "/^router = /i FLOWS = {}\n"
        "s/^    settings = context.settings.sign_in$/&; FLOWS[flow.state] = flow/\n"
        "s/^    packed = sessions.unsign/    if state in FLOWS: return FLOWS[state]\\n&/",
    ),
    Edit(
        "compare no nonce",
        {"forged nonce"},
        ("SI-07",),
        "backend/oidc.py",
        's/nonce={"essential": True, "value": flow.nonce}/nonce={"essential": True}/',
    ),
    Edit(
        "give the same state to everybody",
        {"new state each time"},
        ("SI-01",),
        AUTH,
        's/state=secrets.token_urlsafe(16)/state="synthetic"/',
    ),
    Edit(
        "take a code twice",
        {"way back taken twice"},
        ("SI-06",),
        "oidc/provider.py",
        "s/self._grants.pop(code, None)/self._grants.get(code)/",
    ),
    Edit(
        "never block an address",
        {"block after failed sign-ins"},
        ("SI-10",),
        BLOCKING,
        "s/if failures >= settings.max_failures:/if False:/",
    ),
    Edit(
        "block an address too early",
        {"block after failed sign-ins"},
        ("SI-10",),
        BLOCKING,
        "s/failures >= settings.max_failures/failures >= 4/",
    ),
    Edit(
        "lift blocks after seconds",
        {"block that lasts"},
        ("SI-10",),
        BLOCKING,
        's/"1", ex=settings.block_s/"1", ex=20/',
    ),
    Edit(
        "tell an administrator of no failure",
        {"block after failed sign-ins"},
        ("RI-09",),
        BLOCKING,
        's/"failures": int(failures or 0)/"failures": 0/',
    ),
    Edit(
        "never forget a failure",
        {"forgotten failures"},
        ("SI-11",),
        AUTH,
        "s/await blocking.forgive(context, address)/pass/",
    ),
)
REQUESTS = (
    Edit(
        "announce limits and let all pass",
        {"limit of requests", "upload limit"},
        ("LI-02", "LI-03"),
        LIMITS,
        "s/if used > allowed:/if False:/",
    ),
    Edit(
        "refuse the last request that may pass",
        {"limit of requests", "upload limit"},
        ("LI-02", "LI-03"),
        LIMITS,
        "s/if used > allowed:/if used >= allowed:/",
    ),
    Edit(
        "count the requests of everybody as one client's",
        {"limit of requests", "unreadable client address"},
        ("LI-04",),
        LIMITS,
        "s/{address_of(request, context.settings)}/"
        "{'all' if route.endswith('status') else address_of(request, context.settings)}/",
    ),
    Edit("count all routes as one", {"limit of requests"}, ("LI-05",), LIMITS, 's/route = f.*/route = "all"/'),
    Edit(
        "count on past the announced time",
        {"limit that ends"},
        ("LI-06",),
        LIMITS,
        's/:{window}"/:0"/; s/expire(key, WINDOW_S)/expire(key, 600)/',
    ),
    Edit(
        "believe everybody's X-Forwarded-For",
        {"forged client address"},
        ("LI-08",),
        ADDRESSES,
        "s/if not trusts(ip_address(address)):/if False:/",
    ),
    Edit(
        "read on past what is no address",
        {"unreadable client address"},
        ("LI-09",),
        ADDRESSES,
        "s/        except ValueError:/&\\n            continue/",
    ),
    Edit(
        "refuse without a word of what is wrong",
        {"job that is no uuid"},
        ("ER-03",),
        "backend/jobs.py",
        "s/a job's id is a uuid, not {text!r}/a job has another id/",
    ),
)
JOBS = (
    Edit(
        "queue each upload twice",
        {"one entry for a job"},
        ("QU-08",),
        "backend/upload.py",
        's/^        await context.queue.add("process".*/&; &/',
    ),
    Edit(
        "wait equally long before each attempt",
        {"attempts of a job"},
        ("QU-06",),
        "backend/upload.py",
        's/"type": "exponential"/"type": "fixed"/',
    ),
    Edit(
        "say nothing of why a job failed",
        {"attempts of a job"},
        ("JO-09",),
        "worker/rows.py",
        "s/error = %s, /error = nullif(%s, %s), /; s/(reason, job_id)/(reason, reason, job_id)/",
    ),
    Edit(
        "look for stalled jobs once an hour",
        {"job of a dead worker"},
        ("QU-05", "QU-07"),
        "worker/consumer.py",
        's/"stalledInterval": settings.stalled_ms/"stalledInterval": 3600000/',
    ),
)
EDITS: Final = (*RIGHTS, *SESSION, *SIGN_IN, *REQUESTS, *JOBS)
FILES: Final = Edit(
    "keep the files of ended jobs",
    {"files of ended jobs"},
    ("EN-01",),
    "worker/consumer.py",
    "s/await self._storage.delete(ticket.key)/pass/",
)
COPIES: Final = Edit(
    "keep copies of results for ever", {"keys that end"}, ("EN-03",), "backend/results.py", "s/, ex=CACHED_S)/)/"
)
LEAVING: Final = ((FILES, SQL.format("TRUNCATE jobs")), (COPIES, NO_COPIES))
"""Edits that leave something which outlasts them, and the line that removes it."""
SERVICES = (
    *(edit.mutation() for edit in EDITS),
    *(replace(edit.mutation(), undo=(*edit.mutation().undo, line)) for edit, line in LEAVING),
    Mutation(
        "leave the lock of a job that has ended",
        red=frozenset({"locks of ended jobs"}),
        breaks=("EN-04",),
        lines=("docker exec redis redis-cli SET bull:pdf-processing:synthetic:lock x EX 600",),
        undo=("docker exec redis redis-cli DEL bull:pdf-processing:synthetic:lock",),
    ),
    at_the_door("list everybody's jobs", {"list of jobs"}, ("RI-08",), served("location = /api/jobs", 200, "[]")),
)
