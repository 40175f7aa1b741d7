/* Fingers and wheel on the sheets: two fingers or Ctrl with the wheel make them larger, a swipe turns
   where a page is shown whole. */
const SWIPE = 50
const STEP = 1.1

const between = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
const middle = ([one, other]) => ({ x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2 })

export class Touching {
  #room; #sheets; #zoom; #turn; #pinch = null; #swipe = null; #wheeled = 1; #settling = 0
  /* `zoom` gets a factor and the point that stays; `turn` a step to the right (1) or the left (-1). */
  constructor(room, sheets, { zoom, turn }) {
    this.#room = room
    this.#sheets = sheets
    this.#zoom = zoom
    this.#turn = turn
    room.addEventListener('touchstart', event => this.#begin(event), { passive: true })
    room.addEventListener('touchmove', event => this.#move(event), { passive: false })
    room.addEventListener('touchend', event => this.#end(event))
    room.addEventListener('touchcancel', () => this.#letGo())
    room.addEventListener('wheel', event => this.#wheel(event), { passive: false })
  }

  #begin({ touches }) {
    this.#swipe = touches.length === 1 && this.#sheets.isPaged && !this.#sheets.isWide
      ? { x: touches[0].clientX, y: touches[0].clientY } : null
    if (touches.length !== 2) return
    this.#pinch = { apart: between(touches), at: middle(touches), factor: 1 }
  }

  #move(event) {
    if (!this.#pinch || event.touches.length !== 2) return
    event.preventDefault()
    this.#show(between(event.touches) / this.#pinch.apart, this.#pinch.at)
    this.#pinch.factor = between(event.touches) / this.#pinch.apart
  }

  #end({ touches, changedTouches: [touch] }) {
    const { pinch, swipe } = this.#take()
    if (pinch) return this.#zoom(pinch.factor, pinch.at)
    if (!swipe || touches.length || !document.getSelection().isCollapsed) return
    const [across, down] = [touch.clientX - swipe.x, touch.clientY - swipe.y]
    if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) this.#turn(across < 0 ? 1 : -1)
  }

  #take() {
    const taken = { pinch: this.#pinch, swipe: this.#swipe }
    this.#letGo()
    return taken
  }

  #letGo() {
    this.#pinch = this.#swipe = null
    this.#sheets.inner.style.transform = ''
  }

  /* While fingers move, the sheets as they are drawn are stretched; they are drawn anew at the end. */
  #show(factor, { x, y }) {
    const { inner } = this.#sheets
    const { left, top } = this.#room.getBoundingClientRect()
    inner.style.transformOrigin = `${x - left + this.#room.scrollLeft}px ${y - top + this.#room.scrollTop}px`
    inner.style.transform = `scale(${factor})`
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    const at = { x: event.clientX, y: event.clientY }
    this.#wheeled *= event.deltaY < 0 ? STEP : 1 / STEP
    this.#show(this.#wheeled, at)
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => {
      const factor = this.#wheeled
      this.#wheeled = 1
      this.#letGo()
      this.#zoom(factor, at)
    }, 120)
  }
}
