// The token of a form changes when its person signs in anew, in another tab for instance.
// The page has the new one; an XMLHttpRequest parses it without running any of it.
(() => {
  const TOKEN = "csrfmiddlewaretoken";
  const page = () =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("GET", location.pathname);
      request.responseType = "document";
      request.timeout = 8_000;
      request.onloadend = () => resolve(request.response);
      request.send();
    });

  // Whether it is worth another try: once, and not where the page is another person's by
  // now, as what was typed is not theirs to send.
  window.opsRenewed = async (job) => {
    const { form, sent, renewed } = job;
    job.renewed = true;
    const same = renewed ? null : (await page())?.getElementById(form.id);
    if (!same || same.dataset.draft !== form.dataset.draft) return false;
    form.elements[TOKEN].value = same.elements[TOKEN].value;
    sent.set(TOKEN, form.elements[TOKEN].value);
    return true;
  };
})();
