// Walks through the stored minutes of a day, by slider and by arrow key.
(() => {
  const form = document.getElementById("past");
  const slider = document.getElementById("scrub");
  const shown = form.querySelector("output");
  const at = document.getElementById("at");
  const REST = 400; // a slider that is moved by key changes with each press
  let leaving;

  const two = (number) => String(number).padStart(2, "0");
  const clock = () => `${two(Math.floor(slider.value / 60))}:${two(slider.value % 60)}`;

  slider.closest("[hidden]").hidden = false;
  slider.addEventListener("input", () => {
    shown.value = clock();
    clearTimeout(leaving);
  });
  slider.addEventListener("change", () => {
    at.value = `${at.value.slice(0, 10)}T${clock()}`;
    clearTimeout(leaving);
    leaving = setTimeout(() => form.requestSubmit(), REST);
  });

  document.addEventListener("keydown", (event) => {
    const { target, key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey || ctrlKey || metaKey || shiftKey) return;
    if (target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const step = form.querySelector(`a[data-key="${CSS.escape(key)}"]`);
    if (!step) return;
    event.preventDefault();
    step.click();
  });
})();
