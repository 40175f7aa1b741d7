/* All pages at a glance, and a page by its number. Only the pages in sight are drawn; a thousand are
   a thousand empty boxes until one scrolls to them. */
const WIDE = 110
const $ = id => document.getElementById(id)
const make = (name, className) => Object.assign(document.createElement(name), { className })

export class Thumbs {
  #pdf; #go; #labelOf; #queue = new Set(); #isDrawing = false; #seen
  /* `how` is { ratio, direction, labelOf, nameOf, pageOf, go, isThere }. */
  constructor(pdf, how) {
    this.#pdf = pdf
    this.#go = how.go
    this.#labelOf = how.labelOf
    this.#seen = new IntersectionObserver(found => this.#sight(found), { root: $('pages'), rootMargin: '60% 0px' })
    this.#fill(how)
    $('page-form').addEventListener('submit', event => {
      event.preventDefault()
      this.#ask(how.pageOf($('page-number').value))
    })
  }

  open() {
    if (!$('pages').open) $('pages').showModal()
    $('page-number').select()
    $('pages-list').querySelector('[aria-current]')?.scrollIntoView({ block: 'center' })
  }

  current(pages) {
    for (const button of $('pages-list').querySelectorAll('[aria-current]')) button.removeAttribute('aria-current')
    for (const page of pages) this.#button(page)?.setAttribute('aria-current', 'page')
    $('page-number').value = this.#labelOf(pages[0])
  }

  #button(page) { return $('pages-list').children[page - 1]?.firstChild }

  #ask(page) {
    $('page-none').hidden = Boolean(page)
    $('page-number').setAttribute('aria-invalid', String(!page))
    if (page) this.#take(page)
    else $('page-number').select()
  }

  #take(page) {
    $('pages').close()
    this.#go(page)
  }

  #fill({ ratio, direction, nameOf }) {
    const list = $('pages-list')
    list.dir = direction
    list.replaceChildren(...Array.from({ length: this.#pdf.numPages }, (_, index) => {
      const item = make('li', 'thumb')
      const button = make('button', 'thumb-key')
      const picture = make('span', 'thumb-picture')
      const label = make('span', 'thumb-label num')
      Object.assign(button, { type: 'button', ariaLabel: nameOf(index + 1) })
      picture.style.aspectRatio = `1 / ${ratio}`
      picture.dataset.page = index + 1
      label.textContent = this.#labelOf(index + 1)
      button.append(picture, label)
      button.addEventListener('click', () => this.#take(index + 1))
      item.append(button)
      this.#seen.observe(picture)
      return item
    }))
  }

  #sight(found) {
    for (const { target, isIntersecting } of found) {
      if (isIntersecting) this.#queue.add(target)
      else {
        this.#queue.delete(target)
        target.replaceChildren()
      }
    }
    this.#draw()
  }

  /* One at a time, the page being read has the first right to the worker. */
  async #draw() {
    if (this.#isDrawing) return
    this.#isDrawing = true
    for (let [next] = this.#queue; next; [next] = this.#queue) {
      this.#queue.delete(next)
      const canvas = await this.#picture(Number(next.dataset.page)).catch(() => null)
      if (canvas && $('pages').open) next.replaceChildren(canvas)
    }
    this.#isDrawing = false
  }

  async #picture(number) {
    const page = await this.#pdf.getPage(number)
    const { width } = page.getViewport({ scale: 1 })
    const viewport = page.getViewport({ scale: (WIDE * Math.min(devicePixelRatio || 1, 2)) / width })
    const canvas = make('canvas', '')
    Object.assign(canvas, { dir: 'ltr', width: Math.ceil(viewport.width), height: Math.ceil(viewport.height) })
    canvas.setAttribute('aria-hidden', 'true')
    await page.render({ canvas, viewport }).promise
    if (!document.querySelector(`.sheet[data-number="${number}"] canvas`)) page.cleanup()
    return canvas
  }
}
