// Lets a form be answered by a passkey: the browser asks the key, the server judges.
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  const { credential } = form.elements;
  form.hidden = false;

  const given = async () => {
    if (!form.dataset.options) {
      return JSON.parse(document.getElementById("passkey-options").textContent);
    }
    const headers = { "X-Requested-With": "XMLHttpRequest" };
    const answer = await fetch(form.dataset.options, { headers });
    return answer.json();
  };

  const answer = async () => {
    const { creation_options: create, request_options: get } = await given();
    const found = create
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(create.publicKey),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(get.publicKey),
        });
    return JSON.stringify(found);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      credential.value = await answer();
      form.submit();
    } catch (error) {
      form.querySelector("[role=status]").textContent = `No passkey: ${error.message}`;
    }
  });
})();
