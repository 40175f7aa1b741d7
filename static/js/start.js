// Opening a store: an address suggested from the name, checked while it is typed. Without this the
// form works the same, and the server says the same things.
const form = document.querySelector("form[data-address-check]");
const name = form.elements.name;
const label = form.elements.label;
const answer = form.querySelector(".address-answer");
const WAIT = 350;
let isOurs = label.value === "";
let timer;
let latest = 0;

async function ask(question) {
  const turn = ++latest;
  const url = new URL(form.dataset.addressCheck, location.href);
  url.search = new URLSearchParams(question);
  const reply = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!reply?.ok || turn !== latest) return;
  const { label: suggestion, trouble, host } = await reply.json();
  if (isOurs) label.value = suggestion;
  answer.textContent = trouble || (host ? `${host}: ${answer.dataset.free}` : "");
  answer.classList.toggle("bad", Boolean(trouble));
}

function soon(question) {
  clearTimeout(timer);
  timer = setTimeout(() => ask(question()), WAIT);
}

function suggest() {
  if (isOurs && name.value.trim()) soon(() => ({ name: name.value }));
}

name.addEventListener("input", suggest);
suggest(); // what was typed before this came
label.addEventListener("input", () => {
  isOurs = label.value === "";
  if (!isOurs) soon(() => ({ label: label.value }));
});
form.elements.time_zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
