// Checkout: the sum follows what is ticked or typed. Without this the form works the same: a button
// reckons the sum, and another sum than the one shown is shown again before anything is charged.
const form = document.querySelector("form#buy");
const PARTS = ["sum", "pay", "coupon", "delivery", "returns"];
let latest = 0;

// On a phone the prices stand in a row that scrolls: begin at the one that is chosen.
const chosen = document.querySelector(".tiers > [aria-current]");
if (chosen) {
  const row = chosen.parentElement.getBoundingClientRect();
  const its = chosen.getBoundingClientRect();
  chosen.parentElement.scrollLeft += (its.left + its.right - row.left - row.right) / 2;
}

async function reckon() {
  const turn = ++latest;
  const body = new URLSearchParams(new FormData(form));
  body.set("look", "sum");
  const reply = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!reply?.ok || turn !== latest) return;
  const focused = document.activeElement?.id;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const id of PARTS) {
    const now = document.getElementById(id);
    const then = page.getElementById(id);
    if (now && then) now.replaceWith(then);
  }
  if (focused) document.getElementById(focused)?.focus();
}

form.addEventListener("change", (event) => {
  if ("sum" in event.target.dataset) reckon();
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "look") return;
  event.preventDefault();
  reckon();
});
