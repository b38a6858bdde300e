// Lets in nothing but the live part of this very page, and nothing under a hand.
(() => {
  const poll = document.getElementById("poll");
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  let wanted = false; // whatever holds: the reader asked for it

  poll.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.request.body.set("v", document.getElementById("live").dataset.version);
  });

  poll.addEventListener("htmx:before:response", (event) => {
    const { status, headers, raw } = event.detail.ctx.response;
    const ours = status === 200 && headers.get("X-Ops-Fragment") === "1" && !raw.redirected;
    // A sign-in page or a proxy's apology is no answer, whatever its status.
    if (status === 200 && !ours) event.preventDefault();
    if (!ours && status !== 204) return;
    if (status === 204) wanted = false;
    tell("ops:answered", Number(headers.get("X-Ops-Now")));
  });

  poll.addEventListener("htmx:before:swap", (event) => {
    const { tasks } = event.detail;
    const fresh = tasks[0]?.fragment.firstElementChild;
    const alone = tasks.length === 1 && tasks[0].target?.id === "live";
    const sound = alone && fresh?.id === "live";
    if (sound && (wanted || !window.opsHeld())) return;
    event.preventDefault();
    if (sound) tell("ops:waiting", fresh);
  });

  poll.addEventListener("htmx:after:swap", () => {
    wanted = false;
    tell("ops:swapped");
  });
  document.addEventListener("ops:let-in", () => (wanted = true));
})();
