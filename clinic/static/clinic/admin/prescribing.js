// Prescribing made quicker: N and Y answer the question one is at, a dose fills the fields, the day follows the times.
// Without this script the same buttons ask the server. No key answers more than one question, a held one neither.
{
  const DAY = 24 * 60
  const AVOIDED = 120 // minutes after getting up, as clinic/reminders/schedule.py has it
  const SVG = 'http://www.w3.org/2000/svg'
  const form = document.querySelector('form[data-prescribe]')

  const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
  const after = (minute, start) => (minute - start + DAY) % DAY
  const percent = (minute) => `${(minute * 100 / DAY).toFixed(2)}%`
  const times = () =>
    [...new Set([...form.querySelectorAll('input[name=times]')].map((field) => field.value).filter(Boolean))].sort()

  // --- the client's day
  const drawn = (name, attributes, text = '') => {
    const piece = document.createElementNS(SVG, name)
    for (const [key, value] of Object.entries(attributes)) piece.setAttribute(key, value)
    piece.textContent = text
    return piece
  }

  const mark = (time, early) => {
    const at = percent(minutes(time))
    const piece = drawn('g', { class: early ? 'pl-day-chosen pl-day-too-early' : 'pl-day-chosen' })
    piece.append(
      drawn('line', { x1: at, x2: at, y1: 18, y2: 44 }),
      drawn('circle', { cx: at, cy: 44, r: 6 }),
      drawn('text', { x: at, y: 12, 'text-anchor': 'middle' }, time),
    )
    return piece
  }

  const say = (element, words) => { if (element && element.textContent !== words) element.textContent = words }

  const redraw = (figure) => {
    const chosen = times()
    const isEarly = (time) => after(minutes(time), Number(figure.dataset.wakes)) < AVOIDED
    const strip = figure.querySelector('svg')
    strip.querySelectorAll('.pl-day-chosen').forEach((old) => old.remove())
    strip.append(...chosen.map((time) => mark(time, isEarly(time))))
    say(figure.querySelector('[data-chosen]'), chosen.join(', ') || '–')

    const [begin, end] = (figure.dataset.quiet || '0 0').split(' ').map(Number)
    const inQuietHours = chosen.filter((time) => after(minutes(time), begin) < after(end, begin))
    const quiet = figure.querySelector('[data-quiet-text]')
    say(quiet, inQuietHours.length ? quiet.dataset.quietText.replace('{times}', inQuietHours.join(', ')) : '')

    const early = chosen.filter(isEarly)
    const notice = figure.parentElement.querySelector('[data-early]')
    const words = notice.querySelector('[data-early-text]')
    notice.hidden = !early.length
    say(words, early.length ? words.dataset.earlyText.replace('{times}', early.join(', ')) : '')
  }

  const redrawAll = () => form.querySelectorAll('[data-day]').forEach(redraw)

  // --- a dose to begin with
  const lastDay = (first, length) => {
    const day = new Date(`${first}T12:00:00Z`)
    if (!length || Number.isNaN(day.getTime())) return ''
    day.setUTCDate(day.getUTCDate() + length - 1)
    return day.toISOString().slice(0, 10)
  }

  const fill = (button) => {
    const dose = JSON.parse(button.dataset.fill)
    const all = (name) => [...form.querySelectorAll(`[name=${name}]`)]
    all('days').forEach((box) => { box.checked = dose.days.includes(box.value) })
    const fields = all('times')
    while (fields.length < dose.times.length) {
      const more = fields[0].cloneNode()
      fields[fields.length - 1].after(more)
      fields.push(more)
    }
    fields.forEach((field, number) => { field.value = dose.times[number] || '' })
    all('variation').forEach((choice) => { choice.checked = choice.value === dose.variation })
    for (const name of ['sets', 'hold_seconds']) form.elements[name].value = dose[name]
    all('mornings_allowed').forEach((box) => { box.checked = false })
    if (!form.querySelector('[name=reason]')) form.elements.ends_on.value = lastDay(form.elements.starts_on.value, dose.lasts)
    form.querySelectorAll('[data-fill]').forEach((each) => each.setAttribute('aria-pressed', String(each === button)))
    redrawAll()
  }

  // --- the questions
  const answered = (question) => question.querySelector('input[type=radio]:checked')

  const count = (screening) => {
    const line = screening.querySelector('[data-count-text]')
    const questions = [...screening.querySelectorAll('.pl-question')]
    const done = questions.filter(answered).length
    say(line.querySelector('[role=status]'),
      line.dataset.countText.replace('{done}', done).replace('{all}', questions.length))
  }

  const answer = (question, value) => {
    const choice = question.querySelector(`input[value=${value}]`)
    choice.checked = true
    choice.dispatchEvent(new Event('change', { bubbles: true }))
    if (value === 'yes') {
      question.querySelector('textarea').focus()
      return
    }
    const questions = [...form.querySelectorAll('.pl-question')]
    const next = questions.slice(questions.indexOf(question) + 1).find((each) => !answered(each))
    const target = next ? next.querySelector('input[type=radio]') : form.querySelector('[data-fill], [name=days]')
    target.focus()
    target.closest('fieldset, .pl-card').scrollIntoView({ block: 'center', behavior: 'instant' })
  }

  const writes = (element) => element.matches('textarea, select, input:not([type=radio], [type=checkbox])')

  if (form) {
    form.addEventListener('input', (event) => { if (event.target.name === 'times') redrawAll() })
    form.addEventListener('change', (event) => {
      const screening = event.target.closest('[data-screening]')
      if (screening && event.target.type === 'radio') count(screening)
    })
    form.addEventListener('click', (event) => {
      const button = event.target.closest('[data-fill]')
      if (!button) return
      event.preventDefault()
      fill(button)
    })
    document.addEventListener('keydown', (event) => {
      const value = { n: 'no', y: 'yes', s: 'yes' }[event.key.toLowerCase()] // s: sí
      if (!value || event.repeat || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return
      const nowhere = event.target === document.body
      const question = event.target.closest('.pl-question')
        || (nowhere && [...form.querySelectorAll('.pl-question')].find((each) => !answered(each)))
      if (!question) return
      event.preventDefault()
      answer(question, value)
    })
    form.querySelectorAll('[data-screening]').forEach((screening) => {
      if (!screening.querySelector('.pl-question')) return
      screening.querySelector('[data-count-text]').hidden = false
      count(screening)
    })
    if (form.querySelector('[data-day]')) redrawAll()
  }
}
