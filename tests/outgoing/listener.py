"""Somebody who is told: a real HTTP server that answers as it is bid."""

import time

from tests.receiver import Receiver


class Listener(Receiver):
    """`answers` are used up one by one; then it is always 200. "hang" never answers."""

    def __init__(self):
        self.heard, self.answers = [], []
        super().__init__()
        self.url += "/hook"

    def take(self, headers, body, path):
        self.heard.append((headers, body, path))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            time.sleep(30)
            answer = 200
        return answer, {"Location": "/elsewhere"} if 300 <= answer < 400 else {}
