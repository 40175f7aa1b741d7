/* Keep the place: on the server a moment after each turn, and on this device while that fails. */
const PAUSE = 1200
const AGAIN = 15000
const FRESH = 3 * 24 * 60 * 60 * 1000

const storageKey = root => `place:${root.dataset.asset}`

const stored = root => {
  try { return JSON.parse(localStorage.getItem(storageKey(root))) } catch { return null }
}

const store = (root, value) => {
  try {
    if (value) localStorage.setItem(storageKey(root), JSON.stringify({ ...value, at: Date.now() }))
    else localStorage.removeItem(storageKey(root))
  } catch { /* a browser that keeps nothing still reads */ }
}

export class PlaceKeeper {
  #root; #waiting = null; #timer = 0; #onTrouble; #again = 0; #last = ''
  constructor(root, onTrouble) {
    this.#root = root
    this.#onTrouble = onTrouble
    addEventListener('pagehide', () => this.#send())
    addEventListener('online', () => this.#send())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.#send()
    })
  }

  /* A place that nobody else keeps (a sample), or that this device could not send of late. */
  get ours() {
    const place = stored(this.#root)
    return place && (!this.#root.dataset.placeUrl || Date.now() - place.at < FRESH) ? place : null
  }

  /* Where the book opened: known already, so only what differs from it is kept. */
  begin(place) { this.#last = JSON.stringify(place) }

  keep(place, fraction) {
    const written = JSON.stringify(place)
    if (written === this.#last) return
    this.#last = written
    this.#waiting = { place, fraction: Math.min(1, Math.max(0, fraction)) }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#send(), PAUSE)
  }

  async #send() {
    clearTimeout(this.#timer)
    const sent = this.#waiting
    if (!sent) return
    const { placeUrl, csrf } = this.#root.dataset
    if (!placeUrl) return store(this.#root, sent)
    this.#waiting = null
    try {
      const answer = await fetch(placeUrl, {
        method: 'POST', keepalive: true, credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
        body: JSON.stringify(sent),
      })
      if (answer.ok) {
        store(this.#root, null)
        this.#onTrouble('')
      } else if (answer.status === 403 || answer.status === 404) this.#onTrouble('closed')
    } catch {
      this.#waiting ??= sent
      store(this.#root, sent)
      this.#onTrouble('unkept')
      clearTimeout(this.#again)
      this.#again = setTimeout(() => this.#send(), AGAIN)
    }
  }
}
