/* The links on one sheet of a PDF, laid over its picture. */
const SAFE = /^(https?|mailto|tel):/i
const share = (part, whole) => `${(part / whole) * 100}%`

const made = (note, viewport, { name, go }) => {
  const [x1, y1, x2, y2] = viewport.convertToViewportRectangle(note.rect)
  const link = document.createElement(note.url ? 'a' : 'button')
  if (note.url) Object.assign(link, { href: note.url, target: '_blank', rel: 'noopener noreferrer' })
  else Object.assign(link, { type: 'button' })
  link.addEventListener('click', () => { if (!note.url) go(note.dest) })
  link.className = 'sheet-link'
  link.setAttribute('aria-label', note.contentsObj?.str || note.url || name)
  Object.assign(link.style, {
    left: share(Math.min(x1, x2), viewport.width),
    top: share(Math.min(y1, y2), viewport.height),
    width: share(Math.abs(x2 - x1), viewport.width),
    height: share(Math.abs(y2 - y1), viewport.height),
  })
  return link
}

export const linksOf = async (page, viewport, how) => {
  const notes = await page.getAnnotations()
  return notes.filter(note => note.subtype === 'Link' && (SAFE.test(note.url ?? '') || note.dest))
    .map(note => made(note, viewport, how))
}
