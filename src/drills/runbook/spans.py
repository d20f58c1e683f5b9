"""Which code spans are something to run, not a name, a file or a setting."""

from __future__ import annotations

import re

import promql_parser

SQL = re.compile(
    r"alter|analyze|begin|call|commit|copy|create|delete|do|drop|explain|grant|insert|lock|reindex|"
    r"reset|revoke|rollback|select|set|show|truncate|update|vacuum|with",
    re.IGNORECASE,
)
PROGRAMS = re.compile(
    r"ansible|ansible-playbook|apt|apt-get|argocd|at|awk|aws|az|base64|bash|brew|bundle|cat|ceph|chmod|chown|chroot|consul|cp|"
    r"crictl|ctr|curl|date|dd|df|dig|dmesg|docker|docker-compose|doctl|du|echo|etcdctl|export|find|flux|fly|flyctl|free|"
    r"fuser|gcloud|gh|git|go|grep|gsutil|gzip|head|helm|heroku|host|htop|ip|ifconfig|iostat|iotop|iptables|java|jmap|"
    r"journalctl|jps|jq|jstack|just|k9s|kill|killall|kubectl|kustomize|less|ln|ls|lsblk|lsof|make|mc|mkdir|mkfs|mongo|mongosh|"
    r"mount|mv|mysql|mysqladmin|mysqldump|nc|ncdu|netcat|netstat|nginx|node|nohup|nomad|npm|npx|nslookup|ntpq|oc|openssl|"
    r"perl|pg_ctl|pg_dump|pg_isready|pg_restore|pgrep|php|ping|pip|pkill|pm2|pnpm|podman|printf|promtool|ps|psql|python|"
    r"python3|rabbitmqctl|rake|rails|rclone|redis-cli|rm|rsync|ruby|sar|scp|sed|service|sh|sleep|sort|ss|ssh|stern|strace|"
    r"su|sudo|supervisorctl|swapoff|swapon|sysctl|systemctl|tail|tar|tcpdump|tee|telnet|terraform|timeout|top|touch|"
    r"traceroute|umount|unset|unzip|uptime|vacuumdb|vault|velero|virsh|virtctl|vmstat|watch|wget|xargs|yarn|yum|zcat|zfs|"
    r"zpool|[a-z][a-z-]*(?:ctl|adm)"
)
ALONE = re.compile(r"dmesg|false|lsblk|mpstat|nvidia-smi|reboot|sync|true|uptime|vmstat")
"""Programs that are run without an argument, and whose names mean nothing else in a runbook."""
SCRIPT = re.compile(r"(\./|/)?[\w./-]+\.(sh|py)|\./[\w./-]+")
PATH = re.compile(r"(?!/dev/)(?:~|\.{0,2})/[\w./-]*\w")
OPTION = re.compile(r"\s(-{1,2}\w|[|&$/.]|[<>]\s*[^\s\d=])")
_PROMQL = re.compile(r"[({\[]|[<>=!]=|[<>]\s*\d")
_SET_BEFORE = re.compile(r"(?:\w+=(?:\"[^\"]*\"|'[^']*'|\\.|\$(?!\()|[^\s\"'$\\])*(?:\s+|\Z))*")
"""Variables that are set in front of a command."""
_RUNS = re.compile(r"\w+=[\"']?\$\(")
_LOGGED = re.compile(
    r"[A-Za-z][\w./-]*:(?:\s|\Z)|(?:level|lvl|msg|message|err|error|ts|time|timestamp|caller|severity|logger)=\S"
    r"|[A-Z]{4,5}\[\d+\]|\[[A-Z]{4,}\]\s|\d{4}-\d\d-\d\d[T ]\d\d:"
)
"""What a program prints: a name with a colon, `level=error msg="…"`, `FATA[0001]`, `[ERROR]`, a time."""
_COLUMN = re.compile(r"\w+(?:\s{2,}\||\s\|\s{2,})")
"""The head of a printed table: `pid  | state`."""
PROGRAM = re.compile(r"[a-z][\w.-]*")
ACTION = re.compile(
    r"apply|build|cancel|check|config|cordon|create|debug|delete|deploy|describe|destroy|disable|down|drain|enable|exec|"
    r"flush|get|info|init|inspect|install|job|kill|list|login|logs?|patch|plan|promote|ps|purge|reload|release|remove|"
    r"restart|resume|retry|rollback|rollout|run|scale|services?|show|start|stats|status|stop|sync|taint|top|undo|up|update|"
    r"upgrade|version|workflow|[a-z]+[-_:][a-z-]+"
)
"""Words by which a program whose name is not known here is told what to do: `x restart api`."""


def is_command(span: str) -> bool:
    """Say whether a code span is something to run, not a name, a file or a setting."""
    rest = _SET_BEFORE.sub("", span.lstrip(), count=1)
    words = rest.split()
    if not words or _RUNS.match(rest):
        return bool(words)
    first = words[0]
    if SCRIPT.fullmatch(first):
        return first.endswith(".sh") or first.startswith("./") or len(words) > 1
    if len(words) == 1:
        return bool(ALONE.fullmatch(first))
    return bool(SQL.fullmatch(first)) or (not is_promql(span) and _starts(first, span, words))


def _starts(first: str, span: str, words: list[str]) -> bool:
    """Say whether *first* starts a program: it is one, it is a path, or what follows reads as what it is told."""
    if PROGRAMS.fullmatch(first) or PATH.fullmatch(first):
        return True
    if _COLUMN.match(span) or words[1].endswith(":"):
        return False
    return bool(PROGRAM.fullmatch(first) and (OPTION.search(span) or ACTION.fullmatch(words[1])))


def is_told_program(words: str) -> bool:
    """Say whether plain *words* are a known program with an option or an action, and no sentence."""
    first, _, rest = words.partition(" ")
    rest = re.sub(r"^(?:compose|system|volume|image|network)\s", "", rest)
    told = OPTION.search(words) or ACTION.fullmatch(next(iter(rest.split()), ""))
    return bool(PROGRAMS.fullmatch(first)) and bool(told) and not words.endswith((".", "?", "!"))


def is_printed(text: str) -> bool:
    """Say whether a line of a shell's block is no command but what was printed, or another language's `key: value`."""
    return bool(_LOGGED.match(text)) and not is_command(text)


def is_promql(span: str) -> bool:
    """Say whether *span* is PromQL with a bracket or a comparison; `df -h` could be a difference."""
    if not _PROMQL.search(span):
        return False
    lines = [line for line in span.split("\n") if not line.lstrip().startswith(("//", "#"))]
    parts = re.split(r"\n\s*\n", "\n".join(lines).strip("\n"))
    return all(_parses(each) for each in parts) or all(_parses(each) for each in lines if each.strip())


def _parses(expression: str) -> bool:
    try:
        promql_parser.parse(expression)
    except ValueError:
        return False
    return True


RUN = re.compile(
    r"\b(?:run|runs|running|execute|type|issue|invoke|launch|call|command)(?:\s+(?:the|this|a|command))*\s*:?\s*\Z",
    re.IGNORECASE,
)
"""Words before a span by which even a single name in it is a command: "run `k9s`"."""


def is_called_for(before: str, span: str, after: str) -> bool:
    """Say whether the words around a span of one word tell the reader to run it, as "run `htop`" does."""
    told = RUN.search(before) and not re.match(r"\s+[a-z]*\s*(?:commands?|queries|scripts?|tools?)\b", after)
    return bool(told) and bool(re.fullmatch(r"[a-z][\w-]*", span)) and bool(PROGRAMS.fullmatch(span))
