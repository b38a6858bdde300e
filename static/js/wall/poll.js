// Asks for the board on its own timers, and lets in nothing but what is marked as ours.
// An XMLHttpRequest, because it parses mark-up without running any of it, so that no
// policy for trusted types is needed.
(() => {
  const { build, screen, board, poll } = document.documentElement.dataset;
  const interval = Number(poll) * 1000;
  const patience = Math.max(interval, 1000);
  const DAY = 86_400_000;
  const later = (least, most) => performance.now() + least + Math.random() * (most - least);
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const slept = () => Date.now() - performance.now(); // the monotonic clock sleeps, too
  let [asked, heard, awake] = [performance.now(), performance.now(), slept()];
  let known = document.getElementById("live").dataset.version;
  let [reloadAt, request] = [later(DAY, DAY + DAY / 12), null];

  const take = (answer, header) => {
    // What was long on its way, perhaps in a frozen tab, says nothing of now.
    if (header("X-Ops-Fragment") !== "1" || performance.now() - asked > patience) return;
    const live = document.getElementById("live");
    const same = answer.status === 204; // nothing to parse, and of no type
    const fresh = same ? null : answer.response?.getElementById("live");
    if (!fresh && !same) return;
    heard = performance.now();
    tell("ops:answered", Number(header("X-Ops-Now")));
    const [mine, newer] = [header("X-Ops-Screen") === screen, header("X-Ops-Build") !== build];
    if (!mine) live.replaceChildren(); // paired, changed or revoked: another page, now
    if (newer && reloadAt > heard + 11 * interval) reloadAt = later(interval, 11 * interval);
    document.getElementById("newer").hidden = !newer;
    // Only here, where a sound answer has just come: a reload never meets a dead server.
    if (!mine || heard > reloadAt) return location.reload();
    if (newer || !fresh) return;
    known = fresh.dataset.version;
    live.replaceWith(fresh);
    tell("ops:swapped");
  };

  const ask = () => {
    asked = performance.now();
    request = new XMLHttpRequest();
    request.open("GET", `${board}?${new URLSearchParams({ v: known ?? "", build })}`);
    request.responseType = "document";
    request.onloadend = ({ target }) => take(target, (name) => target.getResponseHeader(name));
    request.send();
  };

  const watch = () => {
    try {
      const now = performance.now();
      if (Math.abs(slept() - awake) > 5000) [heard, asked, known] = [-Infinity, -Infinity, ""];
      awake = slept();
      const hangs = request?.readyState < XMLHttpRequest.DONE; // then it is cut
      if (now - asked >= (hangs ? patience : interval)) (request?.abort(), ask());
      if (now - heard > 2 * interval + 1000) tell("ops:unanswered");
    } finally {
      setTimeout(watch, Math.min(500, interval / 4));
    }
  };
  document.addEventListener("visibilitychange", () => document.hidden || (asked = -Infinity));
  watch();
})();
