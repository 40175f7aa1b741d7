/* Open a PDF piece by piece: only what a page needs is fetched, and fetched again when the net was away. */
import * as pdfjs from '../built/pdfjs/build/pdf.min.mjs'
import { ClosedError, piece } from './served.js'

const BUILT = new URL('../built/pdfjs/', import.meta.url).href
const BLOCK = 32 * 1024
const AGAIN = 4000
const MOST = 64 * 1024 * 1024
const LET_GO = 15_000

pdfjs.GlobalWorkerOptions.workerSrc = `${BUILT}build/pdf.worker.min.mjs`

const later = () => new Promise(resolve => {
  const timer = setTimeout(resolve, AGAIN)
  addEventListener('online', () => { clearTimeout(timer); resolve() }, { once: true })
})

class Pieces extends pdfjs.PDFDataRangeTransport {
  #url; #tell; #count; #fetched = 0; #isAway = false
  constructor(url, size, beginning, { tell, count }) {
    super(size, beginning)
    this.#url = url
    this.#tell = tell
    this.#count = count
  }

  async requestDataRange(begin, end) {
    for (;;) {
      try {
        this.onDataRange(begin, await piece(this.#url, begin, end))
        this.#fetched += end - begin
        this.#count(this.#fetched)
        if (this.#isAway) this.#tell('')
        this.#isAway = false
        return
      } catch (error) {
        if (error instanceof ClosedError) return this.#tell('closed')
        this.#isAway = true
        this.#tell('unread')
        await later()
      }
    }
  }
}

const opened = pieces => pdfjs.getDocument({
  range: pieces,
  rangeChunkSize: BLOCK,
  disableAutoFetch: true,
  disableStream: true,
  enableXfa: false,
  cMapUrl: `${BUILT}cmaps/`,
  standardFontDataUrl: `${BUILT}standard_fonts/`,
  wasmUrl: `${BUILT}wasm/`,
  iccUrl: `${BUILT}iccs/`,
}).promise

/* The document, for as long as one reads. pdf.js keeps all it ever fetched: after many pages of a large
   file it is opened anew, and the old one let go. */
class Document {
  #pdf; #make; #isRenewing = false
  constructor(make) { this.#make = make }

  async open() {
    this.#pdf = await opened(this.#make(bytes => this.#count(bytes)))
    return this
  }

  get numPages() { return this.#pdf.numPages }
  getPage(number) { return this.#pdf.getPage(number) }
  getPageLabels() { return this.#pdf.getPageLabels() }
  getOutline() { return this.#pdf.getOutline() }
  getDestination(name) { return this.#pdf.getDestination(name) }
  getPageIndex(ref) { return this.#pdf.getPageIndex(ref) }

  async #count(bytes) {
    if (bytes < MOST || this.#isRenewing) return
    this.#isRenewing = true
    const old = this.#pdf
    try {
      await this.open()
      setTimeout(() => old.destroy(), LET_GO)
    } finally {
      this.#isRenewing = false
    }
  }
}

/* Open it; `tell` hears when a piece cannot be had. */
export const openPdf = async (url, size, tell) => {
  const beginning = await piece(url, 0, Math.min(BLOCK, size))
  return new Document(count => new Pieces(url, size, beginning.slice(), { tell, count })).open()
}

/* The number of the page that a destination of the document leads to, or null. */
export const pageOf = async (pdf, dest) => {
  const explicit = typeof dest === 'string' ? await pdf.getDestination(dest) : dest
  if (!Array.isArray(explicit)) return null
  const [target] = explicit
  return (Number.isInteger(target) ? target : await pdf.getPageIndex(target)) + 1
}

/* Contents as { label, place, inner } from lines of [label, depth, page]. */
export const nested = lines => {
  const root = { inner: [] }
  const above = [root]
  for (const [label, depth, place] of lines) {
    const line = { label, place, inner: [] }
    above.length = Math.min(above.length, depth + 1)
    above.at(-1).inner.push(line)
    above.push(line)
  }
  return root.inner
}

/* The same from the file itself, which costs many pieces of a large one. */
export const outlineOf = async pdf => {
  const lines = async items => {
    const found = []
    for (const item of items ?? []) {
      const place = await pageOf(pdf, item.dest).catch(() => null)
      const inner = await lines(item.items)
      if (place) found.push({ label: item.title.trim(), place, inner })
      else found.push(...inner)
    }
    return found
  }
  return lines(await pdf.getOutline())
}

/* What went wrong, as the name of what is said about it. */
export const troubleOf = error => {
  if (error instanceof ClosedError) return 'closed'
  return { PasswordException: 'password', InvalidPDFException: 'broken' }[error?.name] ?? 'failed'
}

export const { TextLayer } = pdfjs
