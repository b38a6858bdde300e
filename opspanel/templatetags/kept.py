"""`{% kept %}`: what is inside is rendered once a second for all readers.

The live part is the same for everybody, and rendering it is most of what a page costs.
It is kept for one snapshot and one second, so that no age is more than that too young.
"""

import re
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

_INDENTATION = re.compile(r"\n\s+")


class KeptNode(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self.last: tuple[tuple[Any, ...], SafeString] | None = None

    def render(self, context: template.Context) -> SafeString:
        now = int(context["now"].timestamp())
        names = ("interval", "panel", "version", "snapshot")
        wanted = (now, *(context.get(name) for name in names))
        # One pair, read and written whole: threads may race, and both are right.
        last = self.last
        if last is None or last[0] != wanted:
            html = self.nodelist.render(context)
            # Indentation is a sixth of the bytes, and is for people.
            last = self.last = (wanted, SafeString(_INDENTATION.sub("\n", html)))
        return last[1]


def kept(parser: Parser, token: Token) -> KeptNode:
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist)
