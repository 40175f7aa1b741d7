/* What both readers share: the bars, the dialogs, settings, keys, and what is said to the reader. */
import { percent, say } from './words.js'

const SETTINGS = 'reader-settings'
const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches
const DEFAULTS = {
  theme: prefersDark ? 'night' : 'paper', flow: 'two', font: 'book', layout: 'scrolled', fit: 'auto',
}
const LONG_ENOUGH = 10_000
const $ = id => document.getElementById(id)

const remembered = () => {
  try { return JSON.parse(localStorage.getItem(SETTINGS)) ?? {} } catch { return {} }
}

export class Frame {
  root = $('reader')
  #settings = { ...DEFAULTS, ...remembered() }
  /* What a reader adds: search of its own for Ctrl+F, and keys that are its own. */
  onFind = null; onKey = null
  #kind; #listener = () => {}; #saying = 0

  constructor(kind, { turn, seek, go }) {
    this.#kind = kind
    this.turn = turn
    $('back').addEventListener('click', () => turn(-1))
    $('on').addEventListener('click', () => turn(1))
    $('along').addEventListener('change', event => seek(event.target.valueAsNumber))
    $('along').addEventListener('input', event => this.#show(event.target.valueAsNumber))
    for (const dialog of this.root.querySelectorAll('dialog')) this.#dialog(dialog)
    this.go = go
    this.#bindSettings()
    addEventListener('keydown', event => this.key(event))
  }

  /* The setting of this kind of reader: sizes of text and of sheets are apart. */
  get settings() {
    return { ...this.#settings, size: this.#settings[`${this.#kind}Size`] ?? 100 }
  }

  onSettings(listener) { this.#listener = listener }

  /* Set one by other means than the form: a key, two fingers. */
  choose(name, value) {
    this.#settings[this.#keyOf(name)] = value
    this.#fill($('settings-form'))
    this.#change()
  }

  #keyOf(name) { return name === 'size' ? `${this.#kind}Size` : name }

  /* Which way the pages turn. The buttons stand as the book turns, not as the page's language. */
  set direction(direction) {
    this.root.dataset.turns = direction
    $('along').dir = direction
  }

  ready() {
    for (const key of this.root.querySelectorAll('.reader-bar, .reader-bar button')) {
      if (key.id !== 'open-contents') key.hidden = false
    }
    this.say('')
    document.documentElement.dataset.reader = 'ready'
  }

  at(fraction, words = '') {
    $('along').value = fraction
    this.#show(fraction, words)
  }

  #show(fraction, words = '') {
    const shown = words || percent(fraction)
    $('where').textContent = shown
    $('along').setAttribute('aria-valuetext', words || say(this.root, 'percent', { percent: shown }))
  }

  /* Say something in the status line, for a while; a grave thing takes the place of the book. */
  say(name, { isGrave = false } = {}) {
    const said = $('said')
    if (said.hasAttribute('data-grave')) return
    clearTimeout(this.#saying)
    if (name && !isGrave) this.#saying = setTimeout(() => this.say(''), LONG_ENOUGH)
    said.textContent = name ? say(this.root, name) : ''
    said.toggleAttribute('data-grave', isGrave)
    if (isGrave) $('stage').hidden = true
  }

  /* Entries are { label, place, inner }; `go` is called with a place. */
  contents(entries) {
    const list = $('contents-list')
    list.replaceChildren(this.#list(entries))
    const more = $('contents').querySelector('[data-opens]')
    $('open-contents').hidden = !entries.length && !more
    $('contents-none').hidden = entries.length > 0
  }

  current(place) {
    for (const line of $('contents-list').querySelectorAll('button')) {
      if (place !== undefined && line.dataset.place === String(place)) line.setAttribute('aria-current', 'true')
      else line.removeAttribute('aria-current')
    }
  }

  #list(entries) {
    const list = document.createElement('ol')
    for (const { label, place, inner } of entries) {
      const item = document.createElement('li')
      const line = document.createElement('button')
      line.type = 'button'
      line.dir = 'auto'
      line.textContent = label
      line.dataset.place = place
      line.addEventListener('click', () => { $('contents').close(); this.go(place) })
      item.append(line)
      if (inner?.length) item.append(this.#list(inner))
      list.append(item)
    }
    return list
  }

  /* A sheet opens by what says so, from the bar or from another sheet, which closes. */
  #dialog(dialog) {
    for (const opener of document.querySelectorAll(`#open-${dialog.id}, [data-opens="${dialog.id}"]`)) {
      opener.addEventListener('click', () => {
        opener.closest('dialog')?.close()
        dialog.showModal()
        dialog.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' })
      })
    }
    dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close() })
  }

  #bindSettings() {
    const form = $('settings-form')
    this.#fill(form)
    form.addEventListener('input', ({ target }) => {
      this.#settings[this.#keyOf(target.name)] = target.type === 'range' ? target.valueAsNumber : target.value
      this.#change()
    })
    form.addEventListener('reset', event => {
      event.preventDefault()
      this.#settings = { ...DEFAULTS }
      this.#fill(form)
      this.#change()
    })
    this.#apply()
  }

  #fill(form) {
    const { settings } = this
    for (const field of form.elements) {
      if (!field.name) continue
      if (field.type === 'radio') field.checked = settings[field.name] === field.value
      else field.value = settings[field.name] ?? field.defaultValue
    }
  }

  #change() {
    try { localStorage.setItem(SETTINGS, JSON.stringify(this.#settings)) } catch { /* for now only */ }
    this.#apply()
    this.#listener(this.settings)
  }

  #apply() {
    this.root.dataset.theme = this.#settings.theme
    for (const range of $('settings-form').querySelectorAll('[type="range"]')) {
      range.parentElement.querySelector('output').textContent = percent(range.valueAsNumber / 100)
    }
  }

  /* Where a link asked to begin (#at=…), once: going back or loading anew returns to one's place. */
  get asked() {
    const at = new URLSearchParams(location.hash.slice(1)).get('at')
    if (at) history.replaceState(history.state, '', location.pathname + location.search)
    return at
  }

  /* The last page is reached, or left again: who wants to know listens at the root. */
  end(isAtEnd) {
    this.root.dispatchEvent(new CustomEvent('reader-end', { detail: { isAtEnd } }))
  }

  toggleBars() { this.root.toggleAttribute('data-bare') }

  /* Keys, from the page and from inside the book. */
  key(event) {
    if (event.defaultPrevented) return
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyF' && this.onFind) {
      event.preventDefault()
      return this.onFind()
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    this.root.removeAttribute('data-bare')
    if (document.querySelector('dialog[open]') || event.target?.closest?.('input, select, textarea')) return
    /* Shift with an arrow chooses words. */
    if (event.shiftKey && event.key.startsWith('Arrow')) return
    if (this.onKey?.(event)) return event.preventDefault()
    const isRtl = this.root.dataset.turns === 'rtl'
    const steps = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1, PageDown: 1, PageUp: -1 }
    const onButton = event.target?.closest?.('button, a')
    if (event.key === ' ' && !onButton) steps[' '] = event.shiftKey ? -1 : 1
    if (!(event.key in steps)) return
    event.preventDefault()
    this.turn(steps[event.key])
  }
}
