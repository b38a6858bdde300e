"""A web application that never answers."""

import threading


def application(environ, start_response):
    threading.Event().wait()
