// Sends recording forms. What has no answer is sent again with the key that it has, so
// that it is recorded once, whether the question or the answer was lost.
(() => {
  const { opsDrafts: drafts, opsSays: says, opsUnsaved: unsaved } = window;
  const WAITS = [1, 2, 4, 8, 15, 30]; // seconds
  const GIVE_UP = 8_000;
  const jobs = new Map(); // by address: what was sent and has no answer yet

  const ask = async ({ form, sent }) => {
    const headers = { "HX-Request": "true", Accept: "application/json" };
    const signal = AbortSignal.timeout(GIVE_UP);
    const answer = await fetch(form.action, { method: "POST", body: sent, headers, signal });
    return { status: answer.status, told: await answer.json() };
  };

  // Nobody changes what may have been recorded already.
  const lock = (form, locked) => {
    for (const field of form.elements) field.readOnly = locked;
  };
  const waiting = () => [...jobs.values()].filter((job) => job.tries).map((job) => job.form);

  const again = (job, status) => {
    const wait = WAITS[Math.min(job.tries++, WAITS.length - 1)];
    drafts.save(job.form, true);
    const signedOut = status === 401 ? "You are signed out: sign in in another tab." : "";
    const why = signedOut || "The panel does not answer.";
    unsaved.show(waiting(), `${why} Your text is kept; the next try is in ${wait} s.`);
    job.timer = setTimeout(attempt, wait * 1000, job);
  };

  const attempt = async (job) => {
    job.timer = clearTimeout(job.timer); // none while it is asked
    const { status, told } = await ask(job).catch(() => ({ status: 0 }));
    const away = status < 400 ? status !== 200 : status >= 500 || [401, 429].includes(status);
    if (away) return again(job, status);
    if (told.code === "csrf_failed" && (await window.opsRenewed(job))) return attempt(job);
    jobs.delete(job.form.action);
    lock(job.form, false);
    unsaved.show(waiting());
    if (status === 200) return window.opsAcknowledged(job.form, told);
    drafts.save(job.form, false);
    says.refused(job.form, job.sent, told);
  };

  const send = (form, submitter) => {
    if (jobs.has(form.action)) return;
    const sent = new URLSearchParams(new FormData(form, submitter));
    jobs.set(form.action, { form, sent, tries: 0 });
    lock(form, true);
    attempt(jobs.get(form.action));
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-send]")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  unsaved.retry.addEventListener("click", () => jobs.forEach((job) => job.timer && attempt(job)));
  for (const form of document.querySelectorAll("[data-draft]")) if (drafts.restore(form)) send(form);
})();
