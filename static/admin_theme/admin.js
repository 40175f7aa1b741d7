// The admin works without this file; with it, rows are added in place and a file says its progress.

function addRows(section) {
  const button = section.querySelector("[data-add]");
  const template = section.querySelector("template[data-empty]");
  const total = section.querySelector(`[name="${section.dataset.inline}-TOTAL_FORMS"]`);
  if (!button || !template || !total) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const number = Number(total.value);
    const row = template.content.cloneNode(true);
    for (const element of row.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace("__prefix__", number));
      }
    }
    button.before(row);
    total.value = number + 1;
    button.previousElementSibling.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
}

document.querySelectorAll("[data-inline]").forEach(addRows);

// A second press on a slow line must not send a form twice. A download leaves the page as it is.
document.querySelectorAll("form[method=post]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if ("download" in (event.submitter?.dataset ?? {})) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  });
});

// Groups of the menu that somebody opened stay open on the next page.
const OPENED = "desk-menu";
function opened() {
  try {
    return JSON.parse(localStorage.getItem(OPENED)) ?? [];
  } catch {
    return [];
  }
}
for (const group of document.querySelectorAll("details[data-group]")) {
  if (opened().includes(group.dataset.group)) group.open = true;
  group.querySelector("summary").addEventListener("click", () => {
    const others = opened().filter((key) => key !== group.dataset.group);
    try {
      localStorage.setItem(OPENED, JSON.stringify(group.open ? others : [...others, group.dataset.group]));
    } catch {
      // Nothing can be kept here: the menu works as it stands.
    }
  });
}

// The tab one stands on is seen, however many there are.
document.querySelectorAll(".tabs [aria-current], .chips [aria-current]").forEach((tab) => {
  const row = tab.parentElement;
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
});
