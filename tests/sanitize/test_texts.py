"""Single texts, each for one thing that is found or left alone, by what it stands for."""

import pytest

from opspanel.sanitize import PLACEHOLDER, sanitize

WORD = "falcon7battery"
UUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
SEED = (
    "window copper orbit legal meadow tunnel pepper glacier saddle velvet cactus ribbon"
)
COMMIT = "4f5c1a9be07d2368fa4b7c10d9e83a562bc7f01d"

FOUND = {
    "a key that nothing harmless explains": f"wallet_key={WORD}",
    "a misspelt password": f"pasword: {WORD}",
    "a name of two words": f"security code: {WORD}",
    "a row in a drawn table": f"+---+\n| id | password |\n+---+\n| 1 | {WORD} |\n",
    "a bound parameter": f"SET password=%(p)s [parameters: {{'p': '{WORD}'}}]",
    "a row without columns": f"INSERT INTO users VALUES (1, 'ops', '{WORD}')",  # noqa: S608 - no query
    "a typed declaration": f'let api_key: &str = "{WORD}";',
    "the second value of a change": f'password = "old" -> "{WORD}"',
    "an entry of a list of variables": f"- name: DB_PASSWORD\n  value: {WORD}\n",
    "an argument of a call": f'client.login("ops", "{WORD}")',
    "a line typed by a script": f'send "{WORD}\\r"',
    "a device's configuration": f"tacacs-server key {WORD}",
    "an element within another": f"<setting name='password'><value>{WORD}</value></setting>",
    "a word that lets one in": f"{WORD} lets you log in",
    "what was typed at a prompt": f"when prompted, enter {WORD}",
    "what a pronoun takes up again": f"can you try {WORD}? that should be the password",
    "a name that a tag cuts in two": f"passw<b>ord={WORD}</b>",
    "letters one by one": " ".join(f"password={WORD}"),
    "a coloured name": f"pass\x1b[1mword={WORD}\x1b[0m",
}


@pytest.mark.parametrize("what", FOUND)
def test_a_chosen_word_is_found_where_something_tells_of_it(what):
    """The word is no token: only what stands around it gives it away."""
    shown = sanitize(FOUND[what])
    assert WORD not in shown.replace(" ", "")


@pytest.mark.parametrize(
    "token",
    [
        "wHeDxscCPoR2",
        "rzp_live_PaNhj7uaXMpLrY",
        f"access-sandbox-{UUID}",
        SEED,
        "md5d3b07384d113edec49eaa6238ad5ff00",
        "PAY-2026-19380645",
        "0049 30 1234567",
        "nl91abna0417164300",
        "j\xf6rg@b\xfccher.example",
    ],
)
def test_a_token_is_found_with_nothing_around_it(token):
    """By its form alone, in a text that says nothing of it."""
    assert token not in sanitize(f"got {token} back")


@pytest.mark.parametrize(
    "text",
    [
        f"api is at {COMMIT}, web is not",
        f'ETag: "{COMMIT[:32]}-3"',
        f"checksum mismatch: expected {COMMIT + COMMIT[:24]}, got none",
        f"{COMMIT[:32]}  dump.sql",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIaWNtxDeHvHTxXpaD3EOT3se7kqetbZgDWKKLiEASdZS",
        "archived write-ahead log file 0000000100000003000000AE",
        f"via {COMMIT[:32]}.cloudfront.net",
        "node id bc8JROVBgIZXtDe48I6ZQh joined",
        "password policy: minimum length 12",
        "tokens used: 47238 of 57200",
        "API keys: 311 active",
        "error code: 0x8007000e",
        "host key: ssh-ed25519",
        "password: [set]",
        'File "/app/pass_.py", line 466, in run',
        "mysql -u root -p app",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db",
        "quiet words " * 12,
        "task-scheduler-worker-pool is up, disk-pressure-eviction-manager is not",
        "global-consumer-lag-threshold, risk-assessment-service-v2",
        "risk-engine-7f9c6d5b8-x2k4p restarted",
    ],
)
def test_what_only_looks_like_it_stays(text):
    """Identifiers, checksums, names of services, public keys, and talk about secrets that holds none."""
    assert sanitize(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"<password>{WORD}</password>", f"<password>{PLACEHOLDER}</password>"),
        (f"pass = {WORD}, user = ops", f"pass = {PLACEHOLDER}, user = ops"),
        (f"curl -H 'Cookie: sid={WORD}' https://h", f"curl -H 'Cookie: {PLACEHOLDER}' https://h"),
        (f"see redis://:{WORD}@cache.internal:6379/0.", f"see redis://{PLACEHOLDER}@cache.internal:6379/0."),
        (f"dsn root:{WORD}@tcp(db:3306)/x", f"dsn root:{PLACEHOLDER}@tcp(db:3306)/x"),
        (f'{{"a":1,"pass":"{WORD}","ok":true', f'{{"a":1,"pass":"{PLACEHOLDER}","ok":true'),
    ],
)  # fmt: skip
def test_what_stands_around_a_secret_stays(text, kept):
    """Marks, tags and the next name are no part of a value."""
    assert sanitize(text) == kept
