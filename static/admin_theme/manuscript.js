// What a file says of itself goes into the fields that are still empty, and may be changed there.
// A field that somebody typed in is theirs: it is never filled, not even when it was emptied again.
const form = document.getElementById('form')
const touched = new Set()
const FIELDS = { title: 'title', maker: 'author', description: 'description', pages: 'pages', language: 'language' }

const codes = { iw: 'he' }
const wanted = (field, value) => {
  if (field.tagName !== 'SELECT') return String(value)
  const first = String(value).toLowerCase().split('-')[0]
  const code = codes[first] ?? first
  return [...field.options].some(option => option.value === code) ? code : ''
}

form?.addEventListener('input', event => { if (event.isTrusted) touched.add(event.target.name) })
form?.addEventListener('upload-found', ({ target, detail }) => {
  if (target.name === 'sample_file') return
  for (const [name, fact] of Object.entries(FIELDS)) {
    const field = form.elements[name]
    if (!field || touched.has(name)) continue
    const isOurs = field.dataset.filled !== undefined
    const isEmpty = !field.value || (field.tagName === 'SELECT' && location.pathname.endsWith('/add/'))
    const value = detail[fact] ? wanted(field, detail[fact]) : ''
    if (!value || !(isEmpty || isOurs)) continue
    field.value = value
    field.dataset.filled = ''
  }
})
