"""Passwords on command lines: `mysql -pX`, `curl -u a:X`, `redis-cli -a X`."""

import re
from collections.abc import Iterator

from opspanel.sanitize import checks
from opspanel.sanitize.engine import Hit, Pattern

_PROGRAMS = (
    r"mysql\w*|mariadb\w*|curl|wget|sshpass|redis-cli|valkey-cli|ldap\w+|mongo\w*|smbclient|"
    r"docker|podman|buildah|skopeo|helm|oras|az|htpasswd|keytool|jarsigner|lftp|ftp|rsync|rclone|"
    r"rabbitmqctl|nats|etcdctl|influx|sqlcmd|bcp|isql|expect|ansible\w*|vault|net use|winexe|"
    r"rdesktop|xfreerdp|mount|openssl|7z|zip|unzip|unrar|pscp|plink|http|xh|cqlsh|clickhouse\S*|"
    r"ipmitool|snmp\w+|psql|kinit|npm|gh|glab|heroku|doctl|cloudflared|pgbench|impacket\S*"
)
HINT = r"\s-{1,2}[A-Za-z]"
_LINE = Pattern(rf"(?i)\b(?:{_PROGRAMS})\s[^\x1e\n]{{0,600}}")
_OPTION = re.compile(
    rb"\s(?:-(?P<password>passin|passout|password|pass|pw|storepass|keypass|srcstorepass|auth|[paAwPWkK])"
    rb"|-(?P<pair>[uU]|user|-user|-proxy-user|-creds|-userpass)"
    rb"|-(?P<glued>p)(?=[^\s\x1e-])|-(?P<joined>u)(?=[^\s\x1e:-]+:))"
    rb"(?:[ =]|(?<=-[pu]))(?P<quote>[\"']?)(?P<value>[^\s\"'\x1e]+)"
)
_PORTS = re.compile(rb"[\d.:/-]+(?:tcp|udp)?|\$?\{?[A-Z_]+\}?:?[\d]*|-.*")
_NO_PASSWORD = re.compile(
    rb"(?i)\b(?:docker|podman)\s+(?:run|ps|create|exec|build|compose)|mkdir|http\b(?!\s+-a)"
)
_SNMP = re.compile(rb"\s-[AXc]\s+(\S+)")
_HTPASSWD = re.compile(rb"htpasswd\s[^|;&]{0,200}?-\w*b[^|;&]{0,200}\s([^\s|;&]+)")


# Here a `-p` with a space after it asks for the password, or means something else.
_ASKS = re.compile(rb"(?i)(?:mysql|mariadb|rsync|ftp|lftp|mount)")


def _hit(data: bytes, line: int, match: re.Match[bytes]) -> Hit | None:
    start, end = match.span("value")
    value = match["value"]
    if _PORTS.fullmatch(value):
        return None
    apart = match["password"] == b"p" and data[start - 1 : start] == b" "
    if apart and _ASKS.match(data, line) and not checks.looks_chosen(value):
        return None
    if match["pair"] or match["joined"]:
        user, sign, password = (
            re.split(rb"([:%,])", value, maxsplit=1)
            if re.search(rb"[:%,]", value)
            else (value, b"", b"")
        )
        return (start + len(user) + len(sign), end) if password else None
    return start, end


def find(data: bytes) -> Iterator[Hit]:
    for start, end in _LINE.spans(data):
        if _NO_PASSWORD.search(data, start, end):
            continue
        for match in _OPTION.finditer(data, start, end):
            hit = _hit(data, start, match)
            if hit:
                yield hit
        for pattern in (_SNMP, _HTPASSWD):
            for match in pattern.finditer(data, start, end):
                if pattern is _HTPASSWD or data.startswith(b"snmp", start):
                    yield match.span(1)
