"""A provider that lies as it is told to, over real HTTP on loopback."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(key=KEY, kid="one", **more):
    document = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**document, "kid": kid, "use": "sig", **more}


class Liar:
    """`answers`: what each path says, as bytes, as a document, or as a function that
    writes to the handler. `sent`: the forms that the token endpoint got."""

    def __init__(self):
        self.released = Event()
        self.answers, self.sent, self.asked = {}, [], []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.says("/jwks", {"keys": [published()]})
        self.describes_itself()

    def says(self, path, answer, status=200):
        self.answers[path] = (status, answer)

    def describes_itself(self, **lies):
        truth = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }
        self.says("/.well-known/openid-configuration", truth | lies)

    def claims(self, nonce, /, **lies):
        """What an honest provider would say of a viewer; None takes a claim away."""
        now = int(time.time())
        truth = {"iss": self.issuer, "aud": "panel", "sub": "liar", "nonce": nonce}
        truth |= {"iat": now, "exp": now + 60, "auth_time": now}
        truth |= {"groups": ["ops-viewers"], **lies}
        return {name: value for name, value in truth.items() if value is not None}

    def gives(self, claims, key=KEY, algorithm="RS256", **header):
        """The proof that the token endpoint hands out."""
        header.setdefault("kid", "one")
        # Not jwt.encode, which has an eye on what it signs.
        body = json.dumps(claims).encode()
        token = jwt.PyJWS().encode(body, key, algorithm=algorithm, headers=header)
        self.says("/token", {"id_token": token, "token_type": "Bearer"})

    def _handler(liar):  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer()

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                liar.sent.append(parse_qs(self.rfile.read(length).decode()))
                self.answer()

            def answer(self):
                liar.asked.append(self.path)
                status, said = liar.answers.get(self.path, (404, {}))
                if callable(said):
                    said(self)
                    return
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        return Handler

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
