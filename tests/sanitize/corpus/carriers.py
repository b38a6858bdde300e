"""Where secrets turn up. `S` stands for the secret, `K` for a name that tells of one."""

# ruff: noqa: RUF001 - letters of other scripts are what some of this is about

SENTENCES = (
    "S",
    "request failed with S at edge",
    "got S from upstream",
    "worker started, using S for now",
    "retrying (S) in 5s",
    'level=error msg="call refused" detail="S"',
    "[2026-03-04T05:06:07Z] WARN relay: S rejected",
    "see S.",
    "x S y",
    "<td>S</td>",
    "'S'",
    "config loaded: {S}",
)

ASSIGNED = (
    "K=S", "K: S", "K = 'S'", 'K="S"', "K => S", "K:S", '{"K": "S"}', "{'K': 'S', 'a': 1}",
    "export K=S", "--K=S", "--K S", "?a=1&K=S&b=2", "a=1; K=S; b=2", "K=S;Server=db",
    "<K>S</K>", '<add name="K" value="S"/>', "K := \"S\"", "K -> S", "(K) K='S'",
    'level=info K=S msg="x"', "set K S K=S", "K|S K:S", "  K: S\n  host: db\n", "K=S\nA=b\n",
    '\\"K\\": \\"S\\"', ":K=>\"S\"", "data.K = S", "user[K]=S", "K: !!str S", "K: >-\n  S\n",
    'K="S" # rotated', "-e K=S", "env K=S ./run", "UPDATE users SET K = 'S' WHERE id = 4",
    "INSERT INTO users (id, K, ok) VALUES (7, 'S', true)", "id,K,ok\n7,S,true\n",
    "| id | K |\n|----|----|\n| 7 | S |\n", "<input name=\"K\" value=\"S\">", 'setting("K", "S")',
    "('K', 'S')", "K::S", "K==S",
)  # fmt: skip

# In text, `N` stands for the password.
PROSE = (
    "the password is N", "the admin password is now N, please change it", "password for the db: N",
    "use N as the password", "N is the new password", "log in with N", "sign in as root with N",
    "the passphrase was N until Tuesday", "his password was changed to N", "pw is N",
    "my pass is 'N'", "I set the root password to N", "temporary password: N", "pwd N works",
    "credentials: ops / N", "the token is N", "the secret for staging is N", "api key is N",
    "das Passwort lautet N", "Kennwort ist N", "das neue Passwort ist N",
    "le mot de passe est N", "la contraseña es N", "la clave es N", "a senha é N",
    "la password è N", "het wachtwoord is N", "hasło to N", "lösenordet är N", "пароль: N",
    "пароль от базы N", "密码是N", "密码: N", "パスワードは N です", "비밀번호는 N", "şifre: N",
    "please log in using N", "unlock it with N", "you can get in with N", "the PIN is 4711 and pw N",
)  # fmt: skip

HEADERS = (
    "Authorization: Bearer S", "authorization: Basic S", "X-Api-Key: S", "Cookie: sessionid=S",
    "Set-Cookie: sid=S; Path=/; HttpOnly", "curl -H 'Authorization: Bearer S' https://api.test/v1",
    "Proxy-Authorization: Basic S", "-H 'X-Auth-Token: S'", "HTTP_AUTHORIZATION='Token S'",
    "PRIVATE-TOKEN: S", "curl -u ops:S https://api.test", "mysql -u root -pS app",
    "redis-cli -a S ping", "sshpass -p S ssh host", "https://ops:S@host.test/x",
    "ftp://u:S@10.0.0.3/", "https://api.test/x?access_token=S", "https://api.test/cb#id_token=S",
    "jdbc:postgresql://h/db?user=u&password=S", "Server=h;Uid=u;Pwd=S;", "host=h user=u password=S",
    "ALTER USER ops WITH PASSWORD 'S'", "CREATE USER o IDENTIFIED BY 'S'", "machine h login l password S",
    "db:5432:app:ops:S", "requirepass S", "echo 'S' | sudo --stdin ls", "echo S | docker login -u x --password-stdin",
    "https://x.blob.test/c?sv=2024&sig=S&se=2026", "docker login -u ops -p S reg.test",
)  # fmt: skip

KEYS = (
    "password", "PASSWORD", "userPassword", "pass-word", "pAsSwOrD", "db_password", "password_hash",
    "old_password", "passwordConfirm", "user.password", "access_token", "accessToken",
    "refresh_token", "id_token", "ssh_private_key", "ssh_private_key_enc", "sshPrivateKey",
    "access_secret_enc", "api_key", "apiKey", "X-Api-Key", "client_secret", "secret_key",
    "DB_PASSWD", "passphrase", "auth_token", "private_key", "stripe_customer_id", "payment_reference",
)  # fmt: skip

MANDATORY = (
    "password", "password_hash", "access_token", "refresh_token", "id_token", "ssh_private_key",
    "ssh_private_key_enc", "stripe_customer_id", "payment_reference", "email", "username",
    "access_secret_enc", "scheduler_metadata",
)  # fmt: skip


def pascal(name):
    return "".join(part.title() for part in name.split("_"))


def camel(name):
    made = pascal(name)
    return made[0].lower() + made[1:]


SPELLINGS = (
    str,
    str.upper,
    str.title,
    camel,
    pascal,
    lambda n: n.replace("_", "-"),
    lambda n: n.replace("_", " "),
    lambda n: n.replace("_", "."),
    lambda n: n.replace("_", ""),
    lambda n: f"old_{n}",
    lambda n: f"{n}_enc",
    lambda n: f"{n}_v2",
    lambda n: f"user[{n}]",
    lambda n: f"data.{n}",
    lambda n: f"{n}s",
    lambda n: f"x-{n}",
    lambda n: n[0] + "\u200b" + n[1:],
    lambda n: n.replace("a", "а").replace("e", "е"),
    lambda n: "".join(c.upper() if i % 2 else c for i, c in enumerate(n)),
    lambda n: f"%{ord(n[0]):02x}{n[1:]}",
    lambda n: n.encode(),
    lambda n: f"{n}:",
    lambda n: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in n),
    lambda n: f"{n}_hash",
)
