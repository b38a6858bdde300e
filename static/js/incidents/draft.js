// Keeps what is typed into a recording form, and the form's key, until the server has
// acknowledged it: in this tab's sessionStorage, by person and form, and nowhere else.
(() => {
  const PREFIX = "ops:draft:";
  const TOKEN = "csrfmiddlewaretoken";
  const store = sessionStorage;
  const place = (form) =>
    `${PREFIX}${form.dataset.draft}:${new URL(form.action).pathname}#${form.id}`;

  // Full or forbidden storage must not stop anybody from recording.
  const careful = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };

  const save = (form, sent) => {
    if (!form.dataset.draft) return;
    const entries = [...new FormData(form)].filter(([name]) => name !== TOKEN);
    careful(() => store.setItem(place(form), JSON.stringify({ entries, sent })));
  };

  const fill = (form, entries) => {
    const given = {};
    for (const [name, value] of entries) (given[name] ??= []).push(value);
    for (const field of form.elements) {
      if (!field.name || field.name === TOKEN) continue;
      const values = given[field.name] ?? [];
      if (field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.type === "select-multiple")
        for (const option of field.options) option.selected = values.includes(option.value);
      else if (values.length) field.value = values.shift();
    }
  };

  // Fills the form; says whether it had been sent and no answer had come.
  const restore = (form) => {
    const found = careful(() => JSON.parse(store.getItem(place(form))));
    if (!found) return false;
    fill(form, found.entries);
    form.closest("details")?.setAttribute("open", "");
    return found.sent;
  };

  document.addEventListener("input", ({ target }) => target.form && save(target.form, false));
  document.addEventListener("submit", ({ target }) => {
    if (!target.classList.contains("account")) return;
    // Whoever signs out leaves nothing behind.
    for (const name of Object.keys(store)) if (name.startsWith(PREFIX)) store.removeItem(name);
  });

  window.opsDrafts = { save, restore, clear: (form) => store.removeItem(place(form)) };
})();
