// Passkeys: the one thing here that cannot be done without script. Without it the block stays hidden,
// and the code from the mail opens all the same.
const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

function readOptions(options) {
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: toBytes(options.user.id) };
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (options[name]) read[name] = options[name].map((each) => ({ ...each, id: toBytes(each.id) }));
  }
  return read;
}

function writeAnswer(made) {
  const response = { clientDataJSON: toText(made.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = toText(made.response[name]);
  }
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    response,
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

async function post(url, body) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
  if (answer.redirected) {
    location.assign(answer.url);
    return null;
  }
  return answer.json();
}

async function run(block) {
  const said = await post(block.dataset.ask, {});
  if (!said?.options) return said;
  const options = { publicKey: readOptions(said.options) };
  const adds = block.dataset.passkey === "add";
  const made = await (adds ? navigator.credentials.create(options) : navigator.credentials.get(options));
  const label = block.querySelector("input:not([type=hidden])")?.value ?? "";
  return post(block.dataset.send, { answer: writeAnswer(made), label, next: block.dataset.next ?? "" });
}

function show(block) {
  const button = block.querySelector("button");
  const trouble = block.querySelector("[role=alert]");
  block.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    trouble.hidden = true;
    try {
      const said = await run(block);
      if (said?.url) location.assign(said.url);
      else if (said?.sentence) {
        trouble.textContent = said.sentence;
        trouble.hidden = false;
      }
    } catch (error) {
      if (error.name !== "NotAllowedError") throw error; // the person changed their mind
    } finally {
      button.disabled = false;
    }
  });
}

if (globalThis.PublicKeyCredential) {
  for (const block of document.querySelectorAll("[data-passkey]")) show(block);
}
