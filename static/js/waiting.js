// Says how much of the page would change if it were let in, while a hand holds it still.
(() => {
  const UNITS = ".decision, .card, .tile, tbody tr";
  const TICKING = ".age, .from, time";
  const button = document.getElementById("waiting");
  if (!button) return;

  const words = (unit) => {
    const copy = unit.cloneNode(true);
    for (const part of copy.querySelectorAll(TICKING)) part.remove();
    return `${copy.className} ${copy.textContent.replace(/\s+/g, " ")}`;
  };
  const units = (live) =>
    new Map([...live.querySelectorAll(UNITS)].map((unit) => [unit.querySelector("h1, h3, th")?.textContent, words(unit)]));

  const changes = (fresh) => {
    const [old, now] = [units(document.getElementById("live")), units(fresh)];
    const names = [...new Set([...old.keys(), ...now.keys()])];
    return names.filter((name) => old.get(name) !== now.get(name)).length;
  };

  document.addEventListener("ops:waiting", ({ detail }) => {
    const count = changes(detail);
    button.hidden = !count;
    button.firstElementChild.textContent = `${count} ${count === 1 ? "change" : "changes"} waiting, press`;
  });
  document.addEventListener("ops:swapped", () => (button.hidden = true));
})();
