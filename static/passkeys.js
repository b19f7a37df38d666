// Passkeys (WebAuthn). Each form[data-passkey] asks the browser for one and sends what it says. Nothing here is kept.
(() => {
  "use strict";

  // WebAuthn speaks in bytes, the server in base64url.
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withBytes = (credentials = []) => credentials.map((each) => ({ ...each, id: bytes(each.id) }));

  // In the page where it knows who is asking; of the server where nobody has said yet.
  const optionsFor = async (form) => {
    const inPage = form.querySelector("script");
    if (inPage) return JSON.parse(inPage.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no options");
    return answer.json();
  };

  const create = async (form) => {
    const { publicKey } = (await optionsFor(form)).creation_options;
    const signsIn = form.elements.passwordless.checked; // it then has to be found without a name, and asks for the lock
    const selection = {
      ...publicKey.authenticatorSelection,
      residentKey: signsIn ? "required" : "discouraged",
      requireResidentKey: signsIn,
    };
    if (signsIn) selection.userVerification = "required";
    return navigator.credentials.create({
      publicKey: {
        ...publicKey,
        authenticatorSelection: selection,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: withBytes(publicKey.excludeCredentials),
      },
    });
  };

  const get = async (form) => {
    const { publicKey } = (await optionsFor(form)).request_options;
    return navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: withBytes(publicKey.allowCredentials),
      },
    });
  };

  const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const asJson = (credential) => {
    const response = {};
    for (const name of PARTS) if (credential.response[name]) response[name] = text(credential.response[name]);
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  for (const words of document.querySelectorAll(".without-script")) words.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const status = form.querySelector(".passkey-status");
    const button = form.querySelector("button");
    form.hidden = false;
    if (!window.PublicKeyCredential) {
      button.hidden = true;
      status.textContent = status.dataset.unable;
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true; // two questions of the browser at once would end both
      status.textContent = "";
      try {
        const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
        form.elements.credential.value = asJson(credential);
        form.submit();
      } catch (error) {
        status.textContent = error.name === "SecurityError" ? status.dataset.unable : status.dataset.failed;
        button.disabled = false;
      }
    });
  }
})();
