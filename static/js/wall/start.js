// Asks for the server, ever more patiently, and opens the wall as soon as it is ready.
(() => {
  const LONGEST = 60; // seconds
  const { ready } = document.documentElement.dataset;
  const [said, next] = ["said", "next"].map((id) => document.getElementById(id));
  // Of all walls in a house, that have their power back, not each in the same moment.
  let [tries, askAt, asking] = [0, Math.random() * 1000, false];

  const say = (text) => text === said.textContent || (said.textContent = text);

  const head = (address) => {
    const asked = { method: "HEAD", cache: "no-store", redirect: "manual" };
    return fetch(address, { ...asked, signal: AbortSignal.timeout(10_000) });
  };

  const ask = async () => {
    asking = true;
    try {
      // What is cheap first; then the wall itself, so as not to leave this page in vain.
      let found = await head(ready);
      if (found.status < 500) found = await head(location.pathname);
      const failed = found.status >= 500;
      // Without the mark it is a proxy in the panel's place, or a network's sign-in.
      if (!failed && found.headers.get("X-Ops-Fragment") === "1") return location.reload();
      const what = failed ? "the panel is not ready" : "not as the panel";
      say(`${location.host} answers, but ${what} (${found.status || "a redirect"}).`);
    } catch {
      say(`Nothing answers at ${location.host}.`);
    } finally {
      const wait = Math.min(LONGEST, 2 ** ++tries) * (0.5 + Math.random() / 2);
      [askAt, asking] = [performance.now() + wait * 1000, false];
    }
  };

  const tick = () => {
    const left = Math.ceil((askAt - performance.now()) / 1000);
    next.textContent = asking || left <= 0 ? "now" : `in ${left} s`;
    if (!asking && left <= 0) ask();
  };

  setInterval(tick, 500);
})();
