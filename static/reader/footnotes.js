/* A footnote opens where it is called. What is shown is copied as plain elements without anything
   that acts: a book's page never becomes part of ours. */
const PLAIN = new Set(['p', 'em', 'i', 'strong', 'b', 'sub', 'sup', 'br', 'ul', 'ol', 'li', 'blockquote', 'q', 'cite', 'span', 'bdi', 'small'])
const INLINE = 'a, span, sup, sub, em, strong, i, b, small, big'
const NOTE = /\b(doc-)?(noteref|biblioref|glossref)\b/
const BACK = /\b(doc-)?backlink\b/
const LONGEST = 4000
const OPS = 'http://www.idpf.org/2007/ops'
const $ = id => document.getElementById(id)

const typesOf = link => `${link.getAttributeNS(OPS, 'type') ?? ''} ${link.getAttribute('role') ?? ''}`

const isRaised = element => element && (element.matches('sup')
  || ['super', 'top', 'text-top'].includes(getComputedStyle(element).verticalAlign))

const isCall = link => {
  const types = typesOf(link)
  if (NOTE.test(types)) return true
  return !BACK.test(types) && (isRaised(link) || isRaised(link.parentElement)
    || (link.children.length === 1 && isRaised(link.children[0])))
}

/* The block that holds what a link leads to. */
const noteOf = (doc, anchor) => {
  let found = anchor(doc)
  if (found?.startContainer) found = found.startContainer
  if (found?.nodeType === Node.TEXT_NODE) found = found.parentElement
  while (found?.matches?.(INLINE)) found = found.parentElement
  found = found?.closest?.('li, aside') ?? found
  return found === doc.body || found === doc.documentElement ? null : found
}

const copied = node => {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data)
  if (node.nodeType !== Node.ELEMENT_NODE || ['script', 'style'].includes(node.localName)) return ''
  if (BACK.test(typesOf(node))) return ''
  const name = PLAIN.has(node.localName) ? node.localName : node.matches('div, section, aside, dd') ? 'div' : 'span'
  const copy = document.createElement(name)
  for (const each of ['lang', 'dir']) if (node.getAttribute(each)) copy.setAttribute(each, node.getAttribute(each))
  copy.append(...Array.from(node.childNodes, copied))
  return copy
}

/* Show the footnote of a link; false when it calls none, and the link is to be followed. */
export const showFootnote = async (view, { a, href }, follow) => {
  if (!isCall(a)) return false
  const { book } = view
  const target = await book.resolveHref(href)
  if (!target) return false
  const shown = view.renderer.getContents().find(({ index }) => index === target.index)
  const doc = shown?.doc ?? await book.sections[target.index].createDocument()
  const note = noteOf(doc, target.anchor)
  if (!note || !note.textContent.trim() || note.textContent.length > LONGEST) return false
  const sheet = $('footnote')
  const text = $('footnote-text')
  text.replaceChildren(...Array.from(note.childNodes, copied))
  text.lang = doc.documentElement.lang || doc.body.lang || book.metadata?.language?.[0] || ''
  text.dir = view.book.dir === 'rtl' ? 'rtl' : 'auto'
  const isOnlyHere = note.matches('aside')
  $('footnote-go').hidden = isOnlyHere
  $('footnote-go').onclick = () => { sheet.close(); follow(href) }
  sheet.showModal()
  return true
}
