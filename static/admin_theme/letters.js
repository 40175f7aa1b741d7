// The Inbox by keyboard: saved answers go in where the cursor stands, Ctrl+Enter sends, j and k move.
const form = document.querySelector("form[data-letter]");
const box = form?.querySelector("textarea");

for (const link of document.querySelectorAll("a[data-text]")) {
  link.addEventListener("click", (event) => {
    if (!box) return;
    event.preventDefault();
    const before = box.selectionStart > 0 && !box.value.slice(0, box.selectionStart).endsWith("\n") ? "\n" : "";
    box.setRangeText(before + link.dataset.text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
}

box?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(event.shiftKey ? form.querySelector("[formaction]") : undefined);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const step = { j: 1, k: -1 }[event.key];
  const links = [...document.querySelectorAll(".inbox .line-name a")];
  if (!step || !links.length) return;
  const here = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, here + step))].focus();
});

// The ten seconds of taking an answer back are over: the button goes.
const undo = document.querySelector("form.undo");
if (undo) setTimeout(() => { if (!undo.contains(document.activeElement)) undo.remove(); }, 10000);
