// Nothing moves under a hand: a selection, an open dialog or a control with the focus. A
// hand that has not moved for a minute lets go.
(() => {
  const IDLE = 60_000;
  const TYPING = 10_000;
  const HOLDS = ":popover-open, :focus-visible";
  const poll = document.getElementById("poll");
  // Where nobody is told of what waits, only the hand that types or selects is spared.
  const told = document.getElementById("waiting");
  let moved = -Infinity;
  let typed = -Infinity;
  let selecting = !getSelection().isCollapsed;

  // The last two also tell of hands that use neither a mouse nor keys.
  for (const kind of ["keydown", "pointerdown", "pointermove", "selectionchange", "focusin"])
    document.addEventListener(kind, () => (moved = performance.now()), { passive: true });
  document.addEventListener("selectionchange", () => (selecting = !getSelection().isCollapsed));
  poll.addEventListener("input", () => (typed = performance.now()));

  // Whoever asks for the selection lays the page out, which is dear between two changes of it.
  const selects = (live) => selecting && getSelection().containsNode(live, true);

  window.opsHeld = () => {
    const live = document.getElementById("live");
    const now = performance.now();
    if (!told) return selects(live) || now - typed < TYPING;
    const holds = selects(live) || live.querySelector(HOLDS) || document.querySelector("dialog[open]");
    return Boolean(holds) && now - moved < IDLE;
  };
})();
