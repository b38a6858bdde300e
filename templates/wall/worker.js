// Answers for the wall's own address while no server does: with the page that waits for
// one. Whatever a server says, but that it failed, goes through as it came. Nothing is
// kept but that page and what it is made of.
const WALL = "{% url "ops:wall" %}";
const START = "{% url "ops:wall-start" %}";
const PARTS = [{% for part in parts %}"{{ part }}", {% endfor %}];
const PREFIX = "wall-start-";
const CACHE = `${PREFIX}{{ build }}`;
const PATIENCE = 20_000; // for a server that accepts and never answers

const kept = (address) => caches.match(address, { cacheName: CACHE, ignoreVary: true });

const keep = async () => {
  const cache = await caches.open(CACHE);
  // Without cookies, so that nothing of this screen can be in what is kept.
  const asked = { credentials: "omit", cache: "reload" };
  await cache.addAll([START, ...PARTS].map((address) => new Request(address, asked)));
};

const forget = async (but) => {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== but);
  await Promise.all(names.map((name) => caches.delete(name)));
};

// A panel without this script wants no worker either; what a browser threw away is fetched.
const tend = async () => {
  const { status } = await fetch(location.href, { credentials: "omit", cache: "no-store" });
  if (status === 404 || status === 410) return (await registration.unregister(), forget());
  if (status === 200 && !(await kept(START))) await keep();
};

const open = async (request) => {
  const hangs = new Promise((done) => setTimeout(done, PATIENCE));
  const answer = await Promise.race([fetch(request), hangs]).catch(() => undefined);
  if (answer && answer.status < 500) return answer;
  return (await kept(START)) ?? answer ?? Response.error();
};

addEventListener("install", (event) => {
  // Polls need not wake the worker, where the browser can be told so.
  event.addRoutes?.({ condition: { urlPattern: "{% url "ops:wall-board" %}" }, source: "network" });
  skipWaiting();
  event.waitUntil(keep());
});

addEventListener("activate", (event) => event.waitUntil(forget(CACHE)));

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && pathname === WALL) {
    event.respondWith(open(event.request));
    event.waitUntil(tend().catch(() => undefined));
  } else if (PARTS.includes(pathname)) {
    event.respondWith(kept(pathname).then((found) => found ?? fetch(event.request)));
  }
});
