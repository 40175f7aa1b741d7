/* The end of a sample: a panel with the way to buy, once; closed, it stays closed until the page is left. */
const root = document.getElementById('reader')
const panel = document.getElementById('sample-end')
let isClosed = false

root.addEventListener('reader-end', ({ detail: { isAtEnd } }) => {
  if (isClosed && !isAtEnd) isClosed = false
  panel.hidden = isClosed || !isAtEnd
})
panel.querySelector('[data-close]').addEventListener('click', () => {
  isClosed = true
  panel.hidden = true
})
panel.addEventListener('keydown', event => {
  if (event.key === 'Escape') panel.querySelector('[data-close]').click()
})
