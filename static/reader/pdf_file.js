/* Open a PDF piece by piece: only what a page needs is fetched, and fetched again when the net was away. */
import * as pdfjs from '../built/pdfjs/build/pdf.min.mjs'
import { ClosedError, piece } from './served.js'

const BUILT = new URL('../built/pdfjs/', import.meta.url).href
const BLOCK = 32 * 1024
const AGAIN = 4000

pdfjs.GlobalWorkerOptions.workerSrc = `${BUILT}build/pdf.worker.min.mjs`

const later = () => new Promise(resolve => {
  const timer = setTimeout(resolve, AGAIN)
  addEventListener('online', () => { clearTimeout(timer); resolve() }, { once: true })
})

class Pieces extends pdfjs.PDFDataRangeTransport {
  #url; #tell; #isAway = false
  constructor(url, size, beginning, tell) {
    super(size, beginning)
    this.#url = url
    this.#tell = tell
  }

  async requestDataRange(begin, end) {
    for (;;) {
      try {
        this.onDataRange(begin, await piece(this.#url, begin, end))
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

/* The document; `tell` hears when a piece cannot be had. */
export const openPdf = async (url, size, tell) => {
  const beginning = await piece(url, 0, Math.min(BLOCK, size))
  return pdfjs.getDocument({
    range: new Pieces(url, size, beginning, tell),
    rangeChunkSize: BLOCK,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    cMapUrl: `${BUILT}cmaps/`,
    standardFontDataUrl: `${BUILT}standard_fonts/`,
    wasmUrl: `${BUILT}wasm/`,
    iccUrl: `${BUILT}iccs/`,
  }).promise
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
