/* The reader's notes: with the customer where there is one, else in this browser; what could not be
   sent waits here and is sent when the net is back. A note is { name, kind, colour, anchor, fraction,
   chapter, quote, text, file }, and says in `earlier` when its words are gone from the book. */
import { Again } from './again.js'

const FRESH = 20000

const read = key => { try { return JSON.parse(localStorage.getItem(key)) ?? {} } catch { return {} } }
const write = (key, values) => {
  try {
    if (Object.keys(values).length) localStorage.setItem(key, JSON.stringify(values))
    else localStorage.removeItem(key)
  } catch { /* a browser that keeps nothing still reads */ }
}
const newName = () => Array.from(crypto.getRandomValues(new Uint8Array(12)),
  byte => byte.toString(16).padStart(2, '0')).join('')

export class NoteKeeper extends EventTarget {
  #root; #url; #key; #say; #notes = new Map(); #waiting = {}; #again; #loadedAt = 0; #sending = null
  constructor(root, say) {
    super()
    const { notesUrl, part, readerId } = root.dataset
    this.#root = root
    this.#url = notesUrl
    this.#key = `notes:${part}:${readerId}`
    this.#say = say
    this.#again = new Again(() => this.#send())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && Date.now() - this.#loadedAt > FRESH) this.load()
    })
  }

  get isOnDevice() { return !this.#url }

  get all() { return [...this.#notes.values()] }

  /* Fetch them, under what this device changed and could not send; a guest's become the customer's. */
  async load() {
    const here = read(this.#key)
    if (this.isOnDevice) return this.#show(Object.entries(here))
    this.#loadedAt = Date.now()
    this.#waiting = { ...this.#guests(), ...here, ...this.#waiting }
    write(this.#key, this.#waiting)
    const fetched = await this.#fetch()
    this.#show([...fetched.map(note => [note.name, note]), ...Object.entries(this.#waiting)])
    await this.#send()
  }

  put(note) {
    const { kind, colour, anchor, fraction, chapter, quote, text, earlier } = note
    const file = note.file ?? this.#root.dataset.asset
    const kept = { kind, colour, anchor, fraction, chapter, quote, text, file, name: note.name ?? newName() }
    if (earlier) kept.earlier = earlier
    this.#change(kept.name, kept)
    return kept
  }

  drop(name) { this.#change(name, null) }

  #change(name, note) {
    if (note) this.#notes.set(name, note)
    else this.#notes.delete(name)
    this.#tell()
    if (this.isOnDevice) return write(this.#key, Object.fromEntries(this.#notes))
    this.#waiting[name] = note
    write(this.#key, this.#waiting)
    this.#send()
  }

  #show(entries) {
    this.#notes = new Map(entries.filter(([, note]) => note))
    for (const [name, note] of entries) if (!note) this.#notes.delete(name)
    this.#tell()
  }

  #tell() { this.dispatchEvent(new Event('change')) }

  #guests() {
    const key = `notes:${this.#root.dataset.part}:`
    const found = read(key)
    write(key, {})
    return found
  }

  async #fetch() {
    try {
      const answer = await fetch(this.#url, { credentials: 'same-origin' })
      if (answer.ok) return (await answer.json()).notes
    } catch { /* shown are those that wait */ }
    return this.all
  }

  #send() {
    this.#sending ??= this.#sendAll().finally(() => { this.#sending = null })
    return this.#sending
  }

  async #sendAll() {
    this.#again.stop()
    for (let names; (names = Object.keys(this.#waiting)).length;) {
      const [name] = names
      const note = this.#waiting[name]
      let status
      try {
        status = await this.#post(name, note)
      } catch {
        this.#say('notesWait')
        return this.#again.later()
      }
      if (status === 403 || status === 404) return this.#say('closed')
      if (status >= 500) {
        this.#again.later()
        return this.#say('notesWait')
      }
      this.#again.done()
      if (this.#waiting[name] === note) delete this.#waiting[name]
      write(this.#key, this.#waiting)
      if (status >= 400) this.#refuse(name, status)
      else this.#say('')
    }
  }

  async #post(name, note) {
    const { name: _, at: __, earlier: ___, ...sent } = note ?? {}
    const answer = await fetch(`${this.#url}${name}/${note ? '' : 'out/'}`, {
      method: 'POST', keepalive: true, credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this.#root.dataset.csrf },
      body: note ? JSON.stringify(sent) : '',
    })
    return answer.status
  }

  /* A note that is not taken is given back to be mended; its words are not lost. */
  #refuse(name, status) {
    const note = this.#notes.get(name)
    this.#notes.delete(name)
    this.#tell()
    this.dispatchEvent(new CustomEvent('refused', { detail: note }))
    this.#say(status === 409 ? 'notesFull' : 'notesFailed')
  }
}
