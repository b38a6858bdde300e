// One key declares an incident from anywhere. Keys mean nothing while somebody types, and
// nothing under a dialog; other pages hear those that are left as `ops:key`.
(() => {
  const FIELDS = "input, textarea, select, [contenteditable]";
  const declare = document.getElementById("declare");

  const open = () => {
    const own = document.getElementById("id_title");
    if (own) own.focus();
    else declare.showModal();
  };

  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
    if (event.key !== "d") {
      const heard = new CustomEvent("ops:key", { detail: event.key, cancelable: true });
      if (!document.dispatchEvent(heard)) event.preventDefault();
      return;
    }
    event.preventDefault();
    // On a card: with all that the card knows.
    const card = document.activeElement?.closest(".card")?.querySelector(".declare");
    if (card) card.click();
    else open();
  };

  const sendsByKey = (event) => {
    const wanted = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (wanted) event.target.closest("textarea")?.form?.requestSubmit();
  };

  document.addEventListener("keydown", (event) => {
    pressed(event);
    sendsByKey(event);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    const button = event.target.closest("#declare-open");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
})();
