// Films that load when they are pressed, and moments that come. Without a script both are links and words.

class FilmFrame extends HTMLElement {
  connectedCallback() {
    this.querySelector("a")?.addEventListener("click", (event) => {
      event.preventDefault();
      const frame = document.createElement("iframe");
      frame.src = this.dataset.player;
      frame.title = this.dataset.title;
      frame.allow = "autoplay; fullscreen; encrypted-media; picture-in-picture";
      frame.referrerPolicy = "strict-origin-when-cross-origin";
      frame.allowFullscreen = true;
      this.replaceChildren(frame);
      frame.focus();
    });
  }
}

class TimeLeft extends HTMLElement {
  connectedCallback() {
    this.until = new Date(this.dataset.until);
    this.tick();
    this.timer = setInterval(() => this.tick(), 30_000);
  }

  disconnectedCallback() { clearInterval(this.timer); }

  tick() {
    const minutes = Math.max(0, Math.floor((this.until - Date.now()) / 60_000));
    const parts = [[Math.floor(minutes / 1440), this.dataset.days], [Math.floor(minutes / 60) % 24, this.dataset.hours], [minutes % 60, this.dataset.minutes]];
    this.replaceChildren(...parts.map(([number, word]) => {
      const part = document.createElement("span");
      const small = document.createElement("small");
      small.textContent = word;
      part.append(String(number), small);
      return part;
    }));
  }
}

customElements.define("film-frame", FilmFrame);
customElements.define("time-left", TimeLeft);
