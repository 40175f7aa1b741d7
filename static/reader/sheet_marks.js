/* Notes on the sheets of a PDF: highlights drawn, words chosen, the bookmark of the page. */
import { isIn, onSheet } from './sheet_rects.js'

const LONGEST_QUOTE = 1500
const LONGEST_LABEL = 140
const $ = id => document.getElementById(id)
const tidy = text => text.replace(/\s+/g, ' ').trim()
const topOf = note => note.anchor.rects?.[0]?.[1] ?? 0

/* Which of two notes stands first. */
export const compare = (one, other) =>
  one.anchor.page - other.anchor.page || topOf(one) - topOf(other) || one.fraction - other.fraction

export class SheetMarks {
  #sheets; #notes; #edit; #chapterAt; #chosen = []; #wasChosen = false
  constructor(room, sheets, notes, { edit, chapterAt }) {
    this.#sheets = sheets
    this.#notes = notes
    this.#edit = edit
    this.#chapterAt = chapterAt
    this.#listen(room)
    notes.addEventListener('change', () => {
      for (const sheet of sheets.shown) this.draw(sheet)
      this.showBookmark()
    })
    for (const button of $('selected').querySelectorAll('[data-colour]'))
      button.addEventListener('click', () => this.#highlight(button.dataset.colour))
    $('selected-note').addEventListener('click', () => this.#write())
    $('bookmark').addEventListener('click', () => this.toggleBookmark())
  }

  #listen(room) {
    let settling = 0
    room.addEventListener('pointerdown', () => { this.#wasChosen = this.#chosen.length > 0 })
    document.addEventListener('pointerup', () => {
      for (const layer of room.querySelectorAll('[data-choosing]')) layer.removeAttribute('data-choosing')
    })
    document.addEventListener('selectionchange', () => {
      clearTimeout(settling)
      settling = setTimeout(() => this.#choose(), 150)
    })
  }

  /* Whether a tap did no more than let go of what was chosen. */
  get isLettingGo() { return this.#wasChosen }

  draw(sheet) {
    const here = this.#notes.all.filter(({ kind, anchor }) => kind !== 'bookmark' && anchor.page === sheet.number)
    sheet.cover('marks', here.map(({ anchor, colour, text }) => ({ rects: anchor.rects, colour, isWritten: text })))
  }

  /* Open the note under a tap; whether there was one. */
  open({ clientX, clientY, target }) {
    const element = target.closest?.('.sheet')
    if (!element) return false
    const { left, top, width, height } = element.getBoundingClientRect()
    const [x, y] = [(clientX - left) / width, (clientY - top) / height]
    const note = this.#notes.all.findLast(({ kind, anchor }) => kind !== 'bookmark'
      && anchor.page === Number(element.dataset.number) && anchor.rects.some(rect => isIn(rect, x, y)))
    if (note) this.#edit(note)
    return Boolean(note)
  }

  showBookmark() { $('bookmark').setAttribute('aria-pressed', String(this.#bookmarksHere().length > 0)) }

  toggleBookmark() {
    const here = this.#bookmarksHere()
    for (const { name } of here) this.#notes.drop(name)
    if (here.length) return
    const { page } = this.#sheets
    const quote = tidy(this.#sheets.sheet(page).words?.items.map(({ str }) => str).join(' ') ?? '').slice(0, LONGEST_LABEL)
    this.#notes.put(this.#note('bookmark', page, [], quote))
  }

  #bookmarksHere() {
    const pages = this.#sheets.spreadOf(this.#sheets.page)
    return this.#notes.all.filter(({ kind, anchor }) => kind === 'bookmark' && pages.includes(anchor.page))
  }

  /* What is chosen, sheet by sheet: a note stands on one page. */
  #choose() {
    const selection = document.getSelection()
    const range = selection?.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null
    this.#chosen = !range ? [] : this.#sheets.shown
      .map(sheet => ({ page: sheet.number, ...onSheet(range, sheet) }))
      .filter(({ rects, text }) => rects.length && tidy(text))
    $('selected').hidden = !this.#chosen.length
  }

  #made(colour) {
    const notes = this.#chosen.map(({ page, rects, text }) =>
      ({ ...this.#note('highlight', page, rects, tidy(text).slice(0, LONGEST_QUOTE)), colour }))
    document.getSelection().removeAllRanges()
    this.#chosen = []
    $('selected').hidden = true
    return notes
  }

  #highlight(colour) { for (const note of this.#made(colour)) this.#notes.put(note) }

  #write() {
    const [first, ...others] = this.#made('yellow')
    for (const note of others) this.#notes.put(note)
    this.#edit({ ...first, kind: 'note' })
  }

  #note(kind, page, rects, quote) {
    const along = (page - 1 + (rects[0]?.[1] ?? 0)) / this.#sheets.count
    return {
      kind, quote, text: '', colour: 'yellow', anchor: { page, rects },
      chapter: tidy(this.#chapterAt(page)).slice(0, 200), fraction: Math.min(1, Math.max(0, along)),
    }
  }
}
