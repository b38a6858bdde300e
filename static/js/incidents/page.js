// One-key acts of the incident page, and its forms kept in step with its live part.
(() => {
  const live = () => document.getElementById("live");

  // Opens a form instead of acting: whoever types on, unaware that no field has the focus,
  // must not end an incident with the letters of a word.
  const unfold = (name) => {
    const fold = document.getElementById(`fold-${name}`);
    if (fold.hidden) return;
    fold.open = true;
    fold.querySelector("input:not([type=hidden])").focus();
  };

  const press = (key) => live().querySelector(`[data-key="${key}"]`)?.querySelector("button") ?? live().querySelector(`button[data-key="${key}"]`);
  const acts = {
    a: () => press("a")?.click(),
    n: () => document.getElementById("note-note").focus(),
    m: () => unfold("mitigate"),
    r: () => unfold("resolve"),
    "?": () => document.getElementById("keys").showModal(),
  };
  for (const level of "1234") acts[level] = () => press(level)?.click();

  document.addEventListener("ops:key", (event) => {
    const act = acts[event.detail];
    if (!act) return;
    event.preventDefault();
    act();
  });

  const follow = () => {
    const { status } = live().dataset;
    for (const fold of document.querySelectorAll("[data-from]")) {
      const offered = fold.dataset.from.split(" ").includes(status);
      // What somebody opened stays, with what they typed: the server will say.
      if (!fold.open) fold.hidden = !offered;
    }
    for (const form of document.querySelectorAll(".act:not([open]) > form"))
      if (form.elements.expected) form.elements.expected.value = status;
  };
  document.addEventListener("ops:swapped", follow);
})();
