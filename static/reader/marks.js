/* Notes on the pages of an EPUB: highlights drawn, words selected, the bookmark of the page. */
import * as CFI from '../built/foliate/epubcfi.js'
import { Overlayer } from '../built/foliate/overlayer.js'

const COLOURS = { yellow: '#f5c518', green: '#5fb85f', blue: '#5b9bf0', pink: '#ee7fb0' }
const LONGEST_QUOTE = 1500
const LONGEST_LABEL = 140
const $ = id => document.getElementById(id)
const tidy = text => text.replace(/\s+/g, ' ').trim()

/* One that has words is underlined too, so that colour alone does not say it. */
const drawn = (rects, { color, hasText }) => {
  const group = Overlayer.highlight(rects, { color })
  if (!hasText) return group
  const both = group.cloneNode(false)
  both.removeAttribute('style')
  both.append(group, Overlayer.underline(rects, { color }))
  return both
}

/* Which of two notes stands first. */
export const compare = (one, other) => {
  try {
    return CFI.compare(one.anchor.cfi, other.anchor.cfi) || one.fraction - other.fraction
  } catch {
    return one.fraction - other.fraction
  }
}

/* Where words stand in a document, for a note whose place says others: a new edition moved them. */
const find = (doc, words) => {
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT)
  const letters = []
  let text = ''
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const [at, letter] of [...node.data].entries()) {
      const plain = /\s/.test(letter) ? ' ' : letter
      if (plain === ' ' && text.endsWith(' ')) continue
      text += plain
      for (let unit = 0; unit < plain.length; unit += 1) letters.push([node, at])
    }
  }
  const start = text.indexOf(words)
  if (start < 0) return null
  const range = doc.createRange()
  const [first, last] = [letters[start], letters[start + words.length - 1]]
  range.setStart(...first)
  range.setEnd(last[0], last[1] + 1)
  return range
}

export class Marks {
  #view; #notes; #edit; #selected = null; #wasSelected = false; #drawn = new WeakMap()
  constructor(view, notes, edit) {
    this.#view = view
    this.#notes = notes
    this.#edit = edit
    notes.addEventListener('change', () => this.#drawAll())
    view.addEventListener('create-overlay', () => queueMicrotask(() => this.#drawAll()))
    for (const button of $('selected').querySelectorAll('[data-colour]'))
      button.addEventListener('click', () => this.#highlight(button.dataset.colour))
    $('selected-note').addEventListener('click', () => this.#write())
    $('bookmark').addEventListener('click', () => this.toggleBookmark())
  }

  /* Listen to what is selected in a chapter's document. */
  attach(doc, index) {
    let settling = 0
    doc.addEventListener('pointerdown', () => {
      this.#wasSelected = Boolean(this.#selected)
    })
    doc.addEventListener('selectionchange', () => {
      clearTimeout(settling)
      settling = setTimeout(() => this.#select(doc, index), 150)
    })
    this.#select(doc, index)
  }

  /* Whether a tap did no more than let go of what was selected. */
  get isLettingGo() { return this.#wasSelected }

  /* Open the note under a tap; whether there was one. */
  open(event) {
    const [{ overlayer } = {}] = this.#view.renderer.getContents()
    const [name] = overlayer?.hitTest({ x: event.clientX, y: event.clientY }) ?? []
    const note = this.#notes.all.find(each => each.name === name)
    if (note) this.#edit(note)
    return Boolean(note)
  }

  showBookmark() { $('bookmark').setAttribute('aria-pressed', String(this.#bookmarksHere().length > 0)) }

  toggleBookmark() {
    const here = this.#bookmarksHere()
    for (const { name } of here) this.#notes.drop(name)
    if (here.length) return
    const { cfi, range } = this.#view.lastLocation
    const [{ index }] = this.#view.renderer.getContents()
    const quote = tidy(range?.toString() ?? '').slice(0, LONGEST_LABEL)
    this.#notes.put(this.#noteAt(index, range, { kind: 'bookmark', cfi: CFI.collapse(cfi), quote }))
  }

  #bookmarksHere() {
    const cfi = this.#view.lastLocation?.cfi
    if (!cfi) return []
    const [start, end] = [CFI.collapse(cfi), CFI.collapse(cfi, true)]
    const isHere = at => CFI.compare(start, at) === 0 || (CFI.compare(start, at) < 0 && CFI.compare(at, end) < 0)
    return this.#notes.all.filter(({ kind, anchor }) => kind === 'bookmark' && anchor.cfi && isHere(anchor.cfi))
  }

  #select(doc, index) {
    const selection = doc.getSelection()
    const words = selection && !selection.isCollapsed ? tidy(selection.toString()) : ''
    const isDrawable = this.#view.renderer.getContents().some(each => each.overlayer)
    this.#selected = words && isDrawable ? { index, range: selection.getRangeAt(0).cloneRange(), words } : null
    $('selected').hidden = !this.#selected
  }

  #made(colour) {
    const { index, range, words } = this.#selected
    range.startContainer.ownerDocument.getSelection().removeAllRanges()
    this.#selected = null
    $('selected').hidden = true
    const cfi = this.#view.getCFI(index, range)
    return this.#noteAt(index, range, { kind: 'highlight', colour, cfi, quote: words.slice(0, LONGEST_QUOTE) })
  }

  #highlight(colour) { this.#notes.put(this.#made(colour)) }

  #write() { this.#edit({ ...this.#made('yellow'), kind: 'note' }) }

  #noteAt(index, range, { kind, cfi, quote, colour = 'yellow' }) {
    const chapter = this.#view.getProgressOf(index, range).tocItem?.label ?? ''
    return {
      kind, colour, quote, chapter: tidy(chapter).slice(0, 200), text: '', anchor: { cfi },
      fraction: this.#fractionOf(index, range),
    }
  }

  /* How far along the book: by letters within the chapter, so that notes of one page keep their order. */
  #fractionOf(index, range) {
    const bounds = [...this.#view.getSectionFractions(), 1]
    const [start, end] = [bounds[index] ?? 0, bounds[index + 1] ?? 1]
    if (!range?.startContainer) return Math.min(1, start)
    const doc = range.startContainer.ownerDocument
    const before = doc.createRange()
    before.setStart(doc.body, 0)
    before.setEnd(range.startContainer, range.startOffset)
    const along = before.toString().length / Math.max(1, doc.body.textContent.length)
    return Math.min(1, Math.max(0, start + (end - start) * along))
  }

  #drawAll() {
    this.showBookmark()
    const [{ doc, index, overlayer } = {}] = this.#view.renderer?.getContents() ?? []
    if (!overlayer) return
    overlayer.element.style.mixBlendMode = 'var(--marks-blend, normal)'
    for (const name of this.#drawn.get(overlayer) ?? []) overlayer.remove(name)
    const here = this.#notes.all.filter(note => note.kind !== 'bookmark')
    const names = here.filter(note => this.#draw(note, doc, index, overlayer)).map(({ name }) => name)
    this.#drawn.set(overlayer, names)
  }

  #draw(note, doc, index, overlayer) {
    const found = note.anchor.cfi ? this.#view.resolveNavigation(note.anchor.cfi) : null
    if (found?.index !== index) return false
    const range = this.#rangeOf(note, found, doc)
    if (range) overlayer.add(note.name, range, drawn, { color: COLOURS[note.colour], hasText: Boolean(note.text) })
    return Boolean(range)
  }

  #rangeOf({ quote }, { anchor }, doc) {
    let range = null
    try { range = anchor(doc) } catch { /* of an earlier edition */ }
    if (range?.startContainer && tidy(range.toString()).startsWith(quote)) return range
    return quote ? find(doc, quote) : null
  }
}
