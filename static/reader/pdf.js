/* The PDF reader: sheets one below another, each drawn when it comes near. */
import * as pdfjs from '../built/pdfjs/build/pdf.min.mjs'
import { Frame } from './frame.js'
import { PlaceKeeper } from './place.js'
import { Sheet } from './sheet.js'
import { say } from './words.js'

const BUILT = new URL('../built/pdfjs/', import.meta.url).href
const CLOSED = [403, 404]

pdfjs.GlobalWorkerOptions.workerSrc = `${BUILT}build/pdf.worker.min.mjs`

const room = document.getElementById('sheets')
let sheets = []
let showing = 0
let isMoving = false

const goTo = (number, offset = 0) => {
  const sheet = sheets[Math.min(Math.max(number, 1), sheets.length) - 1]
  room.scrollTop = sheet.element.offsetTop - room.offsetTop + offset * sheet.element.offsetHeight - 8
}

const frame = new Frame('pdf', {
  turn: step => goTo(showing + step),
  seek: fraction => goTo(1 + Math.round(fraction * (sheets.length - 1))),
  go: number => goTo(Number(number)),
})
const { root } = frame
const keeper = new PlaceKeeper(root, trouble => frame.say(trouble))

/* Which sheet stands at the top, and how far into it. */
const here = () => {
  const line = room.scrollTop + 16
  const index = sheets.findLastIndex(({ element }) => element.offsetTop <= line)
  const { element } = sheets[Math.max(index, 0)]
  const offset = Math.max(0, (room.scrollTop + 8 - element.offsetTop) / element.offsetHeight)
  return { page: Math.max(index, 0) + 1, offset: Math.round(Math.min(offset, 1) * 1000) / 1000 }
}

const isAtEnd = () => room.scrollTop + room.clientHeight >= room.scrollHeight - 24

const relocate = ({ isKept = true } = {}) => {
  const place = here()
  const count = sheets.length
  const fraction = isAtEnd() ? 1 : (place.page - 1 + place.offset) / count
  showing = place.page
  frame.at(count > 1 ? (place.page - 1) / (count - 1) : 0, say(root, 'page', { page: place.page, count }))
  frame.current(entryAt(place.page))
  if (isKept) keeper.keep(place, fraction)
}

let entries = []
const entryAt = page => entries.filter(entry => entry <= page).at(-1)

const pageOf = async (pdf, dest) => {
  const explicit = typeof dest === 'string' ? await pdf.getDestination(dest) : dest
  if (!Array.isArray(explicit)) return null
  const [target] = explicit
  return (Number.isInteger(target) ? target : await pdf.getPageIndex(target)) + 1
}

const outline = async (pdf, items) => {
  const found = []
  for (const item of items ?? []) {
    const place = await pageOf(pdf, item.dest).catch(() => null)
    if (place) {
      entries.push(place)
      found.push({ label: item.title.trim(), place, inner: await outline(pdf, item.items) })
    }
  }
  return found
}

/* Sizes come from the sheets' own proportions; the place stays while they change. */
const arrange = () => {
  const place = sheets.length ? here() : null
  const padding = parseFloat(getComputedStyle(room).paddingInlineStart) * 2
  const width = Math.min(room.clientWidth - padding, 900) * (frame.settings.size / 100)
  for (const sheet of sheets) sheet.resize(width)
  if (place) goTo(place.page, place.offset)
}

const watch = () => {
  const near = new IntersectionObserver(found => {
    for (const { target, isIntersecting } of found) {
      const sheet = sheets[Number(target.dataset.number) - 1]
      if (isIntersecting) sheet.show().catch(error => console.error(error))
      else sheet.hide()
    }
  }, { root: room, rootMargin: '120% 0px' })
  for (const { element } of sheets) near.observe(element)
  room.addEventListener('scroll', () => {
    if (isMoving) return
    isMoving = true
    requestAnimationFrame(() => { isMoving = false; relocate() })
  }, { passive: true })
  let settling = 0
  new ResizeObserver(() => {
    clearTimeout(settling)
    settling = setTimeout(arrange, 120)
  }).observe(room)
}

const start = async () => {
  const pdf = await pdfjs.getDocument({
    url: root.dataset.file,
    rangeChunkSize: 128 * 1024,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    cMapUrl: `${BUILT}cmaps/`,
    standardFontDataUrl: `${BUILT}standard_fonts/`,
    wasmUrl: `${BUILT}wasm/`,
    iccUrl: `${BUILT}iccs/`,
  }).promise
  const first = await pdf.getPage(1)
  const { width, height } = first.getViewport({ scale: 1 })
  const language = (await pdf.getMetadata()).info?.Language ?? ''
  frame.direction = root.dataset.direction || 'ltr'
  sheets = Array.from({ length: pdf.numPages }, (_, index) => new Sheet({
    pdf, pdfjs, number: index + 1, ratio: height / width, language,
    name: say(root, 'sheet', { page: index + 1 }),
    go: async dest => { const page = await pageOf(pdf, dest); if (page) goTo(page) },
  }))
  room.append(...sheets.map(({ element }) => element))
  arrange()
  frame.onSettings(arrange)
  frame.ready()
  const kept = keeper.ours?.place ?? { page: Number(root.dataset.page), offset: Number(root.dataset.offset) }
  goTo(kept.page || 1, kept.offset || 0)
  keeper.begin(here())
  watch()
  relocate({ isKept: false })
  const items = await pdf.getOutline().then(found => outline(pdf, found))
  frame.contents(items)
  frame.current(entryAt(showing))
}

start().catch(error => {
  console.error(error)
  frame.say(CLOSED.includes(error.status) ? 'closed' : 'failed', { isGrave: true })
})
