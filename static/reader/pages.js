/* What the pages of a PDF are called: by their own labels where they have some (iv, A-3), and by their
   number. */
import { say } from './words.js'

const QUIET = 600
const $ = id => document.getElementById(id)

export class PageNames {
  labels = null; count = 0
  #root; #settling = 0; #spoken = ''
  constructor(root) { this.#root = root }

  label(page) { return this.labels?.[page - 1] || String(page) }

  short(page) { return say(this.#root, 'sheet', { page: this.label(page) }) }

  long(page) {
    const label = this.label(page)
    const isOwn = label !== String(page)
    return say(this.#root, isOwn ? 'labelled' : 'page', { page, label, count: this.count })
  }

  /* The page somebody asks for, by label first; null where there is none. */
  pageOf(words) {
    const wanted = words.trim().toLowerCase()
    const labelled = this.labels?.findIndex(label => label.toLowerCase() === wanted) ?? -1
    if (wanted && labelled >= 0) return labelled + 1
    const page = Number(wanted)
    return Number.isInteger(page) && page >= 1 && page <= this.count ? page : null
  }

  /* Say a new page to who listens, once the turning rests. */
  speak(words) {
    clearTimeout(this.#settling)
    this.#spoken ||= words
    if (words === this.#spoken) return
    this.#settling = setTimeout(() => {
      $('spoken').textContent = words
      this.#spoken = words
    }, QUIET)
  }
}
