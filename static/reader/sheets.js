/* The sheets of a PDF in their room: scrolled one below another, or one or two at a time. */
const WIDEST = 900
const NARROW = 700
const GAP = 16
const NEAR = '120% 0px'

export class Sheets {
  #room; #all; #sheets = []; #settings = {}; #page = 1; #onMove; #isMoving = false; #isPaused = true
  constructor(room, onMove) {
    this.#room = room
    this.#onMove = onMove
    this.#all = document.createElement('div')
    this.#all.className = 'sheets-all'
    room.append(this.#all)
  }

  get count() { return this.#sheets.length }
  get page() { return this.#page }
  get shown() { return this.#sheets.filter(sheet => sheet.words) }
  get inner() { return this.#all }
  get isPaged() { return this.#settings.layout !== 'scrolled' }
  get isWide() { return this.#room.scrollWidth > this.#room.clientWidth + 1 }
  sheet(number) { return this.#sheets[number - 1] }

  fill(sheets, settings) {
    this.#sheets = sheets
    this.#all.append(...sheets.map(({ element }) => element))
    this.arrange(settings)
  }

  /* Sizes come from the sheets' own proportions; the place stays while they change. */
  arrange(settings = this.#settings) {
    const place = this.here
    this.#settings = settings
    this.#room.dataset.layout = this.#isPair ? 'two' : settings.layout
    const room = this.#roomOf(settings)
    for (const sheet of this.#sheets) sheet.resize(room)?.catch(console.error)
    this.goTo(place.page, place.offset)
  }

  #roomOf({ fit, size, layout }) {
    const style = getComputedStyle(this.#room)
    const across = this.#room.clientWidth - parseFloat(style.paddingLeft) * 2
    const down = this.#room.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom)
    const isWhole = fit === 'page' || (fit === 'auto' && layout !== 'scrolled')
    const each = this.#isPair ? (across - GAP) / 2 : across
    const width = fit === 'auto' && layout === 'scrolled' ? Math.min(each, WIDEST) : each
    return { width: width * (size / 100), height: isWhole ? down * (size / 100) : Infinity }
  }

  /* Two stand side by side where there is room, the cover alone. */
  get #isPair() { return this.#settings.layout === 'two' && this.#room.clientWidth >= NARROW }

  spreadOf(page) {
    if (!this.#isPair || page === 1) return [page]
    const first = page - (page % 2)
    return first + 1 > this.count ? [first] : [first, first + 1]
  }

  goTo(number, offset = 0) {
    if (!this.count) return
    const page = Math.min(Math.max(Math.round(number), 1), this.count)
    if (this.isPaged) return this.#lay(page)
    const { element } = this.sheet(page)
    this.#room.scrollTop = element.offsetTop + offset * element.offsetHeight - 8
    this.#page = page
  }

  /* Show the spread of a page; its neighbours are made ready unseen. */
  #lay(page) {
    const spread = this.spreadOf(page)
    const [first, last] = [spread[0], spread.at(-1)]
    const near = [first - 1, last + 1]
    for (const element of this.#all.querySelectorAll('[data-here], [data-near]')) {
      element.removeAttribute('data-here')
      element.removeAttribute('data-near')
    }
    for (const number of spread) this.sheet(number).element.dataset.here = ''
    for (const number of near) this.sheet(number)?.element.setAttribute('data-near', '')
    if (!spread.includes(this.#page) || this.#page !== page) this.#room.scrollTop = 0
    this.#page = first
    if (!this.#isPaused) this.#onMove()
  }

  turn(step) {
    const spread = this.spreadOf(this.#page)
    this.goTo(step > 0 ? spread.at(-1) + 1 : this.spreadOf(spread[0] - 1)[0])
  }

  /* Move within a sheet that is higher than its room; false at its end, where the next one comes. */
  slide(step) {
    const room = this.#room
    const isAtEnd = step > 0
      ? room.scrollTop + room.clientHeight >= room.scrollHeight - 2 : room.scrollTop <= 1
    if (!isAtEnd) room.scrollBy(0, step * room.clientHeight * 0.85)
    return !isAtEnd
  }

  /* Which page stands at the top, and how far into it. */
  get here() {
    if (this.isPaged || !this.count) return { page: this.#page, offset: 0 }
    const room = this.#room
    const index = this.#indexAt(room.scrollTop + 16)
    const { element } = this.#sheets[index]
    const offset = Math.max(0, (room.scrollTop + 8 - element.offsetTop) / element.offsetHeight)
    return { page: index + 1, offset: Math.round(Math.min(offset, 1) * 1000) / 1000 }
  }

  #indexAt(line) {
    let [low, high] = [0, this.count - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#sheets[middle].element.offsetTop <= line) low = middle
      else high = middle - 1
    }
    return low
  }

  get isAtEnd() {
    const room = this.#room
    if (this.isPaged) return this.spreadOf(this.#page).includes(this.count)
    return room.scrollTop + room.clientHeight >= room.scrollHeight - 24
  }

  /* From now on what comes near is drawn, and what is far is let go. */
  watch() {
    this.#isPaused = false
    const near = new IntersectionObserver(found => {
      for (const { target, isIntersecting } of found) {
        const sheet = this.sheet(Number(target.dataset.number))
        if (isIntersecting) sheet.show().catch(console.error)
        else sheet.hide()
      }
    }, { root: this.#room, rootMargin: NEAR })
    for (const { element } of this.#sheets) near.observe(element)
    this.#room.addEventListener('scroll', () => this.#scrolled(), { passive: true })
    let settling = 0
    new ResizeObserver(() => {
      clearTimeout(settling)
      settling = setTimeout(() => this.arrange(), 120)
    }).observe(this.#room)
  }

  #scrolled() {
    if (this.#isMoving || this.isPaged) return
    this.#isMoving = true
    requestAnimationFrame(() => {
      this.#isMoving = false
      this.#page = this.here.page
      this.#onMove()
    })
  }
}
