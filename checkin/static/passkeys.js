// Passkeys: the browser asks the phone or the key; the server asks and judges.
"use strict";

(() => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const able = "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;

  const post = (place, body) =>
    fetch(place, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body ?? {}),
    });

  const asked = async (button) => {
    const options = await (await post(button.dataset.options)).json();
    const making = button.dataset.passkey === "create";
    const credential = making
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    return (await post(button.dataset.answer, credential.toJSON())).json();
  };

  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.hidden = !able;
    button.addEventListener("click", async () => {
      const problem = document.querySelector("[data-passkey-error]");
      problem.hidden = true;
      try {
        const answer = await asked(button);
        if (answer.place) return window.location.assign(answer.place);
        problem.textContent = answer.error;
      } catch {
        // The person said no, or the time was up: the sentence that stands there already says so.
      }
      problem.hidden = false;
    });
  }
})();
