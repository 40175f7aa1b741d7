/* One sheet of a PDF: a box of the right proportions; its picture, its text and what is marked on it
   while it is near. */
import { TextLayer } from './pdf_file.js'
import { linksOf } from './sheet_links.js'

const MOST_PIXELS = 12_000_000
const make = (name, className) => Object.assign(document.createElement(name), { className })

export class Sheet {
  #pdf; #ratio; #room = { width: 1, height: Infinity }; #width = 0; #shown = 0; #task = null; #turn = 0
  #how; #words = null; #page = null; #covers = new Map()
  /* `how` is { name, language, ratio, go, onDrawn }. */
  constructor(pdf, number, how) {
    this.#pdf = pdf
    this.#how = how
    this.#ratio = how.ratio
    this.number = number
    this.element = make('div', 'sheet')
    this.element.role = 'group'
    this.element.dataset.number = number
    this.element.setAttribute('aria-label', how.name)
  }

  /* Its words as they stand on it, while it is drawn: { divs, items }, as many of each. */
  get words() { return this.#words }

  /* Fit it into a room; without a height it is as high as it comes out. */
  resize(room) {
    this.#room = room
    this.#fit()
    if (this.#shown && this.#shown !== this.#width) return this.show()
  }

  hide() {
    this.#turn += 1
    this.#task?.cancel()
    this.#task = null
    this.#shown = 0
    this.#words = null
    for (const canvas of this.element.querySelectorAll('canvas')) canvas.width = 0
    this.element.replaceChildren()
    this.#page?.cleanup()
    this.#page = null
  }

  async show() {
    if (this.#shown === this.#width) return
    const turn = ++this.#turn
    this.#shown = this.#width
    this.#task?.cancel()
    const page = await this.#pdf.getPage(this.number)
    if (turn !== this.#turn) return
    this.#page = page
    const plain = page.getViewport({ scale: 1 })
    this.#ratio = plain.height / plain.width
    this.#fit()
    this.#shown = this.#width
    const viewport = page.getViewport({ scale: this.#width / plain.width })
    const canvas = await this.#draw(page, viewport, turn)
    if (!canvas) return
    const text = this.#container(viewport)
    const words = await this.#write(page, viewport, text)
    const links = await linksOf(page, viewport, this.#how)
    if (turn !== this.#turn) return
    this.#words = words
    this.element.replaceChildren(canvas, ...this.#covers.values(), text, ...links)
    this.#how.onDrawn(this)
  }

  /* Lay boxes over the picture, under the words; `boxes` are { rects, colour, isWritten }. */
  cover(kind, boxes) {
    const over = this.#covers.get(kind) ?? make('div', `sheet-over sheet-${kind}`)
    if (!this.#covers.has(kind) && this.#words) this.element.querySelector('canvas').after(over)
    this.#covers.set(kind, over)
    over.replaceChildren(...boxes.flatMap(({ rects, ...how }) => rects.map(rect => this.#box(rect, how))))
  }

  #box([left, top, width, height], { colour, isWritten, isHere }) {
    const box = make('span', 'sheet-mark')
    if (colour) box.dataset.colour = colour
    box.toggleAttribute('data-written', Boolean(isWritten))
    box.toggleAttribute('data-here', Boolean(isHere))
    for (const [name, part] of Object.entries({ left, top, width, height })) box.style[name] = `${part * 100}%`
    return box
  }

  #fit() {
    const { width, height } = this.#room
    this.#width = Math.max(1, Math.floor(Math.min(width, height / this.#ratio)))
    this.element.style.width = `${this.#width}px`
    this.element.style.height = `${this.#width * this.#ratio}px`
  }

  async #draw(page, viewport, turn) {
    const pixels = viewport.width * viewport.height
    const sharp = Math.min(devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / pixels))
    const canvas = make('canvas', '')
    /* Inside a right-to-left page pdf.js would garble the letters without this. */
    canvas.dir = 'ltr'
    canvas.setAttribute('aria-hidden', 'true')
    canvas.width = Math.floor(viewport.width * sharp)
    canvas.height = Math.floor(viewport.height * sharp)
    this.#task = page.render({
      canvas, viewport, transform: sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0],
    })
    try {
      await this.#task.promise
    } catch (error) {
      if (error?.name === 'RenderingCancelledException') return null
      throw error
    }
    return turn === this.#turn ? canvas : null
  }

  #container(viewport) {
    const container = make('div', 'sheet-text')
    container.dir = 'ltr'
    if (this.#how.language) container.lang = this.#how.language
    container.style.setProperty('--total-scale-factor', viewport.scale)
    container.style.setProperty('--scale-factor', viewport.scale)
    container.addEventListener('pointerdown', () => container.setAttribute('data-choosing', ''))
    return container
  }

  async #write(page, viewport, container) {
    const content = await page.getTextContent({ includeMarkedContent: true })
    const layer = new TextLayer({ textContentSource: content, container, viewport })
    await layer.render()
    /* Chosen past the last word of a line, a choice stays where it is instead of running to the end. */
    container.append(make('div', 'sheet-text-end'))
    return { divs: layer.textDivs, items: content.items.filter(({ str }) => str !== undefined) }
  }
}
