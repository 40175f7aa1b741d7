// Where a link was put (?from=whatsapp) goes along to the till, and to nobody else: it is kept in this
// tab alone, goes with it, and says nothing about who reads. The first place counts.
const WORD = /^[a-z0-9-]{1,20}$/;

function source() {
  const here = (new URLSearchParams(location.search).get("from") ?? "").toLowerCase();
  try {
    const before = sessionStorage.getItem("from");
    if (!before && WORD.test(here)) sessionStorage.setItem("from", here);
    return before || here;
  } catch {
    return here;
  }
}

const word = source();
if (WORD.test(word)) {
  for (const link of document.querySelectorAll("a[href*='/buy/']")) {
    const url = new URL(link.href);
    if (url.origin !== location.origin) continue;
    url.searchParams.set("from", word);
    link.href = url.pathname + url.search + url.hash;
  }
  for (const field of document.querySelectorAll("#buy input[name='from']")) field.value ||= word;
}
