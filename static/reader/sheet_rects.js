/* Where words stand on a sheet, as rectangles in parts of it: [left, top, width, height], 0 to 1. */
const MOST = 60
const LINE = 0.6
const JOINT = 0.012

const within = (value, most = 1) => Math.min(most, Math.max(0, value))
const exact = value => Math.round(value * 1e5) / 1e5

const union = (one, other) => {
  const left = Math.min(one[0], other[0])
  const top = Math.min(one[1], other[1])
  return [left, top, Math.max(one[0] + one[2], other[0] + other[2]) - left,
    Math.max(one[1] + one[3], other[1] + other[3]) - top]
}

const isSameLine = (one, other) => {
  const shared = Math.min(one[1] + one[3], other[1] + other[3]) - Math.max(one[1], other[1])
  const gap = Math.max(one[0], other[0]) - Math.min(one[0] + one[2], other[0] + other[2])
  return shared > LINE * Math.min(one[3], other[3]) && gap < JOINT
}

/* Pieces of one line become one rectangle; a page of very many lines gets fewer, larger ones. */
const merged = rects => {
  const lines = []
  for (const rect of rects) {
    if (lines.length && isSameLine(lines.at(-1), rect)) lines.push(union(lines.pop(), rect))
    else lines.push(rect)
  }
  while (lines.length > MOST) lines.push(union(lines.pop(), lines.pop()))
  return lines.map(rect => rect.map(exact))
}

const pieces = (range, layer) => {
  const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT)
  const found = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!range.intersectsNode(node)) continue
    const part = document.createRange()
    part.setStart(node, node === range.startContainer ? range.startOffset : 0)
    part.setEnd(node, node === range.endContainer ? range.endOffset : node.length)
    if (!part.collapsed) found.push(part)
  }
  return found
}

/* As high as the line on the sheet: the letters of the layer come from another font, often a taller one. */
const boxes = part => {
  const line = part.startContainer.parentElement.getBoundingClientRect()
  return Array.from(part.getClientRects(), ({ left, top, width, height }) =>
    (height > line.height ? { left, top: line.top, width, height: line.height } : { left, top, width, height }))
}

/* What a range covers on a sheet: { rects, text }; no rectangles when it does not touch the sheet. */
export const onSheet = (range, sheet) => {
  const layer = sheet.element.querySelector('.sheet-text')
  if (!layer || !range.intersectsNode(layer)) return { rects: [], text: '' }
  const bounds = sheet.element.getBoundingClientRect()
  const parts = pieces(range, layer)
  const rects = parts.flatMap(boxes).filter(({ width }) => width > 0.5).map(box => {
    const left = within((box.left - bounds.left) / bounds.width)
    const top = within((box.top - bounds.top) / bounds.height)
    return [left, top, within(box.width / bounds.width, 1 - left), within(box.height / bounds.height, 1 - top)]
  })
  return { rects: merged(rects), text: parts.map(String).join(' ') }
}

export const isIn = ([left, top, width, height], x, y) =>
  x >= left && x <= left + width && y >= top && y <= top + height
