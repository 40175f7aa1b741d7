/* Keep the open book on this device while it is its reader's: page, file and notes, in a cache of their
   own. worker.js gives them when there is no connection. At each contact our server is asked whether
   it is still theirs; where it is not, all of it goes. */
import { percent, say } from './words.js'

const ABOUT = '/kept-about'
const WORDS = '/kept-words'
const BY_ITSELF = 100 * 1024 * 1024
const SPARE = 1.1
const OFTEN = 60 * 60 * 1000
const LONGEST = 7 * 24 * OFTEN
const $ = id => document.getElementById(id)
const json = value => new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json' } })
const here = () => new URL(location.pathname, location.href).pathname

export class Offline {
  #root; #tell; #name; #not; #worker = null; #isKeeping = false
  constructor(root, tell) {
    const { part, readerId, worker } = root.dataset
    this.#root = root
    this.#tell = tell
    this.#name = `kept:${readerId}:${part}`
    this.#not = `kept-not:${readerId}:${part}`
    if (!worker || !navigator.serviceWorker || !window.caches) return
    $('kept').hidden = false
    $('keep').addEventListener('click', () => this.#choose(true))
    $('keep-not').addEventListener('click', () => this.#choose(false))
    addEventListener('online', () => this.#contact())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#contact()
    })
    setInterval(() => this.#contact(), OFTEN)
    this.#begin(worker).catch(error => { console.error(error); this.#show('failed') })
  }

  async #begin(worker) {
    await navigator.serviceWorker.register(worker)
    this.#worker = (await navigator.serviceWorker.ready).active
    await this.#keepWords()
    if (!await this.#contact()) return this.#show((await this.#about()) ? 'here' : 'not')
    const isWanted = this.#isKept ?? (Number(this.#root.dataset.size) <= BY_ITSELF && !navigator.connection?.saveData)
    if (isWanted) await this.#keep()
    else this.#show('not')
  }

  /* What the reader chose for this book, if anything. */
  get #isKept() {
    try {
      const chosen = localStorage.getItem(this.#not)
      return chosen === null ? null : chosen === 'kept'
    } catch { return null }
  }

  async #choose(isKept) {
    try { localStorage.setItem(this.#not, isKept ? 'kept' : 'not') } catch { /* for now only */ }
    if (isKept) return this.#keep()
    await caches.delete(this.#name)
    this.#show('not')
  }

  async #about() {
    if (!await caches.has(this.#name)) return null
    return await (await (await caches.open(this.#name)).match(ABOUT))?.json() ?? null
  }

  /* Ask whether it is still theirs; false without an answer, or when it is not. */
  async #contact() {
    const about = await this.#about()
    let answer
    try { answer = await fetch(this.#root.dataset.standing, { credentials: 'same-origin' }) } catch {
      return this.#without(about)
    }
    if (!answer.ok && answer.status < 500) return this.#lost()
    if (!answer.ok) return false
    const { reader, until, csrf } = await answer.json()
    if (reader !== this.#root.dataset.readerId) return this.#lost()
    this.#root.dataset.csrf = csrf
    this.#root.dataset.until = until
    if (about) await this.#note({ ...about, until, contactAt: Date.now() })
    return true
  }

  async #without(about) {
    if (about && (Date.now() - about.contactAt > LONGEST || (about.until && Date.now() >= about.until))) {
      await caches.delete(this.#name)
      this.#tell(about.until && Date.now() >= about.until ? 'keptEnded' : 'keptOld', { isGrave: true })
    }
    return false
  }

  async #lost() {
    await caches.delete(this.#name)
    this.#show('not')
    this.#tell('closed', { isGrave: true })
    return false
  }

  async #note(about) {
    if (await caches.has(this.#name)) await (await caches.open(this.#name)).put(ABOUT, json(about))
  }

  async #keep() {
    if (this.#isKeeping) return
    this.#isKeeping = true
    try {
      const { file, size, until, notesUrl } = this.#root.dataset
      const about = await this.#about()
      const isSame = about?.file === file && about.size === size
      if (!isSame && !await this.#hasRoom(Number(size))) return this.#show('full')
      if (!isSame) await caches.delete(this.#name)
      const cache = await caches.open(this.#name)
      if (!isSame) await this.#fetchFile(cache, file, Number(size))
      await cache.put(here(), await this.#page())
      const notes = await fetch(notesUrl, { credentials: 'same-origin' })
      if (notes.ok) await cache.put(notesUrl, notes)
      await this.#keepPieces()
      await cache.put(ABOUT, json({ file, size, until: Number(until), contactAt: Date.now() }))
      this.#show('here')
    } catch (error) {
      await caches.delete(this.#name)
      this.#show(error?.name === 'QuotaExceededError' ? 'full' : 'failed')
    } finally {
      this.#isKeeping = false
    }
  }

  /* The page as it will open without a connection; it says so itself. */
  async #page() {
    const answer = await fetch(here(), { credentials: 'same-origin' })
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status))
    const text = (await answer.text()).replace('id="reader"', 'id="reader" data-away')
    return new Response(text, { headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': answer.headers.get('Content-Security-Policy') ?? "default-src 'self'",
    } })
  }

  /* The file whole, straight from the net to the disk of the device. */
  async #fetchFile(cache, file, size) {
    const answer = await fetch(file, { credentials: 'same-origin' })
    if (!answer.ok) throw new Error(String(answer.status))
    let got = 0
    const counted = new TransformStream({
      transform: (chunk, out) => {
        got += chunk.length
        this.#show('keeping', { percent: percent(Math.min(1, got / size)) })
        out.enqueue(chunk)
      },
    })
    const headers = { 'Content-Type': answer.headers.get('Content-Type') ?? 'application/octet-stream' }
    await cache.put(file, new Response(answer.body.pipeThrough(counted), { headers }))
  }

  /* The worker keeps what the reader is made of, as it knows it by name. */
  #fill() {
    const { port1, port2 } = new MessageChannel()
    this.#worker.postMessage(this.#root.dataset.kind, [port2])
    return new Promise((resolve, reject) => {
      port1.onmessage = ({ data: trouble }) => (trouble ? reject(new Error(trouble)) : resolve())
    })
  }

  /* What the page was made of beside that: the store's own style. */
  async #keepPieces() {
    await this.#fill()
    const shell = await caches.open('shell')
    const urls = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
      .filter(({ origin, pathname }) => origin === location.origin && !/\/(read|files|static)\//.test(pathname))
    await Promise.all(urls.map(({ pathname, search }) => shell.add(pathname + search).catch(() => null)))
  }

  async #keepWords() {
    const shell = await caches.open('shell')
    const all = await (await shell.match(WORDS))?.json() ?? {}
    const scope = new URL('.', new URL(this.#root.dataset.worker, location.href)).pathname
    const { lang, dir } = document.documentElement
    const words = { scope, language: lang, dir, title: say(this.#root, 'keptTitle'), again: say(this.#root, 'keptAgain') }
    words.styles = Array.from(document.querySelectorAll('link[rel="stylesheet"]'), ({ href }) => new URL(href).pathname)
    for (const name of ['old', 'ended', 'none']) words[name] = say(this.#root, `kept${name[0].toUpperCase()}${name.slice(1)}`)
    await shell.put(WORDS, json({ ...all, [scope]: words }))
  }

  async #hasRoom(size) {
    const { quota = Infinity, usage = 0 } = await navigator.storage?.estimate?.() ?? {}
    return quota - usage > size * SPARE
  }

  #show(state, values = {}) {
    $('kept-said').textContent = say(this.#root, `kept${state[0].toUpperCase()}${state.slice(1)}`, values)
    $('kept').dataset.state = state
    $('keep').hidden = ['here', 'keeping'].includes(state)
    $('keep-not').hidden = state !== 'here'
  }
}
