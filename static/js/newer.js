// Says that the panel was renewed since this page was opened. Where nobody writes on a page it
// is loaded anew when nothing is under a hand: not all pages in the same moment, and only where
// an answer has just come. Where two builds answer in turns it is not loaded for ever.
(() => {
  const [LEAST, MOST] = [20_000, 60_000];
  const AGAIN = 600_000;
  const BUSY = "dialog[open], #unsaved:not([hidden])";
  const notice = document.getElementById("newer");
  const held = () => window.opsHeld() || document.querySelector(BUSY);
  let reloadAt = 0;

  // Once for each build in ten minutes, in this tab; then the notice has to do. So it does
  // where nothing can be remembered.
  const mayLoad = (build) => {
    const [name, now] = [`ops:loaded:${build}`, window.opsClock()];
    try {
      if (Math.abs(now - Number(sessionStorage.getItem(name))) < AGAIN) return false;
      sessionStorage.setItem(name, now);
      return true;
    } catch {
      return false;
    }
  };

  document.addEventListener("ops:newer", ({ detail: build }) => {
    const now = performance.now();
    reloadAt ||= now + LEAST + Math.random() * (MOST - LEAST);
    notice.hidden = false;
    if (!("loads" in notice.dataset) || now < reloadAt || held()) return;
    if (mayLoad(build)) location.reload();
  });
  // Of two builds side by side the one of this page has answered.
  document.addEventListener("ops:swapped", () => {
    notice.hidden = true;
    reloadAt = 0;
  });
})();
