/* The EPUB reader: foliate-js in our frame. */
import { EPUB } from '../built/foliate/epub.js'
import '../built/foliate/view.js'
import { Frame } from './frame.js'
import { PlaceKeeper } from './place.js'
import { ClosedError, openZip } from './ranges.js'

const EDGE = 0.28
const THEMES = {
  paper: { page: '#fffdfa', ink: '#211f1d', link: '#1d4f91' },
  sepia: { page: '#f3e7cf', ink: '#3b2f20', link: '#7a3e12' },
  night: { page: '#15161a', ink: '#cfcbc4', link: '#9dbcf0' },
}

/* Before the book's own style: what it may change. After it: what the reader chose. */
const styles = ({ theme, size }, fonts) => {
  const { page, ink, link } = THEMES[theme] ?? THEMES.paper
  const forced = theme === 'paper' ? '' : `
    body :not(a, a *, svg, svg *, img) { color: inherit !important; border-color: currentColor !important; }
    body :not(svg, svg *, img) { background-color: transparent !important; }`
  return [
    `@import url("${fonts}");
    html { font-family: "Frank Ruhl Libre", Georgia, serif; line-height: 1.55; }
    img, svg { max-width: 100%; }`,
    `html, body { background: ${page} !important; color: ${ink} !important; }
    html { --theme-bg-color: ${page}; font-size: ${size}% !important; color-scheme: ${theme === 'night' ? 'dark' : 'light'}; }
    a:any-link { color: ${link} !important; }
    p, li { text-wrap: pretty; orphans: 2; widows: 2; }
    pre { white-space: pre-wrap; }${forced}`,
  ]
}

const label = text => (typeof text === 'string' ? text : Object.values(text ?? {})[0] ?? '').trim()

const lines = (items, book) => (items ?? []).map(item => ({
  label: label(item.label),
  place: item.href,
  inner: lines(item.subitems, book),
}))

const view = document.createElement('foliate-view')
const frame = new Frame('epub', {
  turn: step => (step > 0 ? view.next() : view.prev()),
  seek: fraction => view.goToFraction(fraction),
  go: href => view.goTo(href),
})
const { root } = frame
const fonts = new URL(root.dataset.fonts, location.href).href
const keeper = new PlaceKeeper(root, trouble => frame.say(trouble))

const applySettings = settings => {
  const { renderer } = view
  renderer.setStyles?.(styles(settings, fonts))
  renderer.setAttribute('flow', settings.flow)
}

/* A tap at an edge turns the page; in the middle it clears the bars away, or brings them back. */
const onTap = (event, doc) => {
  const selected = doc.getSelection()
  if (event.target.closest?.('a, button, audio, video') || (selected && !selected.isCollapsed)) return
  const bounds = root.getBoundingClientRect()
  const inFrame = doc.defaultView?.frameElement?.getBoundingClientRect().left ?? 0
  const along = (event.clientX + inFrame - bounds.left) / bounds.width
  if (view.renderer.scrolled || (along > EDGE && along < 1 - EDGE)) frame.toggleBars()
  else if (along <= EDGE) view.goLeft()
  else view.goRight()
}

view.addEventListener('load', ({ detail: { doc } }) => {
  doc.addEventListener('keydown', event => frame.key(event))
  doc.addEventListener('click', event => onTap(event, doc))
  const inner = doc.defaultView?.frameElement
  if (inner) inner.title = doc.title || root.dataset.title
})
let isOpen = false
view.addEventListener('relocate', ({ detail }) => {
  const { fraction = 0, cfi, tocItem } = detail
  frame.at(fraction)
  frame.current(tocItem?.href)
  if (cfi && isOpen) keeper.keep({ cfi }, fraction)
})

const start = async () => {
  const box = await openZip(root.dataset.file, Number(root.dataset.size))
  const book = await new EPUB(box).init()
  document.getElementById('stage').append(view)
  await view.open(book)
  frame.direction = book.dir === 'rtl' ? 'rtl' : 'ltr'
  frame.contents(lines(book.toc))
  const { renderer } = view
  renderer.setAttribute('margin', '28px')
  renderer.setAttribute('gap', '8%')
  renderer.setAttribute('max-inline-size', '640px')
  renderer.setAttribute('max-column-count', '2')
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) renderer.setAttribute('animated', '')
  applySettings(frame.settings)
  frame.onSettings(applySettings)
  const lastLocation = keeper.ours?.place?.cfi || root.dataset.cfi || null
  try {
    await view.init({ lastLocation })
  } catch {
    /* a place of an earlier edition */
    await view.goToFraction(Number(root.dataset.fraction) || 0)
  }
  keeper.begin({ cfi: view.lastLocation?.cfi })
  isOpen = true
  frame.ready()
}

start().catch(error => {
  console.error(error)
  frame.say(error instanceof ClosedError ? 'closed' : 'failed', { isGrave: true })
})
