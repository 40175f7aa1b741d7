/* Scrolled, a chapter ends at its last line: pulling on past it opens the next one, and above its
   first line the one before. */
const PULL = 240
const SWIPE = 90
const REST = 400
const LINES = 96

export class Scrolling {
  #view; #pulled = 0; #at = 0; #touch = null
  constructor(view) { this.#view = view }

  attach(doc) {
    doc.addEventListener('wheel', event => this.#wheel(event), { passive: true })
    doc.addEventListener('touchstart', ({ changedTouches: [touch] }) => {
      this.#touch = { y: touch.screenY, end: this.#isAt(1), start: this.#isAt(-1) }
    }, { passive: true })
    doc.addEventListener('touchend', ({ changedTouches: [touch] }) => this.#lift(touch))
  }

  /* Arrows move by a few lines. Whether the key was one of them. */
  key({ key }) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key]
    if (!step || !this.#view.renderer?.scrolled) return false
    if (step > 0) this.#view.next(LINES)
    else this.#view.prev(LINES)
    return true
  }

  #isAt(step) {
    const { renderer } = this.#view
    if (!renderer.scrolled) return false
    return step > 0 ? renderer.viewSize - renderer.end <= 2 : renderer.start <= 1
  }

  #turn(step) {
    this.#pulled = 0
    if (step > 0) this.#view.next()
    else this.#view.prev()
  }

  #wheel({ deltaY, timeStamp }) {
    const step = Math.sign(deltaY)
    if (!step || !this.#isAt(step)) { this.#pulled = 0; return }
    const isNew = timeStamp - this.#at > REST || Math.sign(this.#pulled) !== step
    this.#pulled = isNew ? deltaY : this.#pulled + deltaY
    this.#at = timeStamp
    if (Math.abs(this.#pulled) > PULL) this.#turn(step)
  }

  #lift(touch) {
    const moved = this.#touch ? this.#touch.y - touch.screenY : 0
    if (moved > SWIPE && this.#touch.end) this.#turn(1)
    else if (moved < -SWIPE && this.#touch.start) this.#turn(-1)
    this.#touch = null
  }
}
