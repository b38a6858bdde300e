// Says that the panel was renewed since this page was opened. Where nobody writes on a page it
// is loaded anew when nothing is under a hand: not all pages in the same moment, and only where
// an answer has just come.
(() => {
  const [LEAST, MOST] = [20_000, 60_000];
  const BUSY = "dialog[open], #unsaved:not([hidden])";
  const notice = document.getElementById("newer");
  const held = () => window.opsHeld() || document.querySelector(BUSY);
  let reloadAt = 0;

  document.addEventListener("ops:newer", () => {
    const now = performance.now();
    reloadAt ||= now + LEAST + Math.random() * (MOST - LEAST);
    notice.hidden = false;
    if ("loads" in notice.dataset && now > reloadAt && !held()) location.reload();
  });
  // Of two builds side by side the one of this page has answered.
  document.addEventListener("ops:swapped", () => {
    notice.hidden = true;
    reloadAt = 0;
  });
})();
