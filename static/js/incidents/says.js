// Puts what the server says of a form beside its fields. Only ever text, and what was
// typed is not touched.
(() => {
  const put = (place, text) => {
    place.textContent = text;
    place.hidden = !text;
  };

  const wipe = (form) => {
    for (const place of form.querySelectorAll(".warn[role=alert]")) put(place, "");
  };

  // A button at the top is told about in the form below that does the same.
  const shownIn = (form, sent) => {
    const other = document.getElementById(form.dataset.shown);
    if (!other) return form;
    for (const name of ["severity", "note"])
      if (sent.has(name) && other.elements[name]) other.elements[name].value = sent.get(name);
    return other;
  };

  const offer = (place, { href, label }) => {
    const link = document.createElement("a");
    link.href = new URL(href, location.origin);
    link.textContent = label;
    place.append(" ", link);
  };

  const refused = (form, sent, { message, details }) => {
    const shown = shownIn(form, sent);
    wipe(shown);
    for (const [name, text] of Object.entries(details?.fields ?? {})) {
      const field = shown.querySelector(`[data-field="${CSS.escape(name)}"]`);
      if (field) put(field.querySelector(".warn"), text);
    }
    for (const [name, value] of Object.entries(details?.fresh ?? {}))
      if (shown.elements[name]) shown.elements[name].value = value;
    const above = shown.querySelector(".says") ?? document.getElementById("said");
    put(above, message);
    for (const each of details?.offers ?? []) offer(above, each);
    shown.closest("details")?.setAttribute("open", "");
    shown.querySelector(".field:has(.warn:not([hidden])) :is(input, select, textarea)")?.focus();
  };

  const said = (text) => {
    const place = document.getElementById("said");
    if (place) put(place, text);
  };

  window.opsSays = { refused, said, wipe };
})();
