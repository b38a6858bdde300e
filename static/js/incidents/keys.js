// One key declares an incident from anywhere.
(() => {
  const declare = document.getElementById("declare");

  const open = () => {
    const own = document.getElementById("id_title");
    if (own) own.focus();
    else declare.showModal();
  };

  document.addEventListener("ops:key", (event) => {
    if (event.detail !== "d") return;
    event.preventDefault();
    // On a card: with all that the card knows.
    const card = document.activeElement?.closest(".card")?.querySelector(".declare");
    if (card) card.click();
    else open();
  });

  document.addEventListener("keydown", (event) => {
    const wanted = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (wanted) event.target.closest("textarea")?.form?.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#declare-open");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
})();
