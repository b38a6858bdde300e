"""The vocabulary of secrets: which words in a name say what its value is.

Words are lower case, folded and singular, as `keys.words` makes them.
"""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A name that contains one of these, however it is spelt, is mandatory. Only strings
# that no harmless word contains may stand here.
MANDATORY_INSIDE = (
    "password", "passwd", "passphrase", "passwort", "kennwort", "contrasena",
    "motdepasse", "accesstoken", "refreshtoken", "privatekey", "stripecustomer",
    "paymentreference", "paymentref", "emailaddress", "username", "accesssecret",
    "schedulermetadata",
)  # fmt: skip

# The same, for credentials.
CREDENTIAL_STEMS = (
    "passwort",
    "kennwort",
    "contrasena",
    "adgangskode",
    "losenord",
    "lösenord",
    "salasana",
    "wachtwoord",
    "heslo",
    "jelszo",
    "haslo",
    "hasło",
    "parola",
    "senha",
    "lozinka",
    "geheim",
    "парол",
    "токен",
    "секрет",
    "passwd",
)
CREDENTIAL_ENDS = (
    "sshkey",
    "nkey",
    "authkey",
    "privkey",
    "enckey",
    "accesskey",
    "pw",
    "pass",
    "pwd",
    "tok",
    "token",
    "secret",
    "passwd",
    "psk",
)
NO_ENDS = frozenset(
    [
        "bypass",
        "compass",
        "key",
        "monkey",
        "hotkey",
        "pkey",
        "fkey",
        "turkey",
        "donkey",
        "hockey",
        "jockey",
        "whiskey",
        "primarykey",
        "foreignkey",
        "rowkey",
        "sortkey",
        "subkey",
        "cachekey",
        "pubkey",
        "keykey",
        "surpass",
        "trespass",
        "underpass",
        "overpass",
        "nopass",
        "encompass",
        "publickey",
        "hostkey",
        "routingkey",
        "partitionkey",
    ]
)
CREDENTIAL_INSIDE = (
    "authtoken", "apikey", "secretkey", "clientsecret",
    "密码", "密碼", "口令", "密钥", "密鑰", "令牌", "パスワード", "비밀번호",
)  # fmt: skip

# Runs of whole words that are mandatory.
MANDATORY_RUNS = (
    ("email",), ("mail",), ("id", "token"), ("pwd",), ("pass",), ("pw",), ("passcode",),
    ("access", "token"), ("refresh", "token"), ("private", "key"), ("ssh", "key"),
    ("payment", "reference"), ("payment", "ref"), ("stripe", "customer"),
    ("user", "name"), ("e", "mail"), ("pass", "word"), ("pass", "phrase"),
    ("login", "name"), ("stripe", "id"), ("mot", "de", "passe"),
)  # fmt: skip

CREDENTIAL = _set("""
    secret token cookie credential cred authorization otp totp hotp mfa 2fa pin cvv cvc
    cvv2 dsn jwt jws jwe bearer passkey mnemonic seed nonce signature tok sess kek dek salt unsealkey hmac apikey
    authkey sas pat psk keytab kubeconfig keystore pkcs12 pfx p12 ppk pgpass netrc
    pword psw passw paswd pswd passcd secreto segredo geheimnis geheim clave senha
    wachtwoord parola haslo heslo losenord salasana sifre jelszo jeton ficha
    lozinka adgangskode passord parool kodeord losen zaporka mdp dob birthday birthdate
    sid pwhash dockerconfigjson dockercfg stringdata maiden khau sandi sandinya
    пароль секрет токен ключ парола гасло 密码 口令 密钥 令牌 密碼 金鑰 パスワード 秘密 暗証番号
    トークン 비밀번호 토큰 암호 كلمةالمرور كلمة سيسما סיסמה पासवर्ड รหัสผ่าน κωδικός
    sessionid sessid phpsessid jsessionid csrftoken xsrf csrf connstr connectionstring
    unseal creditcard ssn iban pan passport bvn nin taxid phone telephone mobile msisdn
    cookiejar credit identified sessiontoken htpasswd shadow
    """)

# Two words that together name a credential; neither does alone.
CREDENTIAL_PAIRS = frozenset(
    (first, second)
    for second, firsts in {
        "key": "api access secret private signing encryption master account shared "
        "client auth aes rsa dsa hmac pgp gpg deploy webhook sas subscription service "
        "license licence storage server session tls ssl ssh app application admin root "
        "decryption crypto symmetric security user consumer developer dev write read "
        "ingest sending product integration publishable restricted live test kms vault "
        "enc pem certificate cert root priv preshared jwt cookie csrf otp totp db database smtp "
        "stripe aws gcp azure github gitlab slack openai anthropic datadog sentry twilio "
        "sendgrid mailgun cloudflare vendor partner internal global super customer bot "
        "unlock recovery backup wrapping data signature x functions host shared ed25519",
        "code": "otp sms unlock recovery backup verification access security auth pin "
        "login invite activation confirmation one",
        "string": "connection conn connect",
        "url": "database db redis broker amqp mongo mongodb postgres webhook dsn jdbc "
        "connection rabbitmq nats sentry magic presigned signed",
        "uri": "database db redis broker amqp mongo mongodb postgres connection",
        "id": "session sess secret token sid tax national",
        "phrase": "recovery seed secret backup pass",
        "word": "seed pass secret magic",
        "value": "secret credential",
        "header": "auth authorization",
        "number": "card account phone routing social iban mobile contact",
        "auth": "basic proxy http api registry docker x",
        "blob": "secret enc encrypted credential",
        "hash": "pass user pw",
        "share": "key unseal secret",
        "link": "magic reset login",
        "certificate": "client private",
        "data": "secret credential",
        "file": "credential",
        "name": "first last full real middle maiden",
        "birth": "of",
        "answer": "security secret recovery",
        "login": "user",
        "rsa": "id",
        "ed": "id",
        "ecdsa": "id",
        "dsa": "id",
        "private": "rsa ec ecdsa dsa ed ssh pgp gpg",
        "security": "social",
        "community": "snmp",
        "webhook": "slack discord teams",
        "payment": "stripe",
        "pem": "private key",
        "json": "account",
        "address": "billing home postal mail street",
        "contrasena": "la",
        "mot": "de",
        "reference": "payment bank",
        "customer": "stripe",
    }.items()
    for first in firsts.split()
)

# What may come before `key` in a name that is no credential's. Any other `x_key` is.
PLAIN_KEYS = _set("""
    primary foreign partition routing sort cache row public host object policy idempotency
    translation message i18n map lookup group grouping dedup dedupe deduplication composite
    unique natural surrogate candidate business shard hash range index lock path config
    setting feature flag metric label tag annotation topic event record document field
    attribute property param parameter env environment dict json order filter aggregation
    correlation trace span request tenant alert incident card action runbook dashboard
    panel chart series column table entity resource pod job task queue stream subject
    binding binary exchange known turn hot short function arrow enter return escape tab
    delete by to of the per in for with on no any each every same new old next prev
    previous last first invalid unknown missing duplicate wrong bad this that a an is
    allowed extra required optional all some num total expired active left right join
    bucket s3 etcd kv item element match search query context scope state
    status view template layout theme style css locale language region zone cluster
    sequence version schema type kind name id uid slug title url uri file dir folder data
    meta metadata header body section line page node edge graph tree leaf parent child
    source target dest destination origin input output result response error
    reason code signal source snapshot component service stack redis memcached
    """)

# Last words that say the value is about the credential and is not one.
BENIGN_TAIL = _set("""
    count total at ttl policy name type reset status state expiry expire expired second
    minute hour day ms millisecond byte size length len limit rate ratio version
    endpoint path enabled valid required used usage remaining rotation rotated age
    created updated issuer provider scope kind format algorithm alg method mode error
    failure failed attempt retry max min budget window bucket sum avg p95 p99 quantile
    duration latency lifetime timeout interval present missing ok exists
    strategy backend class model field column table index prefix suffix supported
    allowed disabled configured changed verified needed checked refreshed until since
    sent received delivered template subject queue worker service relay gateway server
    consumer stream client exporter controller operator manager handler middleware
    validator job task process pod node host port region zone cluster namespace domain
    ref location rule schema strength complexity entropy
    """)

# With one of these last, the name is that of a part of the system or of a measure.
SYSTEM_TAIL = _set("""
    worker service relay gateway queue consumer stream exporter controller handler
    middleware validator job pod
    """)

# With one of these last, a number or a boolean under the name is a measure.
MEASURE_TAIL = _set("""
    count total second minute hour day ms byte ratio rate size length len limit ttl age
    enabled required attempt failure max min error sum avg p95 p99 expiry expire
    verified sent valid reset request
    """)

# Names of identifiers that an operator needs; their strict shapes are never random.
IDENTITY = _set("""
    trace span correlation request req commit sha sha1 sha256 sha512 md5 digest checksum
    revision rev image build release etag hash fingerprint uuid uid guid id pod node host
    hostname container instance machine volume disk vm deployment replicaset version tag
    layer blob object event message msg job run task execution workflow allocation slice
    parent root traceparent oid inode address addr ref head base snapshot artifact crc
    thumbprint serial generation chart device gpu mac inbox consumer durable subject
    peer cluster server shard partition offset cursor file name consumername resource
    """)

# Values that say how a credential is, not what it is.
STATES = _set("""
    a an the is are was were be been being to of for in on at by with from and or not no
    none null nil true false yes ok okay valid invalid missing required requires expired
    expiring revoked rotated rotating rejected accepted denied failed failure failing
    wrong incorrect bad correct mismatch mismatched empty blank unset set changed
    changing updated reset resetting sent received refreshed refreshing renewed stale
    fresh new old current previous next same different unknown undefined unavailable
    available disabled enabled active inactive locked unlocked hidden redacted masked
    encrypted hashed stored saved deleted removed created generated issued verified
    unverified checked validated authenticated unauthenticated authorized unauthorized
    forbidden protected too short long weak strong must should may can cannot will would
    shall has have had does do did it this that these those its their his her your our my
    you we they i he she which who what when where why how if then than so as but only
    also still already now here there again never always often soon later ago about after
    before during until while since between within without into over under up down out
    off please see error warning info debug authentication authorization login logout
    password passwords token tokens secret secrets key keys credential credentials user
    users username email session sessions cookie account policy rotation reset service
    server client request requests response header field value name type string file
    database connection vault manager store storage provider config configuration
    environment variable default optional needed not-found notfound pending ready
    processing success successful successfully unsuccessful completed complete broken
    full slow fast taken free busy idle up down running stopped started done open closed
    good dead alive healthy degraded unhealthy blocked throttled limited late early high
    low large small big present fine safe unsafe ignored skipped supported unsupported
    leaked compromised exposed shared common used unused reused being just very bearer
    webauthn totp sms oidc saml ldap oauth oauth2 passkey yubikey u2f fido2 mtls opaque
    argon2id argon2 bcrypt scrypt pbkdf2 sha256 required enrolled basic digest one two three any some all each every both either neither per via etc
    """)
