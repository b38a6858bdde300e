// Says by itself, without the server, that the server is out of reach; and keeps the
// title, the icon and the spoken line in step with what the page shows.
(() => {
  const root = document.documentElement;
  const icon = document.getElementById("icon");
  const notice = document.getElementById("lost");
  const spoken = document.getElementById("spoken");
  const time = (at) => new Date(at).toISOString().slice(11, 19);
  let last = window.opsClock();
  let said = document.getElementById("live").dataset.spoken;

  const show = () => {
    const live = document.getElementById("live");
    const lost = root.dataset.contact === "lost";
    const stale = live.hasAttribute("data-stale");
    const status = lost || stale ? "unknown" : live.dataset.status;
    const prefix = lost ? "Disconnected · " : stale ? "Stale · " : "";
    document.title = prefix + live.dataset.title;
    icon.href = icon.dataset[status] ?? icon.dataset.unknown;
    const line = stale && !lost ? "What this page shows is out of date." : live.dataset.spoken;
    if (!lost && line !== said) spoken.textContent = said = line;
  };

  document.addEventListener("ops:answered", () => {
    last = window.opsClock();
    if (root.dataset.contact !== "lost") return;
    delete root.dataset.contact;
    notice.hidden = true;
    show();
  });

  document.addEventListener("ops:unanswered", () => {
    if (root.dataset.contact === "lost") return;
    root.dataset.contact = "lost";
    notice.querySelector("time").textContent = time(last);
    notice.hidden = false;
    show();
  });

  document.addEventListener("ops:swapped", show);
  document.addEventListener("ops:state", show);
  show();
})();
