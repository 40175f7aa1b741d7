/* Keep the place: on the server a moment after each turn, and on this device while that fails. */
import { Again } from './again.js'

const PAUSE = 1200
const LATE = 60
const FRESH = 8 * 24 * 60 * 60 * 1000
/* Reading is counted while the page is seen and somebody is at it; a page takes no longer than that. */
const TICK = 5
const STILL_READING = 180000
const WORTH_SENDING = 30

const storageKey = ({ dataset: { asset, readerId } }) => (readerId ? `place:${asset}:${readerId}` : `place:${asset}`)

const stored = root => {
  try { return JSON.parse(localStorage.getItem(storageKey(root))) } catch { return null }
}

const store = (root, value) => {
  try {
    localStorage.setItem(storageKey(root), JSON.stringify({ at: Date.now(), ...value }))
  } catch { /* a browser that keeps nothing still reads */ }
}

export class PlaceKeeper {
  #root; #waiting = null; #timer = 0; #onTrouble; #again; #last = ''; #isAway = false
  #now = null; #seconds = 0; #activeAt = Date.now(); #isAnew
  constructor(root, onTrouble) {
    this.#root = root
    this.#onTrouble = onTrouble
    this.#isAnew = 'again' in root.dataset
    const active = () => { this.#activeAt = Date.now() }
    for (const sign of ['pointerdown', 'keydown', 'wheel']) addEventListener(sign, active, { passive: true })
    setInterval(() => {
      const isSeen = document.visibilityState === 'visible'
      if (isSeen && Date.now() - this.#activeAt < STILL_READING) this.#seconds += TICK
    }, TICK * 1000)
    addEventListener('pagehide', () => this.#send())
    this.#again = new Again(() => this.#send())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.#send()
    })
  }

  /* A place that nobody else keeps (a sample), that this device could not send of late, or that is the
     last known while the page itself comes from this device. */
  get ours() {
    const place = this.#isAnew ? null : stored(this.#root)
    const { placeUrl, away } = this.#root.dataset
    if (!place || !placeUrl || away !== undefined) return place
    return !place.isSent && Date.now() - place.at < FRESH ? place : null
  }

  /* Where the book opened: known already, so only what differs from it is kept, and what waits here
     is sent. */
  begin(place) {
    this.#last = JSON.stringify(place)
    const waiting = this.#root.dataset.placeUrl ? stored(this.#root) : null
    if (!waiting || waiting.isSent || Date.now() - waiting.at >= FRESH) return
    this.#waiting = waiting
    this.#send()
  }

  keep(place, fraction) {
    const written = JSON.stringify(place)
    if (written === this.#last) return
    this.#last = written
    this.#activeAt = Date.now()
    this.#now = { place, fraction: Math.min(1, Math.max(0, fraction)), at: Date.now() }
    this.#waiting = this.#now
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#send(), PAUSE)
  }

  /* How long it has waited, in seconds: what was read later elsewhere stays. */
  #ageOf({ at }) {
    const age = Math.round((Date.now() - at) / 1000)
    return age > LATE ? age : 0
  }

  /* The place they are still at, once they have read there for a while. */
  get #still() {
    return this.#now && this.#seconds >= WORTH_SENDING ? { ...this.#now, at: Date.now() } : null
  }

  async #send() {
    clearTimeout(this.#timer)
    const sent = this.#waiting ?? this.#still
    if (!sent) return
    const { placeUrl, csrf, asset } = this.#root.dataset
    if (!placeUrl) return store(this.#root, sent)
    this.#waiting = null
    const seconds = this.#seconds
    const more = { seconds, ...(this.#isAnew ? { again: true } : {}) }
    this.#seconds = 0
    try {
      const answer = await fetch(placeUrl, {
        method: 'POST', keepalive: true, credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
        body: JSON.stringify({
          place: sent.place, fraction: sent.fraction, file: asset, age: this.#ageOf(sent), ...more,
        }),
      })
      this.#again.done()
      if (answer.ok) {
        store(this.#root, { ...sent, isSent: true })
        this.#isAnew = false
        if (this.#isAway) this.#onTrouble('')
        this.#isAway = false
      } else if (answer.status === 403 || answer.status === 404) this.#onTrouble('closed')
    } catch {
      this.#waiting ??= sent
      this.#seconds += seconds
      store(this.#root, sent)
      if (!this.#isAway) this.#onTrouble('unkept')
      this.#isAway = true
      this.#again.later()
    }
  }
}
