// What this tab keeps of one session, so that a reload loses nothing. It never outlives the tab, the day or three hours.

const LASTS = 3 * 60 * 60 * 1000;
const place = (prescription) => `plumbline.session.${prescription}`;

export function keep(prescription, session, now = Date.now()) {
  try {
    sessionStorage.setItem(place(prescription), JSON.stringify({ ...session, at: now }));
  } catch {
    // A browser that keeps nothing still goes through the session.
  }
}

/** What was kept, or null. */
export function kept(prescription, now = Date.now()) {
  try {
    const session = JSON.parse(sessionStorage.getItem(place(prescription)));
    const age = now - session.at;
    const sameDay = new Date(now).toDateString() === new Date(session.at).toDateString();
    if (sameDay && age >= 0 && age < LASTS) return session;
  } catch {
    // Nothing there, or nothing that can be read.
  }
  forget(prescription);
  return null;
}

export function forget(prescription) {
  try {
    sessionStorage.removeItem(place(prescription));
  } catch {
    // Nothing was kept.
  }
}
