// The editor of a page, and rows that are put in order. Everything here also works as plain forms.

// -- Rows of a block or a menu: added, removed, moved by drag, by buttons

function rowsField(field) {
  if (field.dataset.ready) return;
  field.dataset.ready = "yes";
  const list = field.querySelector("[data-rows-list]");
  const blank = field.querySelector("[data-rows-blank]");
  const add = field.querySelector("[data-rows-add]");
  const said = field.querySelector("[data-rows-said]");
  let next = list.children.length;
  const changed = () => field.dispatchEvent(new Event("input", { bubbles: true }));
  const settle = () => [...list.children].forEach((row, at, all) => {
    row.querySelector("[data-place]").value = at + 1;
    row.querySelector("[data-way=up]").disabled = at === 0;
    row.querySelector("[data-way=down]").disabled = at === all.length - 1;
  });
  const ready = (row) => {
    row.querySelector("[data-place-label]").hidden = true;
    row.querySelector("[data-handle]").hidden = false;
    for (const button of row.querySelectorAll("[data-way], [data-remove]")) button.hidden = false;
    row.querySelector("[data-remove]").addEventListener("click", () => {
      const beside = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      settle();
      (beside?.querySelector("[data-remove]") ?? add).focus();
      changed();
    });
    for (const button of row.querySelectorAll("[data-way]")) button.addEventListener("click", () => {
      const other = button.dataset.way === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (button.dataset.way === "up") other.before(row);
      else other.after(row);
      settle();
      (button.disabled ? row.querySelector("[data-way]:not(:disabled)") : button)?.focus();
      said.textContent = said.dataset.words.replace("{place}", [...list.children].indexOf(row) + 1);
      changed();
    });
  };
  [...list.children].forEach(ready);
  add.hidden = false;
  add.addEventListener("click", () => {
    if (list.children.length >= Number(field.dataset.most)) return;
    const holder = document.createElement("template");
    holder.innerHTML = blank.innerHTML.replaceAll("__row__", String(next++));
    const row = holder.content.firstElementChild;
    list.append(row);
    ready(row);
    settle();
    row.querySelector("input:not([type=hidden], [data-place]), select, textarea")?.focus();
  });
  if (window.Sortable) new window.Sortable(list, { handle: "[data-handle]", animation: 120, onEnd: () => { settle(); changed(); } });
  settle();
}

// -- The editor

const COMPUTER = 960; // pixels: from here on the shop's pages stand in two columns

class Editor {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("[data-list]");
    this.said = root.querySelector("[data-said]");
    this.preview = root.querySelector("[data-preview]");
    this.unsaved = new Map();
    this.turn = 0;
    root.querySelector("[data-sides]").hidden = false;
    this.frame = root.querySelector("[data-frame]");
    this.setWidth(root.clientWidth < 1500 ? "phone" : "desk"); // side by side, a phone fits as it is
    new ResizeObserver(() => this.fit()).observe(this.frame);
    this.showPreview();
    this.wireList();
    root.addEventListener("submit", (event) => this.submitted(event));
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("input", (event) => this.typed(event));
    root.addEventListener("change", (event) => this.typed(event));
    root.addEventListener("upload-found", (event) => this.typed(event)); // a film has arrived whole
    addEventListener("beforeunload", (event) => { if (this.unsaved.size) event.preventDefault(); });
  }

  say(words, isBad = false) {
    const state = this.root.querySelector("[data-state]");
    if (!state) return;
    state.textContent = words;
    state.classList.toggle("bad", isBad);
  }

  async ask(url, options = {}) {
    let answer;
    try {
      answer = await fetch(url, { ...options, headers: { "X-Editor": "1" }, credentials: "same-origin" });
    } catch {
      this.say(this.root.dataset.offline, true);
      return null;
    }
    if (answer.redirected && answer.url.includes("/sign-in/") || answer.status === 403) {
      this.say(this.root.dataset.signedOut, true);
      return null;
    }
    if (!answer.ok && answer.status !== 422) {
      this.say(this.root.dataset.offline, true);
      return null;
    }
    return answer;
  }

  // The list

  wireList() {
    for (const handle of this.list.querySelectorAll("[data-handle]")) handle.hidden = false;
    const blocks = this.list.querySelector("[data-blocks]");
    if (blocks && window.Sortable) new window.Sortable(blocks, {
      handle: "[data-blocks] > li > .block-head > [data-handle]", animation: 120,
      onEnd: () => this.order(),
    });
  }

  token() { return this.root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? ""; }

  async order() {
    const ids = [...this.list.querySelectorAll("[data-blocks] > [data-id]")].map((row) => row.dataset.id);
    const body = new FormData();
    body.set("ids", ids.join(","));
    body.set("csrfmiddlewaretoken", this.token());
    if (await this.ask(this.root.dataset.orderUrl, { method: "POST", body })) await this.refresh();
  }

  async refresh(focus) {
    await this.saveAll();
    const answer = await this.ask(location.pathname);
    if (!answer) return;
    const html = await answer.text();
    const open = this.list.querySelector(".block-row.opened"); // perhaps opened while it was asked
    const panel = open?.querySelector("[data-panel]");
    const field = panel?.contains(document.activeElement) ? document.activeElement : null;
    this.list.innerHTML = html;
    this.wireList();
    const now = open && this.row(open.dataset.id);
    if (now) { // the form itself moves over, with all that is typed in it
      now.querySelector("[data-panel]").replaceWith(panel);
      now.classList.add("opened");
      field?.focus();
    }
    focus?.();
    this.showPreview();
  }

  row(id) { return this.list.querySelector(`[data-id="${id}"]`); }

  async submitted(event) {
    const form = event.target;
    if (form.matches("[data-act]")) {
      event.preventDefault();
      const { act } = form.dataset;
      const row = form.closest("[data-id]");
      const id = row?.dataset.id;
      const beside = (row?.nextElementSibling ?? row?.previousElementSibling)?.dataset.id;
      if (act === "delete") { this.forget(row); }
      if (!await this.ask(form.action, { method: "POST", body: new FormData(form) })) return;
      await this.refresh(() => {
        const now = this.row(id) ?? this.row(beside);
        const button = now?.querySelector(`[data-act="${act}"] button:not(:disabled)`) ?? now?.querySelector("button:not(:disabled), a");
        button?.focus();
        if ((act === "up" || act === "down") && now) {
          const place = [...now.parentElement.children].indexOf(now) + 1;
          this.said.textContent = this.root.dataset.moved.replace("{place}", place);
        }
      });
    } else if (form.matches("[data-add]")) {
      event.preventDefault();
      const body = new FormData(form);
      const open = this.list.querySelector(".block-row.opened")?.dataset.id;
      if (open) body.set("after", open);
      const answer = await this.ask(form.action, { method: "POST", body });
      if (!answer) return;
      if (!answer.headers.get("Content-Type").includes("json")) { location.reload(); return; }
      const { id } = await answer.json();
      this.root.querySelector("[data-adding]").open = false;
      await this.closeOpened();
      await this.refresh();
      await this.open(this.row(id));
    } else if (form.matches("[data-block]")) {
      event.preventDefault();
      clearTimeout(form.timer);
      await this.save(form, event.submitter);
    }
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }

  async clicked(event) {
    const open = event.target.closest("[data-open]");
    if (open && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      const row = open.closest("[data-id]");
      if (row.classList.contains("opened")) await this.closeOpened();
      else { await this.closeOpened(); await this.open(row); }
      return;
    }
    const close = event.target.closest("[data-close]");
    if (close && close.closest("[data-panel]")) {
      event.preventDefault();
      const row = close.closest("[data-id]");
      await this.closeOpened();
      row.querySelector("[data-open]").focus();
      return;
    }
    const theirs = event.target.closest("[data-theirs]");
    if (theirs && theirs.closest("[data-panel]")) {
      event.preventDefault();
      const row = theirs.closest("[data-id]");
      this.forget(row);
      await this.open(row);
      return;
    }
    const side = event.target.closest("[data-go]");
    if (side) {
      this.root.dataset.side = side.dataset.go;
      for (const each of this.root.querySelectorAll("[data-go]")) each.setAttribute("aria-pressed", String(each === side));
      this.bringIntoView();
    }
    const width = event.target.closest("[data-width]");
    if (width) this.setWidth(width.dataset.width);
  }

  // One block

  async open(row, takesFocus = true) {
    if (!row) return;
    const answer = await this.ask(row.querySelector("[data-open]").href);
    if (!answer) return;
    const { html } = await answer.json();
    row = this.row(row.dataset.id); // the list may have been drawn anew meanwhile
    if (!row) return;
    const panel = row.querySelector("[data-panel]");
    this.fill(panel, html);
    panel.hidden = false;
    row.classList.add("opened");
    this.bringIntoView();
    if (takesFocus) panel.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  }

  fill(panel, html) {
    panel.innerHTML = html;
    panel.querySelectorAll("[data-rows]").forEach(rowsField);
    panel.dispatchEvent(new Event("form-came", { bubbles: true })); // for the fields of files in it
  }

  forget(row) {
    const form = row?.querySelector("[data-block]");
    if (!form) return;
    clearTimeout(form.timer);
    this.unsaved.delete(form);
  }

  async closeOpened() {
    for (const row of this.list.querySelectorAll(".block-row.opened")) {
      const form = row.querySelector("[data-block]");
      if (form && this.unsaved.has(form) && !await this.save(form)) return;
      row.classList.remove("opened");
      const panel = row.querySelector("[data-panel]");
      panel.hidden = true;
      panel.replaceChildren();
    }
  }

  typed(event) {
    const form = event.target.closest?.("[data-block]");
    if (!form || !form.closest("[data-panel]")) return;
    this.unsaved.set(form, true);
    this.say(this.root.dataset.saving);
    this.showTyped(form);
    clearTimeout(form.timer);
    form.timer = setTimeout(() => this.save(form), 900);
  }

  async saveAll() {
    for (const form of [...this.unsaved.keys()]) if (form.isConnected) { clearTimeout(form.timer); await this.save(form); }
  }

  async save(form, submitter) {
    while (form.saving) await form.saving;
    const run = this.send(form, submitter);
    form.saving = run.finally(() => { form.saving = null; });
    return form.saving;
  }

  async send(form, submitter) {
    const body = new FormData(form);
    if (submitter?.name) body.set(submitter.name, submitter.value);
    this.unsaved.delete(form);
    const answer = await this.ask(form.action, { method: "POST", body });
    if (!answer) {
      this.unsaved.set(form, true);
      form.timer = setTimeout(() => form.isConnected && this.save(form), 8000);
      return false;
    }
    const told = await answer.json();
    if (answer.status === 422) {
      this.unsaved.set(form, true);
      this.say(this.root.dataset.unsaved, true);
      this.mark(form, told, Boolean(submitter));
      return false;
    }
    form.querySelector("[name=was]").value = told.was;
    this.clear(form);
    const row = form.closest("[data-id]");
    if (row) row.querySelector("[data-words]").textContent = told.words;
    if (!this.unsaved.size) this.say(this.root.dataset.saved);
    this.isNew = told.has_new_file || this.isNew; // shown as kept, once nobody types in between
    if (this.isNew && row && !this.unsaved.has(form)) {
      this.isNew = false;
      await this.open(row, false);
    }
    this.showPreview();
    return true;
  }

  // What is wrong is said beside its field; what is typed stays as it is.
  mark(form, told, isAsked) {
    this.clear(form);
    const fresh = document.createElement("template");
    fresh.innerHTML = told.html;
    for (const said of fresh.content.querySelectorAll("form > .said")) {
      said.dataset.made = "yes";
      form.querySelector("[name=was]").after(said);
    }
    for (const [name, errors] of Object.entries(told.errors)) {
      const field = form.querySelector(`[name="${name}"], [data-rows="${name}"]`)?.closest(".field");
      if (!field) continue;
      field.classList.add("wrong");
      for (const error of errors) {
        const line = document.createElement("p");
        line.className = "error";
        line.dataset.made = "yes";
        line.textContent = error.message;
        field.append(line);
      }
      if (isAsked) field.querySelector("input, textarea, select")?.focus();
    }
  }

  clear(form) {
    form.querySelectorAll("[data-made]").forEach((each) => each.remove());
    form.querySelectorAll(".wrong").forEach((each) => each.classList.remove("wrong"));
  }

  // The page as it becomes

  setWidth(name) {
    for (const each of this.root.querySelectorAll("[data-width]")) each.setAttribute("aria-pressed", String(each.dataset.width === name));
    this.frame.classList.toggle("phone", name === "phone");
    this.fit();
  }

  // A computer's page keeps its own layout and is drawn smaller where there is no room for it.
  fit() {
    const room = this.frame.clientWidth;
    const isScaled = !this.frame.classList.contains("phone") && room > 0 && room < COMPUTER && matchMedia("(min-width: 64rem)").matches;
    this.frame.classList.toggle("scaled", isScaled);
    this.frame.style.setProperty("--scale", isScaled ? room / COMPUTER : 1);
  }

  // The draft as it is kept
  showPreview() {
    this.draw(() => this.ask(this.root.dataset.draftUrl), 150);
  }

  // The page with what is typed in this form, which nobody has saved
  showTyped(form) {
    this.draw(() => {
      if (!form.isConnected) return null;
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      return this.ask(`${form.getAttribute("action")}typed/`, { method: "POST", body });
    }, 250);
  }

  draw(asked, delay) {
    this.root.querySelector("[data-frame]").hidden = false;
    this.root.querySelector("[data-widths]").hidden = false;
    clearTimeout(this.soon);
    const turn = ++this.turn;
    this.soon = setTimeout(async () => {
      const answer = await asked();
      if (!answer || turn !== this.turn) return; // something newer is on its way
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      page.querySelectorAll("script, main > .notices").forEach((each) => each.remove()); // the frame runs none
      this.put(page);
    }, delay);
  }

  // The same styles stay, so that the page changes in place; other styles need it drawn anew.
  put(page) {
    const shown = this.preview.contentDocument;
    const styles = (one) => [...one.querySelectorAll("link[rel=stylesheet]")].map((each) => each.getAttribute("href")).join();
    if (shown?.body && this.isDrawn && styles(shown) === styles(page)) {
      shown.body.replaceWith(shown.adoptNode(page.body));
      return;
    }
    const top = this.preview.contentWindow?.scrollY ?? 0;
    this.preview.addEventListener("load", () => {
      this.isDrawn = true;
      this.preview.contentWindow.scrollTo(0, top);
      this.preview.contentDocument.addEventListener("click", (event) => this.pressed(event));
      this.bringIntoView();
    }, { once: true });
    this.isDrawn = false;
    this.preview.srcdoc = `<!DOCTYPE html>${page.documentElement.outerHTML}`;
  }

  // Nothing leads away from the preview; a block pressed in it opens its form.
  pressed(event) {
    if (event.target.closest("a, button")) event.preventDefault();
    const block = event.target.closest(".block");
    const row = block && this.row(block.id);
    if (!row) return;
    if (this.root.dataset.side === "preview") this.root.querySelector("[data-go=blocks]").click();
    if (!row.classList.contains("opened")) this.closeOpened().then(() => this.open(row));
  }

  bringIntoView() {
    const id = this.list.querySelector(".block-row.opened")?.dataset.id;
    const frame = this.preview.contentWindow;
    const block = id && this.preview.contentDocument?.getElementById(id);
    if (!block) return;
    const { top, bottom } = block.getBoundingClientRect(); // only the frame scrolls, not the page around it
    if (top < 0 || bottom > frame.innerHeight) frame.scrollBy(0, top - 24);
  }
}

document.querySelectorAll("[data-rows]").forEach(rowsField);
document.querySelectorAll("[data-editor]").forEach((root) => new Editor(root));
