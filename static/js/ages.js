// Ticks every age on the page from the server's own clock. The browser's clock is never
// read: what counts is how long ago, by performance.now(), the server said what time it was.
(() => {
  let [serverNow, heardAt] = [0, 0];

  const words = (seconds) => {
    const whole = Math.max(Math.floor(seconds), 0);
    if (whole < 120) return `${whole} s`;
    const minutes = Math.floor(whole / 60);
    if (whole < 3600) return `${minutes} min ${whole % 60} s`;
    const hours = Math.floor(minutes / 60);
    if (whole < 86400) return `${hours} h ${minutes % 60} min`;
    return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  };

  // Milliseconds since the epoch, as the server would tell them now.
  const now = () => serverNow + performance.now() - heardAt;

  // What was slow on its way makes nothing younger than it is; a clock that was set is followed.
  const listen = (said, at) => {
    const known = serverNow + (at - heardAt) * 0.999; // the pace of clocks differs by less
    [serverNow, heardAt] = [known - said < 5_000 ? Math.max(said, known) : said, at];
  };

  const tick = () => {
    // Those in closed popovers wait until they are looked at.
    for (const age of document.querySelectorAll(".age:not([popover]:not(:popover-open) *)")) {
      const text = words((now() - Date.parse(age.dateTime)) / 1000);
      if (age.textContent !== text) age.textContent = text;
    }
    const live = document.getElementById("live");
    const age = now() - Date.parse(live.dataset.taken) - (window.opsForgiven?.() ?? 0);
    const stale = age / 1000 > Number(live.dataset.staleAfter);
    if (live.hasAttribute("data-stale") !== stale) {
      live.toggleAttribute("data-stale", stale);
      document.dispatchEvent(new Event("ops:state"));
    }
  };

  // An answer that was long on its way is as old as its journey.
  const journey = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  listen(Date.parse(document.getElementById("poll").dataset.now), journey);
  tick();
  document.addEventListener("ops:answered", ({ detail }) => detail && listen(detail, performance.now()));
  document.addEventListener("ops:swapped", tick);
  document.addEventListener("toggle", tick, true);
  setInterval(tick, 1000);
  window.opsClock = now;
})();
