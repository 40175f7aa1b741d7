// The shop beside the form, drawn anew a moment after a choice; a ready look fills the choices in.
const form = document.querySelector("#form");
const frame = document.querySelector("#look-preview");
const ready = JSON.parse(document.querySelector("#ready-looks").textContent);
const names = ["colour", "type_pair", "corner", "mark_line", "scheme"];
let waiting;

function show() {
  const asked = new URLSearchParams(names.map((name) => [name, form.elements[name].value]));
  frame.src = `${frame.dataset.url}?${asked}`;
}

form?.addEventListener("input", ({ target }) => {
  if (target.name === "ready") {
    for (const [name, value] of Object.entries(ready[target.value] ?? {})) form.elements[name].value = value;
  } else if (names.includes(target.name)) {
    form.elements.ready.value = "";
  } else {
    return;
  }
  clearTimeout(waiting);
  waiting = setTimeout(show, 300);
});
