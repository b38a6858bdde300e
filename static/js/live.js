// Lets in nothing but the live part of this very page: nothing late, nothing of another build,
// nothing older than what is shown, and nothing under a hand.
(() => {
  // Past the limit that the page sets for a question: the tab was frozen, or the computer
  // slept. Such an answer says nothing of now, not even what time it is.
  const LATE = 5_000;
  const poll = document.getElementById("poll");
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  let asked = 0;
  let wanted = false; // whatever holds: the reader asked for it
  let build = null; // of the last answer, if it was ours: a failure is no news of a build

  poll.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.request.body.set("v", document.getElementById("live").dataset.version);
  });
  // One at a time: htmx lets the next question wait for the answer to the last.
  poll.addEventListener("htmx:before:request", () => (asked = performance.now()));

  poll.addEventListener("htmx:before:response", (event) => {
    const { status, headers, raw } = event.detail.ctx.response;
    const ours = status === 200 && headers.get("X-Ops-Fragment") === "1" && !raw.redirected;
    const late = performance.now() - asked > LATE;
    // A sign-in page or a proxy's apology is no answer, whatever its status.
    if (late || (status === 200 && !ours)) event.preventDefault();
    build = ours ? headers.get("X-Ops-Build") : null;
    if (late || (!ours && status !== 204)) return;
    if (status === 204) wanted = false;
    tell("ops:answered", Number(headers.get("X-Ops-Now")));
  });

  // Another process of the server may know less than the one that answered before.
  const older = (fresh) =>
    Date.parse(fresh.dataset.taken) < Date.parse(document.getElementById("live").dataset.taken);

  poll.addEventListener("htmx:before:swap", (event) => {
    const [{ fragment, target } = {}, ...others] = event.detail.tasks;
    const fresh = fragment?.firstElementChild;
    const alone = !others.length && target?.id === "live";
    const known = build === poll.dataset.build;
    if (alone && build && !known) tell("ops:newer", build);
    const sound = alone && known && fresh?.id === "live" && !older(fresh);
    // Alone: white space around it would stay in the page, and more with each answer.
    if (sound) fragment.replaceChildren(fresh);
    if (sound && (wanted || !window.opsHeld())) return;
    event.preventDefault();
    if (sound) tell("ops:waiting", fresh);
  });

  poll.addEventListener("htmx:after:swap", () => tell("ops:swapped"));
  document.addEventListener("ops:swapped", () => (wanted = false));
  document.addEventListener("ops:let-in", () => (wanted = true));
})();
