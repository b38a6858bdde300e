// Answers for the wall's own address while no panel does, with the page that waits for one.
// What the panel says, but that it failed, goes through as it came. Nothing else is kept.
const [WALL, START] = ["{% url "ops:wall" %}", "{% url "ops:wall-start" %}"];
const PARTS = [{% for part in parts %}"{{ part }}", {% endfor %}];
const [PREFIX, BUILD] = ["wall-start-", "{{ build }}"];
const CACHE = `${PREFIX}${BUILD}`;
const PATIENCE = 20_000; // for a server that accepts and never answers
const kept = (address) => caches.match(address, { cacheName: CACHE, ignoreVary: true });

const keep = async () => {
  // Without cookies, so that nothing of this screen can be in what is kept.
  const asked = { credentials: "omit", cache: "reload" };
  const start = await fetch(START, asked); // of two builds side by side, or of no panel?
  if (!start.ok || start.headers.get("X-Ops-Build") !== BUILD) throw new Error("another build");
  const cache = await caches.open(CACHE);
  await cache.addAll(PARTS.map((address) => new Request(address, asked)));
  await cache.put(START, start); // last: where it is, all is
};

const forget = async (but) => {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== but);
  await Promise.all(names.map((name) => caches.delete(name)));
};

// Taken away by 410 alone: a proxy says 404 of all. What a browser threw away is fetched.
const tend = async () => {
  const { status } = await fetch(location.href, { credentials: "omit", cache: "no-store" });
  if (status === 410) return (await registration.unregister(), forget());
  if (status === 200 && !(await kept(START))) await keep();
};

// Not of a proxy in the panel's place, nor of a network that asks to sign in to it.
const panels = ({ headers, status }) => headers.get("X-Ops-Fragment") === "1" && status < 500;

const open = async (request) => {
  const hangs = new Promise((done) => setTimeout(done, PATIENCE));
  const answer = await Promise.race([fetch(request), hangs]).catch(() => undefined);
  if (answer && panels(answer)) return answer;
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
  const { origin, pathname, searchParams } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  // The demo is led to by a redirect, whose headers a browser shows to nobody.
  if (mode === "navigate" && pathname === WALL && !searchParams.has("demo")) {
    event.respondWith(open(event.request));
    event.waitUntil(tend().catch(() => undefined));
  } else if (PARTS.includes(pathname)) {
    event.respondWith(kept(pathname).then((found) => found ?? fetch(event.request)));
  }
});
