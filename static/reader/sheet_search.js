/* Search in the words of a PDF, page by page, and show what was found on the sheets. */
import { onSheet } from './sheet_rects.js'

const AROUND = 60
const POINTS = /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069]/
const ALIKE = { '׳': "'", '’': "'", '‘': "'", '״': '"', '“': '"', '”': '"', '־': '-', '–': '-', '—': '-' }
const tidy = text => text.replace(/\s+/g, ' ')

/* Text as it is compared: without points or case, white space as one space; `at` leads back. */
const compared = text => {
  let plain = ''
  const at = []
  for (let index = 0; index < text.length; index += 1) {
    for (const letter of text[index].normalize('NFKD')) {
      if (POINTS.test(letter)) continue
      const same = /\s/.test(letter) ? ' ' : (ALIKE[letter] ?? letter).toLowerCase()
      if (same === ' ' && plain.endsWith(' ')) continue
      plain += same
      for (let unit = 0; unit < same.length; unit += 1) at.push(index)
    }
  }
  return { plain, at }
}

const hitsIn = (text, wanted) => {
  const { plain, at } = compared(text)
  const hits = []
  for (let from = plain.indexOf(wanted); from >= 0; from = plain.indexOf(wanted, from + wanted.length))
    hits.push({ start: at[from], end: at[from + wanted.length - 1] + 1 })
  return hits
}

const excerpt = (text, { start, end }) => ({
  pre: tidy(text.slice(Math.max(0, start - AROUND), start)).trimStart(),
  match: tidy(text.slice(start, end)),
  post: tidy(text.slice(end, end + AROUND)).trimEnd(),
})

/* Pieces of text follow each other with a line's end between lines. */
const textOf = ({ str, hasEOL }) => (hasEOL ? `${str}\n` : str)
const joined = items => items.filter(({ str }) => str !== undefined).map(textOf).join('')

export class SheetSearch {
  #pdf; #sheets; #nameOf; #hits = new Map(); #here = null; #hasWords = false; #turn = 0
  constructor(pdf, sheets, nameOf) {
    this.#pdf = pdf
    this.#sheets = sheets
    this.#nameOf = nameOf
  }

  /* Pages that are pictures of pages have no words to find. */
  get isWordless() { return !this.#hasWords }

  /* For the finder: how far it is, and each page with what was found on it; or one page only. */
  async * search({ query, only = 0 }) {
    const wanted = compared(query).plain.trim()
    this.#hasWords = !wanted
    const turn = this.#turn
    const last = only || this.#sheets.count
    for (let page = only || 1; wanted && page <= last; page += 1) {
      const proxy = await this.#pdf.getPage(page)
      const text = joined((await proxy.getTextContent({ includeMarkedContent: true })).items)
      if (turn !== this.#turn) return
      if (!this.#sheets.sheet(page).words) proxy.cleanup()
      this.#hasWords ||= text.trim() !== ''
      yield { progress: page / this.#sheets.count }
      const hits = hitsIn(text, wanted)
      if (!hits.length) continue
      this.#hits.set(page, hits)
      this.draw(this.#sheets.sheet(page))
      yield {
        label: this.#nameOf(page),
        subitems: hits.map((hit, index) => ({ cfi: { page, index }, excerpt: excerpt(text, hit) })),
      }
    }
  }

  clearSearch() {
    this.#turn += 1
    const pages = [...this.#hits.keys()]
    this.#hits.clear()
    this.#here = null
    for (const page of pages) this.draw(this.#sheets.sheet(page))
  }

  /* The hit that is gone to is drawn stronger, and brought into sight once its sheet is there. */
  point(found) {
    const before = this.#here
    this.#here = { ...found, isNew: true }
    for (const { page } of [before, found].filter(Boolean)) this.draw(this.#sheets.sheet(page))
  }

  draw(sheet) {
    const { words, number } = sheet
    if (!words) return
    const hits = this.#hits.get(number) ?? []
    sheet.cover('found', hits.map((hit, index) => ({
      rects: this.#rects(sheet, words, hit), isHere: this.#here?.page === number && this.#here.index === index,
    })))
    if (!this.#here?.isNew || this.#here.page !== number) return
    this.#here.isNew = false
    sheet.element.querySelector('[data-here]')?.scrollIntoView({ block: 'center', inline: 'center' })
  }

  #rects(sheet, { divs, items }, { start, end }) {
    const range = document.createRange()
    let [at, hasBegun] = [0, false]
    for (const [index, item] of items.entries()) {
      const node = divs[index]?.firstChild
      const [from, to] = [start - at, end - at]
      if (node && from < item.str.length && to > 0) {
        if (!hasBegun) range.setStart(node, Math.max(0, from))
        range.setEnd(node, Math.min(node.length, to))
        hasBegun = true
      }
      at += textOf(item).length
    }
    return hasBegun ? onSheet(range, sheet).rects : []
  }
}
