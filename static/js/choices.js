// What a reader chose in the bar above the page, remembered in this browser.
(() => {
  const selects = document.querySelectorAll("#reading select");

  // Storage may be forbidden; then a choice lasts as long as the page.
  const careful = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };

  for (const select of selects) {
    const name = `ops:${select.id}`;
    const kept = careful(() => localStorage.getItem(name));
    if ([...select.options].some(({ value }) => value === kept)) select.value = kept;
    select.addEventListener("change", () => careful(() => localStorage.setItem(name, select.value)));
  }

  // Between its first and its last.
  window.opsTurn = (id) => {
    const select = document.getElementById(id);
    select.selectedIndex = select.selectedIndex ? 0 : select.options.length - 1;
    select.dispatchEvent(new Event("change"));
  };
})();
