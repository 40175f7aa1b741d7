/* The service worker of the readers: what a customer keeps on this device opens without a connection.
   It keeps nothing by itself (offline.js does); with a connection our server is asked each time, and
   what it no longer gives is dropped here. Of each book there is one cache, kept:<customer>:<part>. */
const SHELL = 'shell'
const WORDS = '/kept-words'
const ABOUT = '/kept-about'
const DAY = 24 * 60 * 60 * 1000
const LONGEST = 7 * DAY
const PATIENCE = 6000
const PLAIN = "default-src 'none'; style-src 'self'; font-src 'self'"
const CLOSED = [401, 403, 404, 410]

const partIn = url => url.pathname.match(/\/read\/([\w-]+)\//)?.[1] ?? null

self.addEventListener('install', () => self.skipWaiting())

self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

/* Keep what one kind of reader is made of; done again only when a piece of it is another. */
const fill = async kind => {
  const shell = await caches.open(SHELL)
  const wanted = JSON.stringify(self.SHELL[kind])
  const mark = `/kept-pieces-${kind}`
  if (await (await shell.match(mark))?.text() === wanted) return
  const all = new Set(Object.values(self.SHELL).flat())
  for (const { url } of await shell.keys()) {
    const { pathname } = new URL(url)
    if (pathname.startsWith('/static/') && !all.has(pathname)) await shell.delete(url)
  }
  await Promise.all(self.SHELL[kind].map(url => shell.add(new Request(url, { cache: 'no-cache' }))))
  await shell.put(mark, new Response(wanted))
}

self.addEventListener('message', event => {
  const [port] = event.ports
  event.waitUntil(fill(event.data).then(() => port.postMessage(''), error => port.postMessage(String(error))))
})

/* The one cache in which a test of its name finds a book; two people's would be nobody's. */
const keptOf = async test => {
  const names = (await caches.keys()).filter(name => name.startsWith('kept:') && test(name))
  if (names.length !== 1) return null
  const cache = await caches.open(names[0])
  const about = await (await cache.match(ABOUT))?.json()
  return about ? { name: names[0], cache, about } : null
}
const keptPart = part => keptOf(name => name.endsWith(`:${part}`))

const drop = async part => {
  for (const name of await caches.keys())
    if (name.startsWith('kept:') && name.endsWith(`:${part}`)) await caches.delete(name)
}

/* Why it may not be opened without our server, or nothing. */
const refusal = ({ contactAt, until }) => {
  const now = Date.now()
  if (until && now >= until) return 'ended'
  return now - contactAt > LONGEST || contactAt - now > DAY ? 'old' : ''
}

const escaped = text => String(text).replace(/[&<>"]/g, letter => `&#${letter.charCodeAt(0)};`)

const say = async (name, url) => {
  const all = await (await (await caches.open(SHELL)).match(WORDS))?.json() ?? {}
  const said = Object.values(all).filter(({ scope }) => url.pathname.startsWith(scope))[0]
  if (!said) return Response.error()
  const styles = said.styles.map(href => `<link rel="stylesheet" href="${escaped(href)}">`).join('')
  const page = `<!doctype html><html lang="${escaped(said.language)}" dir="${escaped(said.dir)}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(said.title)}</title>${styles}
<main class="door"><h1>${escaped(said.title)}</h1><p>${escaped(said[name])}</p>
<p><a href="">${escaped(said.again)}</a></p></main></html>`
  return new Response(page, { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': PLAIN } })
}

const keptPage = async (url, kept) => {
  if (!kept) return say('none', url)
  const why = refusal(kept.about)
  if (why) {
    await caches.delete(kept.name)
    return say(why, url)
  }
  return await kept.cache.match(url.pathname) ?? say('none', url)
}

const timeout = time => new Promise((_, reject) => setTimeout(reject, time))

const page = async (request, url, part) => {
  const kept = await keptPart(part)
  try {
    const answer = await (kept ? Promise.race([fetch(request), timeout(PATIENCE)]) : fetch(request))
    if (CLOSED.includes(answer.status)) await drop(part)
    return answer
  } catch {
    return keptPage(url, kept)
  }
}

/* A piece of a file that is kept whole, as our server would give it. */
const pieceOf = async (whole, range) => {
  const [, first, last] = range?.match(/^bytes=(\d+)-(\d*)$/) ?? []
  if (first === undefined) return whole
  const blob = await whole.blob()
  const end = Math.min(last ? Number(last) + 1 : blob.size, blob.size)
  return new Response(blob.slice(Number(first), end), {
    status: 206,
    headers: {
      'Content-Type': whole.headers.get('Content-Type') ?? '',
      'Content-Length': String(end - Number(first)),
      'Content-Range': `bytes ${first}-${end - 1}/${blob.size}`,
    },
  })
}

const keptFile = async (request, url) => {
  for (const name of (await caches.keys()).filter(each => each.startsWith('kept:'))) {
    const cache = await caches.open(name)
    const whole = await cache.match(url.pathname)
    const about = whole && await (await cache.match(ABOUT))?.json()
    if (about && !refusal(about)) return pieceOf(whole, request.headers.get('Range'))
  }
  return Response.error()
}

const file = async (request, url) => {
  try {
    const answer = await fetch(request)
    if (CLOSED.includes(answer.status)) {
      for (const name of await caches.keys()) {
        if (name.startsWith('kept:') && await (await caches.open(name)).match(url.pathname)) await caches.delete(name)
      }
    }
    return answer
  } catch {
    return keptFile(request, url)
  }
}

/* Places, notes and the question whether it is still open: ours to answer; notes are shown from here
   while nobody answers. */
const asked = async (request, url, part) => {
  try {
    const answer = await fetch(request)
    if (CLOSED.includes(answer.status)) await drop(part)
    else if (answer.ok && request.method === 'GET' && url.pathname.endsWith('/notes/')) {
      const kept = await keptPart(part)
      await kept?.cache.put(url.pathname, answer.clone())
    }
    return answer
  } catch {
    const kept = request.method === 'GET' ? await keptPart(part) : null
    const known = kept && !refusal(kept.about) ? await kept.cache.match(url.pathname) : null
    return known ?? Response.error()
  }
}

const piece = async request => {
  try {
    return await fetch(request)
  } catch {
    const shell = await caches.open(SHELL)
    return await shell.match(request, { ignoreSearch: true, ignoreVary: true }) ?? Response.error()
  }
}

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== self.location.origin) return
  const part = partIn(url)
  if (request.mode === 'navigate') {
    if (part) event.respondWith(page(request, url, part))
  } else if (part) event.respondWith(asked(request, url, part))
  else if (/\/files\//.test(url.pathname)) event.respondWith(file(request, url))
  else if (request.method === 'GET') event.respondWith(piece(request))
})
