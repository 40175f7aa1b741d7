/* Books kept on this device are of who is signed in: whatever is of somebody else goes. */
(() => {
  if (!window.caches) return
  const { customer } = document.currentScript.dataset
  const isOthers = name => name.startsWith('kept:') && !(customer && name.startsWith(`kept:${customer}:`))
  caches.keys()
    .then(names => Promise.all(names.filter(isOthers).map(name => caches.delete(name))))
    .catch(() => {})
  if (customer || !navigator.serviceWorker) return
  navigator.serviceWorker.getRegistrations()
    .then(all => { for (const each of all) if (/\/read\/$/.test(each.scope)) each.unregister() })
    .catch(() => {})
})()
