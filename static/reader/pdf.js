/* The PDF reader: sheets in our frame. */
import { Finder } from './finder.js'
import { Frame } from './frame.js'
import { Notebook } from './notebook.js'
import { NoteKeeper } from './notes.js'
import { Offline } from './offline.js'
import { nested, openPdf, outlineOf, pageOf, troubleOf } from './pdf_file.js'
import { PageNames } from './pages.js'
import { PlaceKeeper } from './place.js'
import { Sheet } from './sheet.js'
import { SheetMarks, compare } from './sheet_marks.js'
import { SheetSearch } from './sheet_search.js'
import { Sheets } from './sheets.js'
import { Thumbs } from './thumbs.js'
import { Touching } from './touching.js'
import { Zoom } from './zoom.js'

const EDGE = 0.2
const LINES = 96
const TURNS_TO_STAY = 3
const $ = id => document.getElementById(id)

const room = $('sheets')
const back = $('return')
const sheets = new Sheets(room, () => relocate())
let turned = 0
let entries = []

const turn = step => {
  turned += 1
  if (turned >= TURNS_TO_STAY) back.hidden = true
  sheets.turn(step)
}

/* Go somewhere else, and offer the way back until the reader has read on from there. */
const jump = page => {
  const from = sheets.here
  sheets.goTo(Number(page))
  turned = 0
  back.hidden = sheets.page === from.page
  back.onclick = () => { back.hidden = true; sheets.goTo(from.page, from.offset) }
}

const frame = new Frame('pdf', {
  turn,
  seek: fraction => sheets.goTo(1 + Math.round(fraction * (sheets.count - 1))),
  go: jump,
})
const { root } = frame
const tell = trouble => frame.say(trouble)
const names = new PageNames(root)
const keeper = new PlaceKeeper(root, tell)
const notes = new NoteKeeper(root, tell)
const entryAt = page => entries.filter(entry => entry.place <= page).at(-1)
const notebook = new Notebook(root, notes, {
  go: ({ anchor }) => jump(anchor.page), compare, where: ({ anchor }) => names.short(anchor.page),
})
const marks = new SheetMarks(room, sheets, notes, {
  edit: note => notebook.edit(note), chapterAt: page => entryAt(page)?.label ?? '',
})
const zoom = new Zoom(room, sheets, frame)
let search = null
let thumbs = null

const relocate = ({ isKept = true } = {}) => {
  const place = sheets.here
  const { count } = sheets
  const fraction = sheets.isAtEnd ? 1 : (place.page - 1 + place.offset) / count
  const words = names.long(place.page)
  frame.at(count > 1 ? (place.page - 1) / (count - 1) : 0, words)
  names.speak(words)
  frame.current(entryAt(place.page)?.place)
  thumbs?.current(sheets.spreadOf(place.page))
  marks.showBookmark()
  if (isKept) keeper.keep(place, fraction)
  frame.end(sheets.isAtEnd)
}

/* A tap at an edge turns where a page is shown whole; on a note it opens that; else it clears the bars
   away, or brings them back. */
const onTap = event => {
  if (event.target.closest('a, button') || !document.getSelection().isCollapsed) return
  if (marks.isLettingGo || marks.open(event)) return
  const { left, width } = room.getBoundingClientRect()
  const along = (event.clientX - left) / width
  const isAtEdge = sheets.isPaged && !sheets.isWide && (along <= EDGE || along >= 1 - EDGE)
  if (isAtEdge) turnTo(along > EDGE ? 1 : -1)
  else frame.toggleBars()
}

/* To the right is on in a book that opens from the left, and back in one that opens from the right. */
const turnTo = step => turn(root.dataset.turns === 'rtl' ? -step : step)

const keys = {
  Home: () => jump(1),
  End: () => jump(sheets.count),
  '+': () => zoom.step(1),
  '=': () => zoom.step(1),
  '-': () => zoom.step(-1),
  0: () => zoom.whole(),
  ArrowDown: () => room.scrollBy(0, LINES),
  ArrowUp: () => room.scrollBy(0, -LINES),
}

frame.onFind = () => $('open-search').click()
frame.onKey = ({ key, code, target, shiftKey }) => {
  if (code === 'KeyG' && thumbs) { thumbs.open(); return true }
  const step = { PageDown: 1, PageUp: -1, ' ': shiftKey ? -1 : 1 }[key]
  if (step && sheets.isPaged && !target.closest?.('button, a')) return sheets.slide(step)
  if (!(key in keys)) return false
  keys[key]()
  return true
}

const fill = async pdf => {
  const first = await pdf.getPage(1)
  const { width, height } = first.getViewport({ scale: 1 })
  const ratio = height / width
  const language = root.dataset.language
  const go = async dest => { const page = await pageOf(pdf, dest); if (page) jump(page) }
  const onDrawn = sheet => { marks.draw(sheet); search.draw(sheet) }
  search = new SheetSearch(pdf, sheets, page => names.short(page))
  sheets.fill(Array.from({ length: pdf.numPages }, (_, index) =>
    new Sheet(pdf, index + 1, { ratio, language, go, onDrawn, name: names.short(index + 1) })), frame.settings)
  return ratio
}

/* Where the reader stopped; what was kept of another file is as far along as it was. */
const goToPlace = () => {
  const { page, offset, fraction } = root.dataset
  const kept = keeper.ours?.place ?? { page: Number(page), offset: Number(offset) }
  const asked = Number(frame.asked)
  if (asked) sheets.goTo(asked)
  else sheets.goTo(kept.page || 1 + Number(fraction) * (sheets.count - 1), kept.offset || 0)
  keeper.begin(sheets.here)
}

/* What is of use a moment after the page is there. */
const fillIn = async (pdf, ratio) => {
  names.labels = await pdf.getPageLabels().catch(() => null)
  thumbs = new Thumbs(pdf, {
    ratio, direction: root.dataset.turns, go: jump,
    labelOf: page => names.label(page), nameOf: page => names.short(page), pageOf: words => names.pageOf(words),
  })
  new Finder(root, search, found => { search.point(found); jump(found.page) })
  relocate({ isKept: false })
  frame.ready()
  const { contents } = root.dataset
  const lines = contents ? nested(JSON.parse(contents)) : await outlineOf(pdf).catch(() => [])
  const flat = list => list.flatMap(line => [line, ...flat(line.inner)])
  entries = flat(lines)
  frame.contents(lines)
  frame.current(entryAt(sheets.page)?.place)
}

/* What was searched for outside the book: its page, and there the words. */
const goToFound = async () => {
  const asked = new URLSearchParams(location.search)
  const [page, query] = [Number(asked.get('page')), asked.get('find')]
  if (!(page >= 1 && page <= sheets.count)) return
  jump(page)
  for await (const { subitems } of search.search({ query: query ?? '', only: page })) {
    if (subitems) return search.point(subitems[0].cfi)
  }
}

const start = async () => {
  const pdf = await openPdf(root.dataset.file, Number(root.dataset.size), tell)
  frame.direction = root.dataset.direction || 'ltr'
  names.count = pdf.numPages
  const ratio = await fill(pdf)
  goToPlace()
  relocate({ isKept: false })
  await sheets.sheet(sheets.page).show()
  sheets.watch()
  frame.onSettings(settings => sheets.arrange(settings))
  room.addEventListener('click', onTap)
  new Touching(room, sheets, { zoom: (factor, at) => zoom.by(factor, at), turn: turnTo })
  await fillIn(pdf, ratio)
  await goToFound().catch(error => console.warn(error))
  await notes.load()
  new Offline(root, (trouble, how) => frame.say(trouble, how))
}

start().catch(error => {
  console.error(error)
  frame.say(troubleOf(error), { isGrave: true })
})
