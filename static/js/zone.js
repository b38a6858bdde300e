// Shows moments in the reader's own time, if that was chosen. The server writes UTC, and
// every swap brings it back, so it is written over after each.
(() => {
  const select = document.getElementById("zone");
  if (!select) return;
  const written = (timeZone) =>
    new Intl.DateTimeFormat("en-GB", { timeStyle: "long", hourCycle: "h23", timeZone });
  const formats = { utc: written("UTC"), local: written() };

  const show = () => {
    for (const time of document.querySelectorAll("#live time.moment"))
      time.textContent = formats[select.value].format(new Date(time.dateTime));
  };

  if (select.value !== "utc") show();
  select.addEventListener("change", show);
  document.addEventListener("ops:swapped", () => select.value !== "utc" && show());
})();
