/* Pictures of a book open large; those that carry nothing, or are small, stay as they are. */
import { say } from './words.js'

const SMALLEST = 90
const $ = id => document.getElementById(id)

/* Asked before the page is laid out, when only the picture's own size is known. */
const worthwhile = image => !image.closest('a')
  && image.naturalWidth >= SMALLEST && image.naturalHeight >= SMALLEST

const show = image => {
  const sheet = $('picture')
  const large = $('picture-large')
  large.src = image.currentSrc || image.src
  large.alt = image.alt
  $('picture-words').textContent = image.alt
  sheet.removeAttribute('data-whole')
  $('picture-size').setAttribute('aria-pressed', 'false')
  sheet.showModal()
}

export const pictureAt = target => target.closest?.('img[data-enlarges]') ?? null

export class Pictures {
  constructor(root) {
    this.root = root
    const toggle = () => {
      const isWhole = $('picture').toggleAttribute('data-whole')
      $('picture-size').setAttribute('aria-pressed', String(isWhole))
    }
    $('picture-size').addEventListener('click', toggle)
    $('picture-large').addEventListener('click', toggle)
    $('picture').addEventListener('close', () => $('picture-large').setAttribute('src', 'data:,'))
  }

  attach(doc) {
    for (const image of doc.querySelectorAll('img')) {
      if (image.complete) this.#offer(image)
      else image.addEventListener('load', () => this.#offer(image), { once: true })
    }
  }

  open(image) { show(image) }

  #offer(image) {
    if (!worthwhile(image)) return
    image.dataset.enlarges = ''
    image.tabIndex = 0
    image.setAttribute('role', 'button')
    image.setAttribute('aria-label', say(this.root, 'enlarge', { picture: image.alt }).trim())
    image.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      show(image)
    })
  }
}
