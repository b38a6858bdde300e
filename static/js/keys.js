// Hears keys for all others, as `ops:key`. They mean nothing while somebody types, and
// nothing under a dialog.
(() => {
  const FIELDS = "input, textarea, select, [contenteditable]";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
    const heard = new CustomEvent("ops:key", { detail: event.key, cancelable: true });
    if (!document.dispatchEvent(heard)) event.preventDefault();
  });

  document.addEventListener("click", ({ target }) => {
    const opens = target.closest("[data-opens]")?.dataset.opens;
    if (opens) document.getElementById(opens).showModal();
    if (target.closest("[data-close]")) target.closest("dialog").close();
  });
})();
