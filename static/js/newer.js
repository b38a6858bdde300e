// Says that the panel was renewed since this page was opened, and loads it anew when nothing is
// under a hand: not all pages in the same moment, and only where an answer has just come.
(() => {
  const [LEAST, MOST] = [20_000, 60_000];
  const notice = document.getElementById("newer");
  let reloadAt = 0;

  document.addEventListener("ops:newer", () => {
    const now = performance.now();
    reloadAt ||= now + LEAST + Math.random() * (MOST - LEAST);
    notice.hidden = false;
    if (now > reloadAt && !window.opsHeld()) location.reload();
  });
})();
