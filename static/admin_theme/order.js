// Rows that are put in order by their buttons, for a mouse and a keyboard alike; numbers without a script.
for (const list of document.querySelectorAll("[data-order]")) {
  const rows = () => [...list.querySelectorAll("[data-order-row]")];
  const said = document.querySelector("[data-order-said]");
  const settle = () => rows().forEach((row, at, all) => {
    row.querySelector("[data-place]").value = at + 1;
    row.querySelector("[data-way=up]").disabled = at === 0;
    row.querySelector("[data-way=down]").disabled = at === all.length - 1;
  });
  for (const row of rows()) {
    row.querySelector("[data-place]").closest(".field").hidden = true;
    for (const button of row.querySelectorAll("[data-way]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const up = button.dataset.way === "up";
        const other = up ? row.previousElementSibling : row.nextElementSibling;
        if (!other) return;
        if (up) other.before(row);
        else other.after(row);
        settle();
        (button.disabled ? row.querySelector("[data-way]:not(:disabled)") : button)?.focus();
        const title = row.querySelector("input[type=text]").value;
        said.textContent = said.dataset.words.replace("{title}", title).replace("{place}", rows().indexOf(row) + 1);
      });
    }
  }
  if (rows().length) settle();
}
