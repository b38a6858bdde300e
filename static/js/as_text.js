// The decision and what needs action, as lines for a chat.
(() => {
  const dialog = document.getElementById("as-text");
  if (!dialog) return;
  const sheet = dialog.querySelector("textarea");
  const said = dialog.querySelector("[role=status]");
  // What is shown, without what is hidden or only spoken.
  const words = (element) => element.innerText.replace(/\s+/g, " ").trim();

  const facts = (decision) =>
    [...decision.querySelectorAll(".facts > div")]
      .map((fact) => `${words(fact.querySelector("dt"))}: ${words(fact.querySelector("dd"))}`)
      .join(" · ");

  const card = (found) => {
    const link = found.querySelector("h3 a");
    return `- ${words(found.querySelector(".status"))}: ${words(link)}. ${words(found.querySelector(".reason"))}\n  ${link.href}`;
  };

  const text = () => {
    const decision = document.querySelector(".decision");
    const verdict = [...decision.querySelectorAll("h1 > :not(.unseen), .verdict > p")]
      .filter((part) => part.checkVisibility())
      .map(words);
    const cards = [...document.querySelectorAll(".card")].map(card);
    return [verdict.join(": "), facts(decision), ...cards, location.href.split("#")[0]].filter(Boolean).join("\n");
  };

  window.opsAsText = async () => {
    sheet.value = text();
    said.textContent = "";
    dialog.showModal();
    sheet.select();
    try {
      await navigator.clipboard.writeText(sheet.value);
      said.textContent = "Copied.";
    } catch {
      // Not every page may: it stands there, selected.
      said.textContent = "Selected: copy it with your keyboard.";
    }
  };
})();
