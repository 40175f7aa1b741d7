// Sharing works without this file; with it, words that were changed are sent and copied as changed.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  if (!field || !navigator.clipboard) continue;
  const words = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.said;
    setTimeout(() => { button.textContent = words; }, 2500);
  });
}

for (const field of document.querySelectorAll("[data-into]")) {
  const link = document.getElementById(field.dataset.into);
  const [to] = link.href.split("?");
  field.addEventListener("input", () => {
    link.href = `${to}?text=${encodeURIComponent(field.value)}`;
  });
}
