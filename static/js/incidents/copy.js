// Copies the text of a field, where the browser lets a page do so; else it is selected.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    await navigator.clipboard?.writeText(field.value).then(
      () => (button.textContent = "Copied"),
      () => {},
    );
  });
}
