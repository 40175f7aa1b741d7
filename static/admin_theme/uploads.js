// Files in parts. Without this file each input sends its file with the form, as browsers always did.
// The same steps whether parts go to us or straight to S3: begin, announce a part, put it where the
// answer says, finish, ask until it was looked at. What was sent is never sent twice.

const AT_ONCE = 2 // parts of one file
const STALLED = 60_000 // no byte moved for so long: the line is dead though nobody says so
const WAITS = [1, 2, 4, 8, 15, 30]
const SLICE = 16 * 1024
const BUSY = ['reading', 'sending', 'offline', 'checking']

const language = document.documentElement.lang || 'en'
const shown = bytes => {
  const [unit, size] = bytes >= 1e9 ? ['gigabyte', 1e9] : bytes >= 1e6 ? ['megabyte', 1e6] : ['kilobyte', 1e3]
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: size > 1e6 ? 1 : 0 }).format(bytes / size)
}
const sleep = seconds => new Promise(done => setTimeout(done, seconds * 1000))
const hex = buffer => Array.from(new Uint8Array(buffer), byte => byte.toString(16).padStart(2, '0')).join('')
const sha256 = async buffer => hex(await crypto.subtle.digest('SHA-256', buffer))

class Refused extends Error {
  constructor(answer) {
    super(answer.said)
    Object.assign(this, answer)
  }
}
class SignedOut extends Error {}
class Stopped extends Error {}
class Unreadable extends Error {}
class Offline extends Error {}

async function read(blob) {
  try {
    return await blob.arrayBuffer()
  } catch {
    throw new Unreadable() // moved, deleted, or a cloud file that is away
  }
}

// Enough of a file to know it again; each part is compared by itself before it counts as sent.
async function fingerprintOf(file) {
  const pieces = [new TextEncoder().encode(`${file.size}|`)]
  for (let at = 0; at < 16; at++) {
    const start = Math.floor((file.size * at) / 16)
    pieces.push(await read(file.slice(start, start + SLICE)))
  }
  pieces.push(await read(file.slice(Math.max(0, file.size - SLICE))))
  return sha256(await new Blob(pieces).arrayBuffer())
}

// One request; `sent` hears how many bytes went. Answers {status, body}.
function ask(method, url, { body = null, headers = {}, signal, sent } = {}) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    let clock
    const alive = () => {
      clearTimeout(clock)
      clock = setTimeout(() => request.abort(), STALLED)
    }
    const stop = () => request.abort()
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = event => {
      alive()
      sent?.(event.loaded)
    }
    request.onload = () => {
      let answer = null
      try {
        answer = JSON.parse(request.responseText)
      } catch {}
      done({ status: request.status, answer, came: request.responseURL })
    }
    request.onerror = () => fail(new Offline())
    request.onabort = () => fail(signal?.aborted ? new Stopped() : new Offline())
    request.onloadend = () => {
      clearTimeout(clock)
      signal?.removeEventListener('abort', stop)
    }
    if (signal?.aborted) return fail(new Stopped())
    signal?.addEventListener('abort', stop)
    alive()
    request.send(body)
  })
}

// Where a form stands: at what it is sent to, which for a page's one form is the page.
const pageOf = form => new URL(form.getAttribute('action') || '', location).pathname

// What was begun in this form before, asked once for all its fields.
const asked = new Map()
function knownAt(url, page) {
  const question = `${url}?page=${encodeURIComponent(page)}`
  if (!asked.has(question)) {
    const answer = ask('GET', question)
    asked.set(question, answer.then(({ answer }) => answer?.uploads ?? []).catch(() => []))
  }
  return asked.get(question)
}

function pristineOf(root) {
  const copy = root.cloneNode(true)
  copy.querySelector('[data-upload-now]').hidden = true
  copy.querySelector('[data-upload-id]').value = ''
  delete copy.dataset.state
  return copy
}

class Field {
  constructor(root) {
    const one = name => root.querySelector(`[data-upload-${name}]`)
    this.root = root
    this.input = root.querySelector('input[type=file]')
    this.hidden = one('id')
    this.now = one('now')
    this.name = one('name')
    this.bar = one('bar')
    this.said = one('said')
    this.spoken = one('spoken')
    this.buttons = { pause: one('pause'), on: one('on'), drop: one('drop') }
    this.url = root.dataset.url
    this.page = pageOf(this.input.form)
    this.place = `${this.page}#${this.input.name}`
    this.token = this.input.form.querySelector('[name=csrfmiddlewaretoken]').value
    this.input.addEventListener('change', () => this.take([...this.input.files]))
    this.buttons.pause.addEventListener('click', () => this.pause())
    this.buttons.on.addEventListener('click', () => this.run())
    this.buttons.drop.addEventListener('click', () => this.drop())
    this.wakers = new Set()
    this.pristine = pristineOf(root)
    addEventListener('online', () => {
      for (const wake of this.wakers) wake()
      this.wakers.clear()
    })
    if (this.hidden.value) {
      this.id = this.hidden.value
      this.show('ready', this.said.textContent)
    } else if (root.dataset.many === undefined && root.dataset.one === undefined) this.remember()
  }

  words(name, values = {}) {
    const text = this.root.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`]
    return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ''))
  }

  get isBusy() {
    return BUSY.includes(this.state)
  }

  // -- what is seen and heard

  show(state, said) {
    const changed = state !== this.state
    this.state = this.root.dataset.state = state
    this.now.hidden = false
    this.said.textContent = said
    if (changed) this.spoken.textContent = said
    const moving = ['reading', 'sending', 'offline'].includes(state)
    this.bar.hidden = !moving && state !== 'paused'
    const focused = Object.values(this.buttons).includes(document.activeElement)
    this.buttons.pause.hidden = !moving
    this.buttons.on.hidden = !['paused', 'failed'].includes(state)
    this.buttons.drop.hidden = state === 'checking' || moving
    if (focused && document.activeElement.hidden) (moving ? this.buttons.pause : this.buttons.on).focus()
    document.dispatchEvent(new CustomEvent('upload-state'))
  }

  get sentBytes() {
    let sum = 0
    for (const number of this.done) sum += this.lengthOf(number)
    for (const bytes of this.going.values()) sum += bytes
    return Math.min(sum, this.file.size)
  }

  progress() {
    const done = this.sentBytes
    const passed = (performance.now() - this.since) / 1000
    const speed = (done - this.from) / passed
    const values = { done: shown(done), size: shown(this.file.size) }
    this.bar.value = done / this.file.size
    const left = (this.file.size - done) / speed
    const known = passed > 5 && speed > 0 && left > 60
    values.minutes = new Intl.NumberFormat(language).format(Math.ceil(left / 60))
    this.show('sending', this.words(known ? 'left' : 'sending', values))
  }

  measure() {
    const done = this.file && this.done ? this.sentBytes : 0
    return { done: shown(done), size: shown(this.file?.size ?? 0) }
  }

  // -- what a person does

  choose(file) {
    this.stop?.abort()
    Object.assign(this, { file, id: '', done: new Set(), going: new Map() })
    this.input.value = '' // it goes in parts; the form need not carry it
    this.hidden.value = ''
    this.name.textContent = file.name
    if (!file.size) return this.show('refused', this.words('empty'))
    const most = Number(this.root.dataset.most)
    if (file.size > most) return this.show('refused', this.words('large', { most: Math.floor(most / 1048576) }))
    return this.run()
  }

  pause() {
    this.stop?.abort()
    this.show('paused', this.words('paused', this.measure()))
    this.buttons.on.focus()
  }

  // Several at once: each in a field of its own, one after another, so that a phone keeps up.
  take(files) {
    if (!files.length) return
    if (this.root.dataset.many === undefined) return this.choose(files[0])
    this.input.value = ''
    for (const file of files.sort((a, b) => a.name.localeCompare(b.name, language, { numeric: true }))) {
      const place = `${this.place}:${file.size}:${file.name}`.slice(0, 200)
      const field = fields.find(each => each.place === place) ?? oneMore(this, place)
      field.name.textContent = file.name
      field.show('reading', field.words('reading'))
      Field.line = Field.line.then(() => field.root.isConnected && field.choose(file))
    }
  }

  async drop() {
    this.stop?.abort()
    const id = this.id
    Object.assign(this, { file: null, id: '', state: '' })
    this.hidden.value = ''
    if (this.root.dataset.one !== undefined) {
      this.root.remove()
      fields.splice(fields.indexOf(this), 1)
    }
    delete this.root.dataset.state
    this.now.hidden = true
    this.input.focus()
    document.dispatchEvent(new CustomEvent('upload-state'))
    if (id) await this.post(new AbortController().signal, `${this.url}${id}/drop/`).catch(() => {})
  }

  // -- a file that was begun here before: its tab was closed, or the form not saved

  async remember() {
    const known = (await knownAt(this.url, this.page)).findLast(each => each.place === this.place)
    if (known && !this.file) await this.recall(known)
  }

  async recall(known) {
    this.id = known.id
    this.name.textContent = known.name
    if (known.state === 'coming') this.show('begun', this.words('begun', known))
    else await this.guarded(signal => this.wait(known, signal))
  }

  // -- the whole way of a file; a signal ends it where it stands

  run() {
    return this.guarded(signal => (this.file ? this.send(signal) : this.wait({ state: 'arrived' }, signal)))
  }

  async guarded(work) {
    this.stop?.abort()
    this.stop = new AbortController()
    const { signal } = this.stop
    try {
      await work(signal)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Refused) this.show('refused', error.said)
      else if (error instanceof SignedOut) this.show('failed', this.words('out'))
      else if (error instanceof Unreadable) this.show('refused', this.words('unreadable'))
      else {
        console.error(error)
        this.show('failed', this.words('failed'))
      }
    }
  }

  async send(signal) {
    const { file } = this
    this.show('reading', this.words('reading'))
    const fingerprint = await fingerprintOf(file)
    const wish = { purpose: this.root.dataset.purpose, name: file.name, size: file.size, fingerprint, place: this.place }
    for (let times = 0; times < 3; times++) {
      const begun = await this.post(signal, this.url, wish)
      this.id = begun.id
      this.partSize = begun.part_size
      this.count = begun.count
      if (begun.state !== 'coming') return this.wait(begun, signal)
      try {
        await this.compare(begun.here)
        const answer = await this.sendParts(signal)
        if (answer) return this.wait(answer, signal)
      } catch (error) {
        if (error.code !== 'changed') throw error
        await this.post(signal, `${this.url}${this.id}/drop/`)
        this.done.clear()
        this.show('reading', this.words('again'))
      }
    }
    throw new Error('the file does not arrive whole')
  }

  // What is here must be what this file holds there.
  async compare(here) {
    this.done = new Set()
    this.going = new Map()
    for (const [number, known] of Object.entries(here)) {
      const found = await sha256(await read(this.partOf(Number(number))))
      if (found !== known) throw new Refused({ code: 'changed', said: this.words('again') })
      this.done.add(Number(number))
    }
  }

  async sendParts(signal) {
    Object.assign(this, { since: performance.now(), from: this.sentBytes })
    const missing = []
    for (let number = 1; number <= this.count; number++) if (!this.done.has(number)) missing.push(number)
    const inner = new AbortController() // one lane's failure ends the other
    const both = AbortSignal.any ? AbortSignal.any([signal, inner.signal]) : signal
    const lane = async () => {
      for (let number = missing.shift(); number; number = missing.shift()) await this.sendPart(number, both)
    }
    this.progress()
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, lane))
    } catch (error) {
      missing.length = 0
      inner.abort()
      throw error
    }
    try {
      return await this.post(signal, `${this.url}${this.id}/finish/`)
    } catch (error) {
      if (error.code !== 'missing') throw error
      return null // said to be sent and not there: begin answers what is
    }
  }

  partOf(number) {
    return this.file.slice((number - 1) * this.partSize, number * this.partSize)
  }

  lengthOf(number) {
    return Math.min(this.partSize, this.file.size - (number - 1) * this.partSize)
  }

  async sendPart(number, signal) {
    const body = await read(this.partOf(number))
    const announced = { size: body.byteLength, sha256: await sha256(body) }
    const forget = () => this.going.delete(number)
    const sent = bytes => {
      this.going.set(number, bytes)
      this.progress()
    }
    try {
      for (let bad = 1; ; bad++) {
        const where = await this.post(signal, `${this.url}${this.id}/parts/${number}/`, announced)
        if (where.is_here) break
        const put = () => ask('PUT', where.url, { body, headers: where.headers, signal, sent })
        const { status, answer } = await this.patiently(signal, put, forget)
        if ((status >= 200 && status < 300) || answer?.code === 'here') break
        forget() // damaged on its way, or its address grew old: a new one is asked for
        if (bad === 8) throw answer?.said ? new Refused(answer) : new Error(`part ${number}: ${status}`)
        await sleep(Math.min(bad, 4))
      }
      this.done.add(number)
    } finally {
      forget()
    }
    this.progress()
  }

  async wait(answer, signal) {
    for (let times = 0; answer.state === 'arrived'; times++) {
      this.show('checking', answer.said || this.words('checking'))
      await sleep(Math.min(1 + times / 4, 5))
      answer = await this.understood(signal, 'GET', `${this.url}${this.id}/`)
    }
    if (answer.state === 'coming') {
      // A part was found damaged: it comes again, if the file is still at hand.
      return this.file ? this.send(signal) : this.show('begun', this.words('begun', answer))
    }
    if (answer.state === 'refused') throw new Refused(answer)
    this.hidden.value = this.id
    this.show('ready', answer.said)
    this.input.dispatchEvent(new CustomEvent('upload-found', { bubbles: true, detail: answer.found ?? {} }))
  }

  // -- asking, however bad the line is

  // Try until the line answers; only a person's pause ends it.
  async patiently(signal, request, failed) {
    for (let times = 0; ; times++) {
      try {
        const answer = await request()
        if (answer.status === 507 || answer.answer?.code === 'too_often') return answer
        if (answer.status && answer.status < 500 && answer.status !== 429) return answer
      } catch (error) {
        if (!(error instanceof Offline)) throw error
      }
      failed?.()
      if (signal.aborted) throw new Stopped()
      if (this.state !== 'checking' && this.file) this.show('offline', this.words('offline', this.measure()))
      const woken = new Promise(wake => {
        this.wakers.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      })
      await Promise.race([sleep(WAITS[Math.min(times, WAITS.length - 1)]), woken])
      if (signal.aborted) throw new Stopped()
    }
  }

  post(signal, url, values = {}) {
    const headers = { 'X-CSRFToken': this.token, 'Content-Type': 'application/x-www-form-urlencoded' }
    return this.understood(signal, 'POST', url, { body: new URLSearchParams(values).toString(), headers })
  }

  async understood(signal, method, url, options = {}) {
    const { status, answer, came } = await this.patiently(signal, () => ask(method, url, { ...options, signal }))
    if (status === 204) return {}
    if (!answer) {
      const elsewhere = new URL(came || url, location).pathname !== new URL(url, location).pathname
      if (status === 403 || elsewhere) throw new SignedOut()
      throw new Error(`${url}: ${status}`)
    }
    if (status >= 400) throw new Refused(answer)
    return answer
  }
}

Field.line = Promise.resolve()
const isAble = globalThis.crypto?.subtle && Blob.prototype.arrayBuffer
const fields = []

// A field for one more file of an input that takes many; its own input is used only to go on.
function oneMore(many, place) {
  const root = many.pristine.cloneNode(true)
  delete root.dataset.many
  root.dataset.one = ''
  const input = root.querySelector('input[type=file]')
  input.multiple = false
  input.removeAttribute('id')
  input.removeAttribute('aria-describedby')
  input.setAttribute('aria-label', many.input.labels?.[0]?.textContent.trim() ?? '')
  many.root.parentElement.append(root)
  const field = new Field(root)
  field.place = place // two files of one input must not take each other's place
  fields.push(field)
  return field
}

function recallMany(many) {
  knownAt(many.url, many.page).then(known => {
    for (const each of known.filter(each => each.place.startsWith(`${many.place}:`))) oneMore(many, each.place).recall(each)
  })
}

// Saving waits for the files: the form is kept back, and sent by itself when the last has arrived.
function holdBack(form) {
  const all = () => fields.filter(field => field.input.form === form)
  let held = null
  const note = document.createElement('p')
  note.className = 'note'
  note.setAttribute('role', 'status')
  form.querySelector('.save-row')?.before(note)
  addEventListener('submit', event => {
    if (event.target !== form || !all().some(field => field.isBusy)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    held = { by: event.submitter }
    note.textContent = all()[0].words('waits')
  }, { capture: true })
  document.addEventListener('upload-state', () => {
    if (!held || all().some(field => field.isBusy)) return
    const { by } = held
    held = null
    note.textContent = ''
    // What was paused or refused meanwhile is for a person to look at first.
    if (all().every(field => !field.state || ['ready', 'begun'].includes(field.state))) form.requestSubmit(by)
  })
}

function begin(part) {
  const come = [...part.querySelectorAll('[data-upload]')].map(root => new Field(root))
  fields.push(...come)
  come.filter(field => field.root.dataset.many !== undefined).forEach(recallMany)
  for (const form of new Set(come.map(field => field.input.form))) holdBack(form)
}
if (isAble) {
  begin(document)
  // A form that the page fetched: what waited for it was perhaps kept meanwhile, so it is asked anew.
  document.addEventListener('form-came', event => {
    asked.clear()
    begin(event.target)
  })
}
