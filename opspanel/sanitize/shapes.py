"""Shapes of harmless identifiers, and the words that vouch for them."""

import re

from opspanel.sanitize.engine import Pattern

_UUID = rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
UUID = re.compile(_UUID)

# Strict grammars. A value of a declared identity type that matches one is left alone.
_IDENTITY = re.compile(
    rb"(?:%s|[0-9a-fA-F]{7,40}|[0-9a-fA-F]{48}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}"
    rb"|[0-9a-fA-F]{128}|(?:sha\d{1,3}|md5)[:-][0-9a-fA-F]{7,128}"
    rb"|[0-9A-HJKMNP-TV-Z]{26}|[0-9]{1,40}|[0-9A-Za-z]{27}|[0-9A-Z]{16}|[0-9A-Za-z]{22}"
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
    rb"|1-[0-9a-f]{8}-[0-9a-f]{24}"
    rb"|(?:wwn-0x|(?:nvme-)?eui\.|naa\.|scsi-\d)[0-9a-f]{16,32}"
    rb"|h1:[0-9A-Za-z+/]{43}="
    rb"|[0-9a-f]{32}-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?"
    rb"|AAAA(?:B3Nza|C3Nza|E2Vj|GnNr|InNr)[0-9A-Za-z+/]{20,1000}={0,3}"
    rb"|(?:i|vol|subnet|vpc|sg|ami|eni|snap|rtb|igw|nat|eipalloc|lt|tgw)"
    rb"-(?:[0-9a-f]{8}|[0-9a-f]{17})"
    rb"|(?:[0-9a-fA-F]{2}[:-]){5,31}[0-9a-fA-F]{2}"
    rb"|(?:[0-9a-fA-F]{1,4}:{1,2}){2,7}[0-9a-fA-F]{1,4}"
)
# Headers that servers give back to say which answer this was; any shape will do.
_ECHO = Pattern(
    r"(?i)(?:e-?tag|if-(?:none-)?match|x-amz-(?:id-2|cf-id|request-id|version-id)"
    r"|x-(?:[a-z]{1,12}-)?request-id|cf-ray)[\"']?\s{0,2}[:=]?\s{0,2}(?:W/)?\\?[\"']?$"
)
# An identifier's name in words: of these, letters and digits of any case are expected.
_SAID_ID = Pattern(
    r"(?i)\b(?:(?:cluster|node|member|peer|client|request|req|event|message|msg|job|run"
    r"|task|trace|span|correlation|execution|workflow|instance|snapshot|object|build"
    r"|release|deployment|allocation|invocation|operation)[ _-]?id|serial(?:[ _-]?(?:number|no))?|[kx]s?u?id|ulid|nuid)"
    r"[\"']?[\s:=]{1,3}[\"']?$"
)
# Somewhere before a checksum stands what it is one of; after it, the file it is of.
_CHECKSUM = Pattern(
    r"(?i)\b(?:check ?sums?|digests?|sha-?\d{1,3}(?:sum)?|md5(?:sum)?|fingerprint|integrity)[\s:=(\"']"
    r"[^\x1e\x1f\n]{0,100}$"
)
_HASH_OF = Pattern(r"(?i)(?:md5|sha-?\d{1,3}|digest)[\"']?[:=-] ?[\"']?$")
_ITS_FILE = re.compile(rb"(?:  | \*)[\w./-]+\.\w{1,8}(?![\w.])")
_HOST = re.compile(rb"\.(?:[a-z0-9-]{1,63}\.)*[a-z]{2,24}(?![\w.-])")
_FEWEST_DIGITS = 7
_UUID_APART = re.compile(rb"(?<![0-9a-fA-F])%s(?![0-9a-fA-F])" % _UUID)
_DASHES = 4
_NEAR = 30
# A readable name with the suffixes that Kubernetes gives to pods and replica sets.
_POD = re.compile(
    rb"([a-z][a-z0-9.]*(?:-[a-z0-9.]+)*?)-(?:[a-z0-9]{8,10}-)?[a-z0-9]{5}"
)
_ULID = re.compile(rb"0[0-7][0-9A-HJKMNP-TV-Z]{24}")

_VOUCHERS = """
    trace span correlation request req commit committed sha[0-9]{0,3} md5 digest checksum
    revision rev image build release etag hash fingerprint uuid uid guid pod node host
    container instance machine version tag layer blob object event oid parent traceparent
    artifact thumbprint snapshot head base merge branch deploy(?:ed|ing|ment)? rolled
    rollback back gpu serial crc32 workflow execution job run ref sandbox overlay2 docker
    containerd git at id manifest config blobs objects match via cluster member peer client
    kid wwn serial replid ksuid ulid nuid xid reconciled promoted pinned revert(?:ed)?
    """
_ANY_VOUCHER = "|".join(_VOUCHERS.split())
_SYNCED = "(?:synced|switched|updated|reset|forward(?:ed)?) to"
_WITH_CAPITAL = "|".join(
    f"{word[0].upper()}(?i:{word[1:]})" for word in _VOUCHERS.split()
)
# At the start of a word, or within one in camel case.
_VOUCHER = Pattern(
    rf"(?:(?:^|[^A-Za-z])(?i:{_ANY_VOUCHER}|{_SYNCED})|[a-z](?:{_WITH_CAPITAL}))"
    r"(?i:[ _.-]?(?:id|sha|hash|name|digest|tag|ref)s?)?[\"'`]?"
    r"[ \t\n:=@/#(\x{1f}<\[>\"'`-]{1,4}$"
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


def is_echo(before: bytes) -> bool:
    """Whether a token is what a header such as `ETag` gives back."""
    return _ECHO.found(before[-_NEAR:])


def is_said_id(token: bytes, before: bytes) -> bool:
    """`node id X`: an identifier by its shape and by the words before it."""
    return is_identity(token) and _SAID_ID.found(before[-_NEAR:])


def is_checksum(data: bytes, start: int, end: int) -> bool:
    """Whether a long hexadecimal number is said to be a checksum, or of a file."""
    line = data[max(0, start - 100) : start]
    return _ITS_FILE.match(data, end) is not None or _CHECKSUM.found(line)


def is_hash_of(token: bytes, before: bytes) -> bool:
    """`md5=` and base64 of the size that a checksum has."""
    return len(token) in {22, 24, 43, 44, 86, 88} and _HASH_OF.found(before[-_NEAR:])


def is_counted(token: bytes) -> bool:
    """A long hexadecimal number that counts: mostly the same few digits, in order."""
    return len(set(token.lower())) < _FEWEST_DIGITS


def is_host_label(data: bytes, end: int) -> bool:
    """Whether what ends here is the first part of a host's name."""
    return _HOST.match(data, end) is not None


def vouched(before: bytes) -> bool:
    """Whether the words just before a hexadecimal number say what it identifies."""
    return _VOUCHER.found(before[-_NEAR:])
