// Who asks from a reader takes along where they stand, in the words the reader shows below the page.
for (const link of document.querySelectorAll('a[data-ask]')) {
  link.addEventListener('click', () => {
    const where = document.querySelector('#where')?.textContent.trim()
    if (!where) return
    const address = new URL(link.href)
    address.searchParams.set('at', where.slice(0, 120))
    link.href = address.href
  })
}
