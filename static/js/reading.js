// What a reader of the overview can do by key or by the bar above it.
(() => {
  const bar = document.getElementById("reading");
  if (!bar) return;

  const step = (by) => {
    const links = [...document.querySelectorAll("#live :is(.card, .tile) h3 a")];
    const at = links.indexOf(document.activeElement);
    const next = at < 0 && by < 0 ? links.length - 1 : at + by;
    links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
  };
  const refresh = () => document.dispatchEvent(new Event("ops:let-in"));

  const acts = {
    r: refresh,
    p: () => window.opsTurn("pace"),
    j: () => step(1),
    k: () => step(-1),
    t: () => window.opsTurn("zone"),
    c: window.opsAsText,
    "?": () => document.getElementById("keys").showModal(),
  };
  document.addEventListener("ops:key", (event) => {
    if (!Object.hasOwn(acts, event.detail)) return;
    event.preventDefault();
    acts[event.detail]();
  });

  document.getElementById("waiting").addEventListener("click", refresh);
  bar.querySelector("[data-copy]").addEventListener("click", window.opsAsText);
})();
