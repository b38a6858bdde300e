// Asks the server for news, and lets in nothing but the live part of this very page.
(() => {
  const SLOW = 45_000; // in a hidden tab, where browsers slow timers down to a minute
  const poll = document.getElementById("poll");
  const interval = Number(poll.dataset.interval) * 1000;
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  let asked = performance.now(); // when the last question went out
  let heard = asked; // when the last good answer came in, or somebody began to look
  let typed = -Infinity;

  const pace = () => (document.hidden ? Math.max(SLOW, interval) : interval);
  const ask = () => {
    asked = performance.now();
    poll.dispatchEvent(new Event("ops:poll"));
  };

  // Nothing moves under a hand that selects or types.
  const held = () => {
    const selection = getSelection();
    const live = document.getElementById("live");
    const selects = !selection.isCollapsed && selection.containsNode(live, true);
    return selects || performance.now() - typed < 10_000;
  };
  poll.addEventListener("input", () => (typed = performance.now()));

  poll.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.request.body.set("v", document.getElementById("live").dataset.version);
  });

  poll.addEventListener("htmx:before:response", (event) => {
    const { status, headers, raw } = event.detail.ctx.response;
    const ours = status === 200 && headers.get("X-Ops-Fragment") === "1" && !raw.redirected;
    // A sign-in page or a proxy's apology is no answer, whatever its status.
    if (status === 200 && !ours) event.preventDefault();
    if (!ours && status !== 204) return;
    heard = performance.now();
    tell("ops:answered", Number(headers.get("X-Ops-Now")));
  });

  poll.addEventListener("htmx:before:swap", (event) => {
    const { tasks } = event.detail;
    const alone = tasks.length === 1 && tasks[0].target?.id === "live";
    const complete = tasks[0]?.fragment.firstElementChild?.id === "live";
    if (!alone || !complete || held()) event.preventDefault();
  });
  poll.addEventListener("htmx:after:swap", () => tell("ops:swapped"));

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    heard = Math.max(heard, performance.now() - interval);
    ask();
  });

  setInterval(() => {
    const now = performance.now();
    if (now - asked >= pace() - 100) ask();
    if (now - heard > 2 * pace() + 1000) tell("ops:unanswered");
  }, 500);
})();
