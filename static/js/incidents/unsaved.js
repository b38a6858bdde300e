// The bar that says what is not saved yet, and lets it be taken along as Markdown.
(() => {
  const bar = document.getElementById("unsaved");
  const sheet = bar.querySelector("textarea");
  const line = (field) => {
    const label = field.labels?.[0]?.textContent.trim();
    const text = field.type === "checkbox" ? field.checked && "yes" : field.value;
    const shown = label && text && field.type !== "hidden";
    return shown ? [`- **${label}** ${text.replaceAll("\n", "\n  ")}`] : [];
  };

  const markdown = (forms) =>
    forms
      .map((form) => {
        const act = new URL(form.action).pathname.split("/incidents/").pop();
        return [`## Not saved: ${act}`, ...[...form.elements].flatMap(line)].join("\n");
      })
      .join("\n\n");

  let forms = [];
  const show = (waiting, why) => {
    forms = waiting;
    bar.hidden = !forms.length;
    if (why) bar.querySelector("[data-why]").textContent = why;
    if (bar.hidden) sheet.hidden = true;
  };

  bar.querySelector("[data-copy]").addEventListener("click", async () => {
    sheet.value = markdown(forms);
    sheet.hidden = false;
    sheet.select();
    // Not every page may: then it stands there, selected.
    await navigator.clipboard?.writeText(sheet.value).catch(() => {});
  });

  window.addEventListener("beforeunload", (event) => forms.length && event.preventDefault());
  window.opsUnsaved = { show, retry: bar.querySelector("[data-retry]") };
})();
