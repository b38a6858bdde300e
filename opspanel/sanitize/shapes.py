"""Shapes of harmless identifiers, and the words that vouch for them."""

import re

_UUID = rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
UUID = re.compile(_UUID)

# Strict grammars. A value of a declared identity type that matches one is left alone.
_IDENTITY = re.compile(
    rb"(?:%s|[0-9a-fA-F]{7,40}|[0-9a-fA-F]{48}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}"
    rb"|[0-9a-fA-F]{128}|(?:sha\d{1,3}|md5)[:-][0-9a-fA-F]{7,128}"
    rb"|[0-9A-HJKMNP-TV-Z]{26}|[0-9]{1,40}|[0-9A-Za-z]{27}"
    rb"|(?:[a-z]{1,8}-)?[0-9a-f]{8,17}"
    rb"|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})" % _UUID
)
# Self-evident ones: harmless wherever they stand.
_EVIDENT = re.compile(
    rb"(?:sha|SHA)\d{1,3}[:-][0-9A-Za-z+/_-]{16,88}={0,2}"
    rb"|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"
    rb"|[NUAOCX][A-Z2-7]{55}"
    rb"|_INBOX\.[0-9A-Za-z]{22}(?:\.[0-9A-Za-z]{1,22})*"
    rb"|v\d+\.\d+\.\d+-(?:[\w.]+\.)?0?\.?\d{14}-[0-9a-f]{12}(?:\+incompatible)?"
    rb"|0x[0-9a-fA-F]{1,16}"
    rb"|(?:i|vol|subnet|vpc|sg|ami|eni|snap|rtb|igw|nat|eipalloc|lt|tgw)"
    rb"-(?:[0-9a-f]{8}|[0-9a-f]{17})"
    rb"|(?:[0-9a-fA-F]{2}[:-]){5,31}[0-9a-fA-F]{2}"
    rb"|(?:[0-9a-fA-F]{1,4}:{1,2}){2,7}[0-9a-fA-F]{1,4}"
)
_UUID_APART = re.compile(rb"(?<![0-9a-fA-F])%s(?![0-9a-fA-F])" % _UUID)
_DASHES = 4
_NEAR = 30
# A readable name with the suffixes that Kubernetes gives to pods and replica sets.
_POD = re.compile(
    rb"([a-z][a-z0-9.]*(?:-[a-z0-9.]+)*?)-(?:[a-z0-9]{8,10}-)?[a-z0-9]{5}"
)
_ULID = re.compile(rb"0[0-7][0-9A-HJKMNP-TV-Z]{24}")

_VOUCHER = re.compile(
    rb"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:trace|span|correlation|request|req|commit(?:ted)?|sha\d{0,3}|md5|digest"
    rb"|checksum|revision|rev|image|build|release|etag|hash|fingerprint|u?uid|guid|pod"
    rb"|node|host|container|instance|machine|version|tag|layer|blob|object|event|oid"
    rb"|parent|traceparent|artifact|thumbprint|snapshot|head|base|merge|branch|deploy"
    rb"(?:ed|ing|ment)?|rolled|rollback|back|gpu|serial|crc32|workflow|execution|job|run"
    rb"|ref|sandbox|overlay2|docker|containerd|git|at|id|manifest|config|blobs|objects)"
    rb"(?i:[ _.-]?(?:id|sha|hash|name|digest|tag|ref)s?)?[\"'`]?[\s:=@/#(\x1f<\[>\"'`-]{1,4}$"
)


def is_identity(value: bytes) -> bool:
    """Whether a value under an identity name is of a shape such values have."""
    return _IDENTITY.fullmatch(value) is not None


def is_evident(token: bytes) -> bool:
    """Whether a token is harmless by its shape alone."""
    if token.count(b"-") >= _DASHES and _UUID_APART.search(token):
        return True
    return _EVIDENT.fullmatch(token) is not None


def is_ulid(token: bytes) -> bool:
    return _ULID.fullmatch(token) is not None


def without_pod_suffix(token: bytes) -> bytes:
    """The readable part of a pod's name; other tokens as they are."""
    match = _POD.fullmatch(token)
    return match[1] if match else token


def vouched(before: bytes) -> bool:
    """Whether the words just before a hexadecimal number say what it identifies."""
    return _VOUCHER.search(before[-_NEAR:]) is not None
