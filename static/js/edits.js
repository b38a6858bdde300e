// Keeps the live part as it was sent last and tells its name with each question, so that an
// answer need only say what changed.
(() => {
  const TIME = /[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?/g; // as opspanel/live/edits.py has it
  const poll = document.getElementById("poll");
  // From whole parts one is taken out before they are parsed: none of ours has one.
  const NONCE = /<[^>]*\snonce\b/i;
  let last = null;

  window.opsEdited = (old, { times, steps, length }) => {
    const moved = old.replace(TIME, (time) => times[time] ?? time);
    let [made, at] = ["", 0];
    for (let step = 0; step < steps.length; step += 3) {
      const [kept, left, put] = steps.slice(step, step + 3);
      made += moved.slice(at, at + kept) + put;
      at += kept + left;
    }
    made += moved.slice(at);
    return made.length === length && !NONCE.test(made) ? made : ""; // else it is none of ours
  };

  const edited = (edits) => {
    try {
      return window.opsEdited(last.html, JSON.parse(edits));
    } catch {
      return "";
    }
  };

  poll.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (last) ctx.request.body.set("text", last.name);
  });

  // What fails leaves no live part, which is not let in; the next question is as the first.
  poll.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const { status, headers } = ctx.response;
    if (status !== 200) return;
    const [name, of] = [headers.get("X-Ops-Text"), headers.get("X-Ops-Edits-Of")];
    if (of) ctx.text = of === last?.name ? edited(ctx.text) : "";
    last = name && ctx.text ? { name, html: ctx.text } : null;
  });
})();
