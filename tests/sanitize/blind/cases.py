"""The second corpus: kinds, carriers, sentences, names and encodings that the detectors
had not been shown. Written after they were frozen; see README.md beside this file."""

# ruff: noqa: RUF001 - letters of other scripts are what some of this is about

import base64
import gzip
import json
import uuid
from urllib.parse import quote

from tests.sanitize.blind.earlier import filled
from tests.sanitize.corpus.kinds import (
    BASE32,
    BASE62,
    DIGITS,
    HEX,
    LOWER,
    UPPER,
    Dice,
    jwt,
)

ABOUT = (
    "peer said S just now",
    "S",
    "dump: {S}",
    "value was S, giving up",
    "k=v;x=S;y=z",
)


def uid(d):
    return str(uuid.UUID(bytes=d.randbytes(16)))


def kinds(d):
    """H1: tokens of vendors and formats not named in the detectors, and of none."""
    made = (
        lambda: "ory_at_" + d.base64url(32) + "." + d.base64url(32),
        lambda: "glffct-" + d.text(BASE62, 20),
        lambda: "ghr_" + d.text(BASE62, 36),
        lambda: "sgp_" + d.text(HEX, 16) + "_" + d.text(HEX, 40),
        lambda: "ATCTT3xFfG" + d.text(BASE62 + "-_", 120),
        lambda: "rpa_" + d.text(UPPER + DIGITS, 42),
        lambda: "csb_v1_" + d.base64url(40),
        lambda: "key_" + d.text(HEX, 40),
        lambda: "uca_" + d.text(BASE62, 13),
        lambda: "pplx-" + d.text(BASE62, 48),
        lambda: "AIzaSy" + d.text(BASE62 + "-_", 33),
        lambda: "sk_" + d.text(BASE62, 30),
        lambda: "pk.live." + d.text(BASE62, 26),
        lambda: "X-" + d.text(UPPER + DIGITS, 30),
        lambda: f"{d.text(BASE62, 8)}.{d.text(BASE62, 8)}.{d.text(BASE62, 20)}",
        lambda: d.text(BASE62, 14),
        lambda: d.text(BASE62, 18),
        lambda: d.text(BASE62, 27),
        lambda: d.text(LOWER + DIGITS, 22),
        lambda: d.text(LOWER + DIGITS, 36),
        lambda: d.text(UPPER + DIGITS, 28),
        lambda: d.text(BASE32, 26),
        lambda: d.text(BASE32, 52),
        lambda: d.text(HEX, 44),
        lambda: d.text(HEX, 128),
        lambda: d.text(HEX.upper(), 48),
        lambda: d.base64(24),
        lambda: d.base64(48),
        lambda: d.base64(100),
        lambda: d.base64url(21),
        lambda: d.base64url(43),
        lambda: d.text(LOWER + UPPER, 28),
        lambda: d.text(BASE62 + "!@#%^*", 24) + "q7#R",
        lambda: "-".join(d.text(BASE62, 6) for _ in range(4)),
        lambda: "-".join(d.text(UPPER + DIGITS, 4) for _ in range(6)),
        lambda: f"{d.text(DIGITS, 12)}:{d.base64url(30)}",
        lambda: f"{d.text(HEX, 24)}.{d.text(HEX, 40)}",
        lambda: "v1." + d.base64url(72),
        lambda: "whk_" + d.text(BASE62, 24),
        lambda: "tok-" + uid(d),
        lambda: "$argon2i$v=19$m=4096,t=3,p=1$" + d.base64(12) + "$" + d.base64(24),
        lambda: "$5$rounds=5000$" + d.text(BASE62, 12) + "$" + d.text(BASE62, 43),
        lambda: "bcrypt_sha256$$2b$12$" + d.text(BASE62 + "./", 53),
        lambda: "grub.pbkdf2.sha512.10000." + d.text(HEX.upper(), 128),
        lambda: "eyJ" + d.base64url(40) + "." + d.base64url(60),
        lambda: jwt(d).partition(".")[2],
        lambda: "MC4CAQAwBQYDK2VwBCIEI" + d.base64(32),
        lambda: "SUA" + d.text(BASE32, 55),
    )
    return [(t.replace("S", s), s) for make in made for t in ABOUT for s in [make()]]


# `S` is the secret; `B` is base64 of `ops:S`.
CARRIERS = (
    'ConvertTo-SecureString "S" -AsPlainText -Force', "net user ops S /add", "cmdkey /add:h /user:ops /pass:S",
    "oc login --token=S --server=https://h:6443", "heroku config:set API_KEY=S -a web", "fly secrets set DB_PASSWORD=S",
    "aws ssm put-parameter --name /prod/db/password --value S", "pulumi config set --secret dbPassword S",
    "svn checkout --username ops --password S https://h/r", "lftp -u ops,S sftp://h", "mosquitto_pub -h h -u ops -P S -t x",
    "kcat -b h -X sasl.username=u -X sasl.password=S", "ipmitool -I lanplus -H h -U root -P S chassis status",
    'proxy_set_header Authorization "Bearer S";', "stats auth admin:S", "user ops insecure-password S",
    "[smtp.test]:587 relay:S", "basic_auth:\n  username: prom\n  password: S\n", "bearer_token: S\nscheme: https\n",
    "smtp_auth_password: 'S'", "admin_password = S", "default_pass = S", "[Interface]\nPrivateKey = S\nListenPort = 51820\n",
    'authorization { user: a, password: "S" }', "ldap_default_authtok = S", "<server><id>r</id><username>u</username><password>S</password></server>",
    '{"http-basic":{"repo.test":{"username":"u","password":"S"}}}', '[registry]\ntoken = "S"\n', "[credential]\n  helper = !f() { echo password=S; }; f",
    "MasterUserPassword: S", 'args: ["serve", "--password=S"]', "environment:\n  - POSTGRES_PASSWORD=S\n  - MODE=prod\n",
    "<member><name>password</name><value><string>S</string></value></member>", "dn: uid=a,dc=x\nuserPassword: S\n",
    "CONNECT\nlogin:ops\npasscode:S\n\n", "LOG:  statement: ALTER USER ops WITH PASSWORD 'S'", "CHANGE MASTER TO MASTER_HOST='h', MASTER_PASSWORD='S'",
    'db.createUser({user: "a", pwd: "S", roles: []})', '1772600000.1 [0 10.0.0.1:1] "AUTH" "S"', "IDENTIFIED WITH sha256_password BY 'S'",
    "CREATE ROLE a WITH PASSWORD = 'S' AND LOGIN = true", '<input type="password" name="pw" value="S">', 'localStorage.setItem("token", "S")',
    'document.cookie = "sid=S; path=/"', 'Config { token: Some("S"), port: 1 }', '{"name":"Authorization","value":"Bearer S"}',
    '{"op":"replace","path":"/password","value":"S"}', "java -Xmx1g -Ddb.password=S -jar app.jar", "> Authorization: Basic B\n> Accept: */*",
    "auths: {reg.test: {auth: B}}", "HTTP_X_API_KEY=S HTTP_HOST=x", "x-goog-iam-authorization-token: S", "sec-websocket-protocol: bearer, S",
    "grpcurl -H 'authorization: Bearer S' h:443 list", "ssh://ops:S@h:22/x", "imap://ops:S@mail.test", "nats://S@h:4222",
    "clickhouse://default:S@h:9000/db", "postgres://h/db?user=a&password=S", "snowflake://u:S@acc/db", "https://h/api?sig=S&x=1",
    "Set-Cookie: remember_token=S; Max-Age=3600", "bundle config gems.test ops:S", "password_digest: S", "creds = ('ops', 'S')",
    'password: {"plain": "S"}', "Password (again): S", "secret/db#password => S", "passwd[ops] = S", "pass:S@line", "TOKEN\tS\nMODE\tprod",
    'token "S" rejected by upstream', "username=ops, password=S, attempts=3", "Login failed for ops with password S", 'const apiSecret = `S`',
    "api-key:S", '"secretAccessKey":"S"', "passphrase for key id_rsa: S", "sudo: ops : password attempt S", "auth token=<S>", "--pass 'S' --user ops",
)  # fmt: skip


def carriers(d):
    """H2: places not among the templates of the other corpora."""
    made = []
    for template in CARRIERS:
        for _ in range(2):
            secret = d.choice([d.password(), d.text(BASE62, 18)])
            coded = base64.b64encode(f"ops:{secret}".encode()).decode()
            if " B" in template:
                made.append((template.replace(" B", f" {coded}"), coded))
            else:
                made.append((filled(template, secret), secret))
    return made


SENTENCES = (
    "heads up, the staging password is now S", "the old one was S", "new creds for the lab: ops with S", "its password? S",
    "we kept the password as S for now", "they told me S is the admin password", "if it asks for a password give it S",
    "sharing here because mail is down: S is the db password", "reset done, temporary password S", "the password has been S since May",
    "my password was leaked: S", "could you change the password from S to something else", "password: S (expires Friday)", "pw=S, works on all nodes",
    "PIN for the safe is 7391 and the password S", "root / S on every box", "the passcode S opens the meeting", "wifi: Depot, password: S",
    "the key phrase is S", "token for the bot = S", "your api token: S", "the client secret S expires soon", "regenerate the token S please",
    "access key S was found in the repo", "the license key is S", "decrypt it with S", "the archive is encrypted with password S",
    "zip password S", "the keystore uses S as its password", "set PGPASSWORD to S before you run it", "export the token first: S",
    "Das Admin-Passwort heißt S", "bitte mit Passwort S anmelden", "Kennwort für die Datenbank: S", "le mot de passe de la base est S",
    "voici le mot de passe : S", "la contraseña del servidor es S", "cambié la contraseña a S", "a senha do servidor é S", "la password del database è S",
    "het nieuwe wachtwoord is S", "nowe hasło to S", "lösenordet till servern är S", "új jelszó: S", "noul parola: S", "yeni şifre S",
    "пароль администратора: S", "новый пароль для сервера S", "服务器密码是S", "管理员密码：S", "サーバーのパスワードはSです", "관리자 비밀번호: S",
)  # fmt: skip


def sentences(d):
    """H3: people telling secrets in words of their own."""
    return [(filled(t, s), s) for t in SENTENCES for s in (d.password(), d.password())]


NAMES = (
    "vaultUnsealKey", "MASTER_KEY", "session_secret", "cookieSigningKey", "sopsAgeKey", "tlsPrivateKey", "tls.key.passphrase", "rdsPassword",
    "pg_pass", "PgPwd", "mysqlRootPassword", "MYSQL_PWD", "redisAuth_password", "mqPassword", "smtp_auth_token", "imapPwd", "ldapBindPassword",
    "kerberos_password", "winrm_password", "ansible_become_pass", "ipmi_password", "bmcPassword", "snmpAuthPassphrase", "wifi-psk", "wgPresharedKey",
    "natsPassword", "nats_nkey_seed", "kafka.sasl.password", "kafkaApiSecret", "stripeApiKey", "stripeWebhookSecret", "paypalClientSecret", "twilioAuthToken",
    "slackBotToken", "github-token", "GITLAB_PRIVATE_TOKEN", "dockerhub_password", "npmAuthToken", "sentryAuthToken", "datadogAppKey", "cloudflareApiToken",
    "oauth2ClientSecret", "oidc_client_secret", "saml_private_key", "jwtRefreshToken", "my_access_token", "old-refresh-token", "idTokenHint", "user.e-mail",
    "billingEmail", "recoveryEmail", "ownerUsername", "UserName2", "stripeCustomerId", "customer_payment_reference", "creditCardNumber", "cardCvc", "mobileNumber",
    "passportNumber", "otp_seed", "totpSecretKey", "backupCode", "resetToken", "inviteToken", "csrf_token_value", "senhaAntiga", "nuevaContrasena", "wachtwoord2",
    "passwortHash", "motDePasseActuel", "hasloUzytkownika", "пароль2", "旧密码", "пaсcword", "passw\u200bord_old", "ｓｅｃｒｅｔ", "p4ssw0rd2", "ACCESS_SECRET_ENC",
    "schedulerMetadataV2", "ssh.private.key.enc",
)  # fmt: skip


def names(d):
    """H4: names not in the other corpora, over any value, in a dict or in a text."""
    made = []
    for name in NAMES:
        secret = d.choice([d.password(), d.text(LOWER, 10), d.text(BASE62, 14)])
        made += [({name: secret}, secret), ({"x": [{"y": {name: [secret]}}]}, secret)]
        made.append(({"name": name, "value": secret}, secret))
        if name.isascii():
            made += [
                (f"set {name}={secret} ok", secret),
                (f'"{name}": "{secret}"', secret),
            ]
    return made


def _grouped(text, size, mark):
    return mark.join(text[i : i + size] for i in range(0, len(text), size))


def _coded(text):
    return base64.b64encode(text.encode()).decode()


ENCODINGS = (
    lambda t: _coded(quote(t, safe="")),
    lambda t: _coded(json.dumps({"note": t})),
    lambda t: _coded(f"prefix {t} suffix"),
    lambda t: t.encode("utf-16-le").hex(),
    lambda t: t.encode().hex()[::-1],
    lambda t: "data:application/json;base64," + _coded(t),
    lambda t: gzip.compress(t.encode()).hex(),
    lambda t: base64.b64encode(gzip.compress(t.encode())).decode()[::-1],
    lambda t: _grouped(_coded(t), 60, "\n"),
    lambda t: _grouped(t.encode().hex(), 8, " "),
    lambda t: "".join(f"&#{ord(c):05d};" for c in t),
    lambda t: "".join(f"&amp;#x{ord(c):x};" for c in t),
    lambda t: "".join(f"\\{ord(c):o}" for c in t),
    lambda t: "".join(f"%25{ord(c):02x}" for c in t),
    lambda t: "".join(f"\\U{ord(c):08X}" for c in t),
    lambda t: "[" + ",".join(str(ord(c)) for c in t) + "]",
    lambda t: repr(list(t.encode())),
    lambda t: json.dumps(json.dumps([t])),
    lambda t: "".join(f"{c}\ufe0f" for c in t),
    "\u2063".join,
    lambda t: f"\u2067{t}\u2069",
    lambda t: "".join(f"{c}\u0332" for c in t),
    lambda t: "".join(chr(0x1D5D4 + ord(c) - 65) if c.isupper() else c for c in t),
    lambda t: t.replace("e", "е").replace("a", "а").replace("o", "о"),
    lambda t: f"{t[:7]}\x1b[1m{t[7:]}\x1b[0m",
    lambda t: f"{t[:8]}<i>{t[8:]}</i>",
    lambda t: f'"{t[:10]}" \\\n  "{t[10:]}"',
    lambda t: f"'{t[:10]}' + '{t[10:]}'",
    lambda t: f"{t[:10]}\\\n{t[10:]}",
    lambda t: base64.b32encode(t.encode()).decode().rstrip("="),
)  # fmt: skip


def encodings(d):
    """H5: other ways to write the same thing."""
    made = []
    for encode in ENCODINGS:
        token, other = "glpat-" + d.text(BASE62, 20), "AKIA" + d.text(BASE32, 16)
        word = d.password()
        made += [
            (f"note {encode(text)} end", secret)
            for text, secret in (
                (token, token),
                (other, other),
                (f"password={word}", word),
            )
        ]
    return made


def identifiers(d):
    """Harmless texts in words not used before."""
    number = d.randrange(2, 9000)
    return [
        f"allocation {uid(d)} moved to node gpu-{number}",
        f"rolled back api to {d.text(HEX, 40)}",
        f"manifest sha256:{d.text(HEX, 64)} pushed",
        f"span {d.text(HEX, 16)} of trace {d.text(HEX, 32)} dropped",
        f'etag: W/"{d.text(HEX, 32)}"',
        f"pod/outbox-relay-{d.text('bcdfghjklmnpqrstvwxz2456789', 9)}-{d.text('bcdfghjklmnpqrstvwxz2456789', 5)} evicted",
        f"claimed task {uid(d)} (type vm.provision) on attempt {number}",
        f"subject tasks.{uid(d)}.done has no interest",
        f"lease 7587{d.text(DIGITS, 14)} revoked",
        f"consumer group billing rebalanced, generation {number}",
        f"ip-172-31-{number % 250}-9.ec2.internal is NotReady",
        f"GET /admin/ops/incidents/{number}?tab=timeline 200 41ms",
        f'http_requests_total{{method="POST",code="202"}} {number}',
        "rate(container_network_receive_bytes_total[5m]) * 8",
        f"FATAL:  sorry, too many clients already (max_connections = {number})",
        f"canceling statement due to statement timeout after {number} ms",
        f"worker: Warm shutdown (MainProcess), {number} tasks acknowledged",
        f"runtime.gopark(0xc000{d.text(HEX, 6)}, 0x0, 0x13, 0x1)",
        f"x509: certificate is valid for *.svc.cluster.local, not node-{number}",
        f"certificate serial 0{d.text(HEX, 31)} renewed",
        "password reset link sent",
        "token refresh took 120 ms",
        "API key not found in vault, falling back to role",
        "wrong password for user 17, 2 attempts left",
        "secret rotation: 4 of 4 services restarted",
        "authentication succeeded for account 42 via oidc",
        f"session count {number}, 3 expired",
        "public key fingerprint matches",
        f"key space: {number} keys, 12 expiring",
        "routing key billing.invoice.created unbound",
        f"chart kube-prometheus-stack-{number}.3.1 upgraded",
        f"kernel: EDAC MC0: {number} CE memory read error on CPU_SrcID#0",
        f"backup 2026-03-04T05:06:07Z-{d.text(HEX, 8)} verified",
        f"image gcr.io/acme/api:20260304-{d.text(HEX, 7)} is missing",
        f"disk nvme-eui.{d.text(HEX, 32)} failed",
        f"{d.text('0123456789ABCDEF', 8)}-{d.text('0123456789ABCDEF', 4)} partition resized",
        "two operators acknowledged the card within five minutes",
        "see the runbook, section key rotation, before you restart",
        f"build #{number} of main passed in 8m12s",
        f"postgres_exporter/0.15.{number % 9} scraped in 0.04s",
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
