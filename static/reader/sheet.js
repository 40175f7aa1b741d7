/* One sheet of a PDF: a box of the right proportions, its picture and its text while it is near. */
const MOST_PIXELS = 12_000_000
const SAFE = /^(https?|mailto|tel):/i

export class Sheet {
  #pdf; #pdfjs; #number; #ratio; #width = 0; #shown = 0; #task = null; #turn = 0; #go; #language
  constructor({ pdf, pdfjs, number, ratio, name, language, go }) {
    this.#pdf = pdf
    this.#pdfjs = pdfjs
    this.#number = number
    this.#ratio = ratio
    this.#go = go
    this.#language = language
    this.element = document.createElement('section')
    this.element.className = 'sheet'
    this.element.dataset.number = number
    this.element.setAttribute('aria-label', name)
  }

  resize(width) {
    this.#width = width
    this.element.style.width = `${width}px`
    this.element.style.height = `${width * this.#ratio}px`
    if (this.#shown && this.#shown !== width) this.show()
  }

  hide() {
    this.#turn += 1
    this.#task?.cancel()
    this.#task = null
    this.#shown = 0
    this.element.replaceChildren()
  }

  async show() {
    if (this.#shown === this.#width) return
    const turn = ++this.#turn
    this.#shown = this.#width
    this.#task?.cancel()
    const page = await this.#pdf.getPage(this.#number)
    const plain = page.getViewport({ scale: 1 })
    const ratio = plain.height / plain.width
    if (turn !== this.#turn) return
    if (Math.abs(ratio - this.#ratio) > 0.001) {
      this.#ratio = ratio
      this.element.style.height = `${this.#width * ratio}px`
    }
    const viewport = page.getViewport({ scale: this.#width / plain.width })
    const canvas = await this.#draw(page, viewport, turn)
    if (!canvas || turn !== this.#turn) return
    const text = await this.#write(page, viewport)
    const links = await this.#links(page, viewport)
    if (turn === this.#turn) this.element.replaceChildren(canvas, text, ...links)
  }

  async #draw(page, viewport, turn) {
    const pixels = viewport.width * viewport.height
    const sharp = Math.min(devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / pixels))
    const canvas = document.createElement('canvas')
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

  async #write(page, viewport) {
    const container = document.createElement('div')
    container.className = 'sheet-text'
    container.dir = 'ltr'
    if (this.#language) container.lang = this.#language
    container.style.setProperty('--total-scale-factor', viewport.scale)
    container.style.setProperty('--scale-factor', viewport.scale)
    const layer = new this.#pdfjs.TextLayer({
      textContentSource: page.streamTextContent({ includeMarkedContent: true }), container, viewport,
    })
    await layer.render()
    return container
  }

  async #links(page, viewport) {
    const notes = await page.getAnnotations()
    return notes.filter(note => note.subtype === 'Link' && (SAFE.test(note.url ?? '') || note.dest))
      .map(note => this.#link(note, viewport))
  }

  #link(note, viewport) {
    const [x1, y1, x2, y2] = viewport.convertToViewportRectangle(note.rect)
    const link = document.createElement(note.url ? 'a' : 'button')
    if (note.url) Object.assign(link, { href: note.url, target: '_blank', rel: 'noopener noreferrer' })
    else Object.assign(link, { type: 'button' })
    link.addEventListener('click', () => { if (!note.url) this.#go(note.dest) })
    link.className = 'sheet-link'
    link.setAttribute('aria-label', note.contentsObj?.str || note.url || `${this.#number}`)
    const percent = (part, whole) => `${(part / whole) * 100}%`
    Object.assign(link.style, {
      left: percent(Math.min(x1, x2), viewport.width),
      top: percent(Math.min(y1, y2), viewport.height),
      width: percent(Math.abs(x2 - x1), viewport.width),
      height: percent(Math.abs(y2 - y1), viewport.height),
    })
    return link
  }
}
