// Offer to move the reminders when the phone's clock goes otherwise than the client's. "Not now" holds for that zone.
{
  const NOT_NOW = 'zone-not-now'
  const MONTHS = Array.from({ length: 12 }, (_, month) => new Date(Date.now() + month * 30 * 24 * 3600e3))

  const clock = (zone, at) =>
    new Intl.DateTimeFormat('en', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at)
  const differs = (one, other) => MONTHS.some((at) => clock(one, at) !== clock(other, at))

  const remembered = () => {
    try { return localStorage.getItem(NOT_NOW) } catch { return null }
  }

  const offer = document.getElementById('zone-offer')
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    if (offer && here && here !== remembered() && differs(here, offer.dataset.zone)) {
      offer.elements.time_zone.value = here
      offer.querySelector('[data-place]').textContent = here.split('/').pop().replaceAll('_', ' ')
      offer.querySelector('[type=button]').addEventListener('click', () => {
        offer.hidden = true
        try { localStorage.setItem(NOT_NOW, here) } catch { /* it is asked again then */ }
      })
      offer.hidden = false
    }
  } catch { /* a zone that one of the two does not know */ }
}
