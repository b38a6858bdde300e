"""A second corpus: kinds, carriers, sentences, names and encodings the detectors had
not been shown. Written after they were frozen; see README.md beside this file."""

# ruff: noqa: RUF001 - letters of other scripts are what some of this is about

import base64
import quopri
import uuid

from tests.sanitize.corpus.kinds import BASE62, DIGITS, HEX, LOWER, UPPER, Dice

ABOUT = (
    "upstream answered S",
    "S was seen in the dump",
    "trace: S",
    "[S]",
    "failed, S, again",
)


def kinds(d):
    """H1: tokens of vendors and formats not named anywhere in the detectors."""
    made = (
        lambda: "cfut_" + d.text(BASE62, 40),
        lambda: "bkua_" + d.text(HEX, 40),
        lambda: "v4.public." + d.base64url(90),
        lambda: "k8s-aws-v1." + d.base64url(120),
        lambda: "sbsk_" + d.text(LOWER + DIGITS, 32),
        lambda: f"{d.text(DIGITS, 10)}-{d.text(LOWER + DIGITS, 32)}.apps",
        lambda: "zpka_" + d.text(HEX, 32) + "_" + d.text(HEX, 8),
        lambda: "MII" + d.base64(200),
        lambda: d.text(BASE62, 64),
        lambda: d.text(HEX, 96),
        lambda: "xau-" + d.text(BASE62 + "_", 36),
        lambda: "nvapi-" + d.base64url(48),
        lambda: "ops_" + d.base64url(150),
        lambda: "rtk." + d.text(UPPER + DIGITS, 28),
        lambda: d.text(LOWER, 40),
        lambda: d.text(BASE62, 22) + "=" * 2,
        lambda: "$scrypt$ln=16,r=8,p=1$" + d.base64(16) + "$" + d.base64(32),
        lambda: "0x" + d.text(HEX, 64),
    )
    return [(t.replace("S", s), s) for make in made for t in ABOUT for s in [make()]]


CARRIERS = (
    'spring.datasource.password=S', 'redis:\n  auth:\n    password: S\n', '<property name="password">S</property>',
    'Password [S]', '{"type":"text","name":"passwd","value":"S"}', 'db.auth("app", "x"); password := "S"',
    "vault kv put secret/db password=S", "kinit: Password for a@b: S", "docker run -e DB_PASSWORD=S img",
    "ARG NPM_TOKEN=S", "set -x; export TOKEN='S'", "$env:API_KEY = \"S\"", "SETX API_KEY S API_KEY=S",
    "git clone https://x-access-token:S@git.test/r.git", "https://S@sentry.test/42", "wss://gw.test/?auth_token=S",
    "amqp://u:S@mq//v", "ldap://cn=a:S@ldap.test", "mssql://sa:S@db:1433?db=x", "X-Vault-Token: S",
    "x-amz-security-token: S", "X-Goog-Api-Key: S", "apikey S apikey: S", "Cookie: csrftoken=a1; sessionid=S; theme=x",
    "hdr [Authorization: Basic S]", "smtp AUTH PLAIN pass=S", "psql \"host=h password=S sslmode=on\"",
    "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'u', password 'S')", "rclone obscure pass = S",
    "pm.environment.set(\"token\", \"S\")", "key: password\nvalue: S\npassword: S", "Credentials(username='u', password='S')",
    "ConfigEntry{key=ssl.key.password, value=S} password=S", "sasl.jaas.config=x required username=\"u\" password=\"S\";",
    "curl --user ops:S https://h", "wget --password=S https://h", "mysqladmin -uroot -pS status", "kubectl --token=S get po",
    "az login --service-principal -u id -p S --tenant t", "PASSWORD(S) password=S", "<wsse:Password Type=\"x\">S</wsse:Password>",
)  # fmt: skip


def carriers(d):
    """H2: places not among the templates of the first corpus."""
    made = []
    for template in CARRIERS:
        for _ in range(2):
            secret = d.choice([d.password(), d.text(BASE62, 16)])
            made.append((filled(template, secret), secret))
    return made


SENTENCES = (
    "just tell her S, that is what opens the admin console", "try S if the usual password fails",
    "the wifi key for the lab: S", "he texted me the password, it's S", "password went from old1 to S",
    "our shared login is ops and the password S", "the door code is S", "for root it is S (password)",
    "please put S in the password field", "the new pass phrase reads S", "password\u2014S", "my password, S, no longer works",
    "remember: password = S", "tried password S three times", "Passwort wurde auf S gesetzt", "ton mot de passe c'est S",
    "la nueva contraseña será S", "a nova senha passou a ser S", "Zugangsdaten: admin / S", "wachtwoord gewijzigd in S",
    "пароль изменён на S", "新しいパスワード: S", "登录密码：S", "the secret is S, keep it", "api secret S was rotated",
    "sudo asked, I typed S", "token S stopped working", "bot token = S in prod", "here's the key: S", "auth with S please",
)  # fmt: skip


def sentences(d):
    """H3: people telling secrets in words of their own."""
    return [(filled(t, s), s) for t in SENTENCES for s in (d.password(), d.password())]


NAMES = (
    "masterPassphrase", "rootPasswordConfirmation", "pwdOld", "dbPwd", "sshPassphrase", "privKey", "priv_key",
    "secretAccessKey", "aws_session_token", "gcp_credentials", "azureClientSecret", "oauth_token_secret",
    "consumerSecret", "x-shared-secret", "webhook_signing_key", "jwtSecret", "cookie_secret", "SECRET_KEY_BASE",
    "encryptionKeyBase64", "kmsDataKey", "recoveryCode", "backup_codes", "oneTimePassword", "smsCode", "pinCode",
    "cardNumber", "cvc2", "ibanNumber", "mobilePhone", "userEmail", "e_mail_address", "loginUsername", "user-name",
    "stripe.customer.id", "paymentReference", "PAYMENT-REFERENCE", "accessSecretEnc", "schedulerMetadata",
    "passwort_neu", "motDePasse", "contraseñaActual", "senha_atual", "пароль_новый", "新密码", "пароль", "バックアップパスワード",
    "p a s s w o r d", "pass\u00adword", "ｐａｓｓｗｏｒｄ", "PassWord1", "password2", "_password_", "PASSWORD__C", "tokenSecret",
)  # fmt: skip


def names(d):
    """H4: names not in the first corpus, over any value, in a dict or in a text."""
    made = []
    for name in NAMES:
        secret = d.password()
        made += [({name: secret}, secret), ({"x": [{name: [secret]}]}, secret)]
        if name.isascii() and " " not in name:
            made.append((f"{name}={secret}", secret))
    return made


ENCODINGS = (
    lambda t: quopri.encodestring(t.encode(), quotetabs=True).decode(),
    lambda t: base64.b85encode(t.encode()).decode(),
    lambda t: base64.b64encode(t.encode()[::-1]).decode(),
    lambda t: base64.b16encode(t.encode()).decode(),
    lambda t: " ".join(f"0x{ord(c):02x}" for c in t),
    lambda t: "+".join(f"chr({ord(c)})" for c in t),
    lambda t: "".join(f"\\u00{ord(c):02X}" for c in t),
    lambda t: "".join(f"&#x{ord(c):04X};" for c in t),
    lambda t: base64.b64encode(t.encode("utf-16-le")).decode(),
    lambda t: "\n".join(
        base64.b64encode(t.encode()).decode()[i : i + 20] for i in range(0, 400, 20)
    ),
    lambda t: "".join(f"%{ord(c):02x}" if i % 2 else c for i, c in enumerate(t)),
    lambda t: "-".join(f"{ord(c):02x}" for c in t),
    lambda t: ",".join(f"'{c}'" for c in t),
    lambda t: "".join(f"{ord(c):03o} " for c in t),
    lambda t: t.encode().hex().upper(),
    lambda t: base64.b32encode(t.encode()).decode().lower(),
    lambda t: "".join(f"{c}\u0301" for c in t),
    lambda t: "".join(chr(0x1D400 + ord(c) - 65) if c.isupper() else c for c in t),
)


def encodings(d):
    """H5: other ways to write the same thing."""
    made = []
    for encode in ENCODINGS:
        for _ in range(3):
            token = "ghp_" + d.text(BASE62, 36)
            word = d.password()
            made.append((f"note {encode(token)} end", token))
            made.append((f"note {encode('password=' + word)} end", word))
    return made


def filled(template, secret):
    made, end = [], len(template)
    for place, char in enumerate(template):
        before, after = (
            template[place - 1 : place],
            template[place + 1 : min(place + 2, end)],
        )
        alone = char == "S" and not before.isalpha() and not after.isalpha()
        glued = (
            char == "S" and template[place - 2 : place] == "-p" and not after.isalpha()
        )
        made.append(secret if alone or glued else char)
    return "".join(made)


def identifiers(d):
    """Harmless values in words not used before."""
    return [
        f"reconcile {uuid.UUID(bytes=d.randbytes(16))} done",
        f"revision {d.text(HEX, 40)} is live",
        f"layer sha256:{d.text(HEX, 64)} exists",
        f"replica set web-{d.text('bcdfghjklmnpqrstvwxz2456789', 10)} scaled to {d.randrange(9)}",
        "consumer lag 4 on subject apps.instance.created",
        "rate limit: 40 tokens per second, bucket of 100",
        "password policy updated by an administrator",
        "the session store holds 4,210 sessions",
        f"checkpoint complete: wrote {d.randrange(9999)} buffers (3.1%)",
        'avg(rate(node_cpu_seconds_total{mode="idle"}[5m])) by (instance)',
        "TLS handshake with 10.2.3.4:443 failed: certificate has expired",
        'Nginx: 10.1.1.1 - - [04/Mar/2026:05:06:07 +0000] "GET /healthz HTTP/1.1" 200 2',
        f"kernel: NVRM: Xid (PCI:0000:4f:00): 79, pid={d.randrange(9999)}, GPU has fallen off the bus",
        "ERROR 1045: access denied, using password: YES",
        "login failed 3 times, account locked for 15 minutes",
        "signing key rotated, next rotation in 30 days",
    ]


TIERS = {
    "kinds": kinds,
    "carriers": carriers,
    "prose": sentences,
    "names": names,
    "encodings": encodings,
}


def cases(seed):
    return {name: make(Dice(f"{seed}-{name}")) for name, make in TIERS.items()}


def harmless(seed, rounds=20):
    dice = Dice(seed)
    return [text for _ in range(rounds) for text in identifiers(dice)]
