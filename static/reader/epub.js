/* The EPUB reader: foliate-js in our frame. */
import { EPUB } from '../built/foliate/epub.js'
import '../built/foliate/view.js'
import { Finder } from './finder.js'
import { showFootnote } from './footnotes.js'
import { Frame } from './frame.js'
import { Marks, compare } from './marks.js'
import { Notebook } from './notebook.js'
import { NoteKeeper } from './notes.js'
import { Offline } from './offline.js'
import { Pictures, pictureAt } from './pictures.js'
import { PlaceKeeper } from './place.js'
import { openZip } from './ranges.js'
import { Scrolling } from './scrolling.js'
import { ClosedError } from './served.js'
import { styles, withRelativeSizes } from './style.js'

const EDGE = 0.28
const TURNS_TO_STAY = 3

const label = text => (typeof text === 'string' ? text : Object.values(text ?? {})[0] ?? '').trim()

const lines = (items, book) => (items ?? []).map(item => ({
  label: label(item.label),
  place: item.href,
  inner: lines(item.subitems, book),
}))

const view = document.createElement('foliate-view')
const back = document.getElementById('return')
let turned = 0

/* Go somewhere else, and offer the way back until the reader has read on from there. */
const jump = async place => {
  const from = view.lastLocation?.cfi
  await view.goTo(place)
  turned = 0
  back.hidden = !from
  back.onclick = () => { back.hidden = true; view.goTo(from) }
}

const turn = step => {
  turned += 1
  if (turned >= TURNS_TO_STAY) back.hidden = true
  return step > 0 ? view.next() : view.prev()
}

const frame = new Frame('epub', { turn, seek: fraction => view.goToFraction(fraction), go: jump })
const { root } = frame
const tell = trouble => frame.say(trouble)
const fonts = new URL(root.dataset.fonts, location.href).href
const keeper = new PlaceKeeper(root, tell)
const notes = new NoteKeeper(root, tell)
const notebook = new Notebook(root, notes, { go: ({ anchor }) => jump(anchor.cfi), compare })
const marks = new Marks(view, notes, note => notebook.edit(note))
const pictures = new Pictures(root)
const scrolling = new Scrolling(view)
const finder = new Finder(root, view, jump)
frame.onFind = () => finder.open()
frame.onKey = event => scrolling.key(event)

const applySettings = settings => {
  const { renderer } = view
  renderer.setStyles?.(styles(settings, fonts))
  renderer.setAttribute('max-column-count', settings.flow === 'one' ? '1' : '2')
  renderer.setAttribute('flow', settings.flow === 'scrolled' ? 'scrolled' : 'paginated')
}

/* A tap at an edge turns the page; on a note or a picture it opens that; else it clears the bars away,
   or brings them back. */
const onTap = (event, doc) => {
  const selected = doc.getSelection()
  if (event.target.closest?.('a, button, audio, video') || (selected && !selected.isCollapsed)) return
  if (marks.isLettingGo || marks.open(event)) return
  const bounds = root.getBoundingClientRect()
  const inFrame = doc.defaultView?.frameElement?.getBoundingClientRect().left ?? 0
  const along = (event.clientX + inFrame - bounds.left) / bounds.width
  const picture = pictureAt(event.target)
  const isAtEdge = !view.renderer.scrolled && (along <= EDGE || along >= 1 - EDGE)
  if (picture && (!isAtEdge || event.pointerType === 'mouse')) pictures.open(picture)
  else if (!isAtEdge) frame.toggleBars()
  else turn((along <= EDGE) === (view.book.dir === 'rtl') ? 1 : -1)
}

view.addEventListener('load', ({ detail: { doc, index } }) => {
  doc.addEventListener('keydown', event => frame.key(event))
  doc.addEventListener('click', event => onTap(event, doc))
  marks.attach(doc, index)
  pictures.attach(doc)
  scrolling.attach(doc)
  const inner = doc.defaultView?.frameElement
  if (inner) inner.title = doc.title || root.dataset.title
})
view.addEventListener('link', event => {
  event.preventDefault()
  showFootnote(view, event.detail, jump)
    .catch(() => false)
    .then(isShown => { if (!isShown) jump(event.detail.href) })
})
let isOpen = false
let chapter = ''
const placeAt = cfi => (chapter ? { cfi, chapter } : { cfi })
view.addEventListener('relocate', ({ detail }) => {
  const { fraction = 0, cfi, tocItem } = detail
  frame.at(fraction)
  frame.current(tocItem?.href)
  marks.showBookmark()
  frame.end(Boolean(view.renderer.atEnd) || fraction >= 1)
  chapter = label(tocItem?.label).slice(0, 200)
  if (cfi && isOpen) keeper.keep(placeAt(cfi), fraction)
})

/* Where the reader stopped; a place of an earlier edition is as far along as it was. */
const goToPlace = async () => {
  const lastLocation = frame.asked || keeper.ours?.place?.cfi || root.dataset.cfi || null
  try {
    await view.init({ lastLocation })
  } catch {
    await view.goToFraction(Number(root.dataset.fraction) || 0)
  }
  keeper.begin(placeAt(view.lastLocation?.cfi))
  isOpen = true
  // Pages are measured anew once what is on them has come: nobody is shown how they move.
  requestAnimationFrame(() => requestAnimationFrame(() => { view.dataset.placed = '' }))
}

/* What was searched for outside the book: its chapter, and there the words. */
const goToFound = async () => {
  const asked = new URLSearchParams(location.search)
  const find = asked.get('find')
  const at = asked.get('at')
  const { index } = at ? view.book.resolveHref(encodeURI(at)) ?? {} : {}
  if (find) {
    for await (const { cfi, subitems } of view.search({ query: find, index })) {
      const place = cfi ?? subitems?.[0]?.cfi
      if (place) return jump(place)
    }
  }
  if (index !== undefined) await jump(index)
}

/* Between steps the browser may answer a tap and paint what there is. */
const breathe = () => globalThis.scheduler?.yield?.() ?? new Promise(resolve => { setTimeout(resolve) })

const start = async () => {
  const box = await openZip(root.dataset.file, Number(root.dataset.size))
  await breathe()
  const book = await new EPUB(box).init()
  await breathe()
  book.transformTarget.addEventListener('data', ({ detail }) => {
    if (!/css|html/.test(detail.type)) return
    detail.data = Promise.resolve(detail.data).then(text => withRelativeSizes(String(text), detail.type))
  })
  document.getElementById('stage').append(view)
  await view.open(book)
  await breathe()
  // A book that does not say which way it turns goes with its language, as was found when it came.
  if (!['ltr', 'rtl'].includes(book.dir)) book.dir = root.dataset.direction || 'ltr'
  frame.direction = book.dir === 'rtl' ? 'rtl' : 'ltr'
  frame.contents(lines(book.toc))
  const { renderer } = view
  renderer.setAttribute('margin', '28px')
  renderer.setAttribute('gap', '8%')
  renderer.setAttribute('max-inline-size', '640px')
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) renderer.setAttribute('animated', '')
  applySettings(frame.settings)
  frame.onSettings(applySettings)
  await breathe()
  await goToPlace()
  await breathe()
  await goToFound().catch(error => console.warn(error))
  frame.ready()
  await notes.load()
  new Offline(root, (trouble, how) => frame.say(trouble, how))
}

start().catch(error => {
  console.error(error)
  frame.say(error instanceof ClosedError ? 'closed' : 'failed', { isGrave: true })
})
