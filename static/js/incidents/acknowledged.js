// What happens when the server has acknowledged a recording: nothing of it stays in the
// browser, and the page shows what is so now.
(() => {
  window.opsAcknowledged = (form, told) => {
    if (form.dataset.draft) window.opsDrafts.clear(form);
    const poll = document.getElementById("poll");
    // Forms that hold what the page showed are loaded anew with it.
    const stays = poll && form.closest(".incident") && !("reloads" in form.dataset);
    if (!stays) {
      location.assign(told.href);
      return;
    }
    form.reset();
    form.elements.client_key.value = told.key;
    window.opsSays.wipe(form);
    window.opsSays.said(`${told.ref}: ${told.recorded}.`);
    form.closest("details")?.removeAttribute("open");
    poll.dispatchEvent(new Event("ops:poll"));
  };
})();
