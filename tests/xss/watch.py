"""A browser on the panel that notices whatever a text should not be able to do."""

from collections import Counter
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Error

# Each element with the names of its attributes: what no text may add to or take from.
SHAPE = """() => [...document.querySelectorAll("*")].map((element) =>
  [element.localName, ...[...element.attributes].map((each) => each.name).sort()].join(" ")
)"""
LANDMARKS = ("header", "main", "section", "h1", "h2", "form", "table", "article")

POLL = """async () => {
  const swapped = new Promise((done) => {
    document.addEventListener("ops:swapped", done, { once: true });
    setTimeout(done, 3000);
  });
  document.getElementById("poll").dispatchEvent(new Event("ops:poll"));
  await swapped;
}"""

# What a reader might do by chance: everything that waits for one is triggered.
POKE = """() => {
  const attempt = (act) => { try { act(); } catch { /* a clobbered name */ } };
  const of = (element, name) => Element.prototype.getAttribute.call(element, name);
  for (const element of [...document.querySelectorAll("*")]) attempt(() => {
    for (const { name } of [...element.attributes]) {
      if (!name.startsWith("on")) continue;
      element.dispatchEvent(new Event(name.slice(2), { bubbles: true }));
    }
    const address = of(element, "href") ?? of(element, "xlink:href") ?? "";
    const own = new URL(address, location.href).origin === location.origin;
    const scheme = new URL(address, location.href).protocol;
    if (address && !own && !scheme.startsWith("http")) {
      // It alone: a link of ours around it would lead where it should.
      element.dispatchEvent(new MouseEvent("click", { cancelable: true }));
    }
    const action = of(element, "formaction") ?? of(element, "action") ?? location.href;
    if (new URL(action, location.href).origin === location.origin) return;
    if (element.localName === "form") HTMLFormElement.prototype.requestSubmit.call(element);
    else HTMLElement.prototype.click.call(element);
  });
}"""


class Watch:
    """`seen` holds a line for each script that ran, each request that is not ours, each
    navigation, window, download and dialog since it was last asked."""

    def __init__(self, context, site, user):
        self.site, self.context, self.user, self.seen = site, context, user, []
        self.leading = False
        context.set_default_timeout(20_000)
        context.expose_function("tripwire", lambda n: self.note(f"script {n}"))
        context.route("**/*", self._route)
        self.page = context.new_page()
        context.on("page", lambda page: self.note(f"window {page.url}"))
        self.page.on("framenavigated", self._navigated)
        self.page.on("dialog", self._dialog)
        self.page.on("download", lambda _: self.leading or self.note("download"))

    def note(self, what):
        self.seen.append(what)

    def _route(self, route):
        address = route.request.url
        path = urlsplit(address).path
        ours = address.startswith((f"{self.site}/", "file:///"))
        if ours and not path.startswith("/trip/"):
            route.continue_()
            return
        self.note(f"request {address}")
        route.abort()

    def _navigated(self, frame):
        if frame == self.page.main_frame and not self.leading:
            self.note(f"navigation {frame.url}")

    def _dialog(self, dialog):
        self.note(f"dialog {dialog.message}")
        dialog.dismiss()

    @contextmanager
    def led(self):
        """What moves now, moves because the test does."""
        self.leading = True
        try:
            yield self.page
        finally:
            self.leading = False

    def open(self, path):
        with self.led() as page:
            page.goto(self.site + path)

    def poll(self):
        """Let htmx ask for the live part now, and put it in its place."""
        self.page.evaluate(POLL)

    def sign_in(self, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.site}
        self.context.clear_cookies()
        self.context.add_cookies([cookie])

    def shape(self):
        return Counter(self.page.evaluate(SHAPE))

    def poke(self):
        try:
            self.page.evaluate(POKE)
            self.page.wait_for_timeout(30)
        except Error as error:  # the page went away under it
            self.note(f"navigation while poked: {error.message[:80]}")

    def findings(self):
        found, self.seen = self.seen, []
        return found


def damage(before, after, comes_and_goes):
    """What a layout lost or gained, in words; landmarks first."""
    changed = (after - before) + (before - after)
    del changed[comes_and_goes]
    names = {entry.split()[0] for entry in changed}
    lost = [name for name in LANDMARKS if name in names]
    return [f"layout of {name}" for name in lost or sorted(names)]
