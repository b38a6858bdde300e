// When the server is asked for news, and when it has been silent for too long.
(() => {
  const SLOW = 45_000; // in a hidden tab, where browsers slow timers down to a minute
  const poll = document.getElementById("poll");
  const select = document.getElementById("pace"); // not on every page
  const interval = Number(poll.dataset.interval) * 1000;
  const on = (name, act) => document.addEventListener(name, act);
  const slept = () => Date.now() - performance.now(); // the monotonic clock may sleep, too
  let awake = slept();
  let asked = performance.now(); // when the last question went out
  let heard = asked; // when the last good answer came in, or somebody began to look
  let waits = 0; // since when something newer is held back

  // Never more often than something is collected; never at all while paused.
  const usual = () => Math.max(interval, Number(select?.value ?? 0) * 1000);
  const pace = () => (document.hidden ? Math.max(SLOW, usual()) : usual());
  const ask = () => {
    asked = performance.now();
    poll.dispatchEvent(new Event("ops:poll"));
  };

  // Old by the reader's own choice or hand is not out of date; a pause is.
  window.opsForgiven = () => {
    const now = performance.now();
    if (waits) return now - waits;
    return usual() > interval && usual() < Infinity ? Math.min(now - heard, usual()) : 0;
  };

  on("ops:answered", () => (heard = performance.now()));
  on("ops:waiting", () => (waits ||= performance.now()));
  on("ops:swapped", () => (waits = 0));
  on("ops:let-in", ask);
  select?.addEventListener("change", () => usual() < Infinity && ask());
  on("visibilitychange", () => {
    if (document.hidden || usual() === Infinity) return;
    heard = Math.max(heard, performance.now() - interval);
    ask();
  });

  setInterval(() => {
    const now = performance.now();
    // After a sleep nobody knows how old anything is, before the next answer.
    const woke = Math.abs(slept() - awake) > 5000 && usual() < Infinity;
    awake = slept();
    if (woke) (ask(), (heard = -Infinity));
    const lets = waits && !window.opsHeld() && now - asked > 500;
    if (now - asked >= pace() - 100 || lets) ask();
    // Slow paces wait for the next question, but not for its answer.
    const silent = asked > heard && now - asked > 2 * interval + 1000;
    if (woke || silent || now - heard > 2 * pace() + 1000)
      document.dispatchEvent(new Event("ops:unanswered"));
  }, 500);
})();
