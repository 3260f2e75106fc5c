// The page's texts about waiting answers: the server put them there, in the client's language.

const texts = document.querySelector("#offline-texts").content;

/** The words under a key, with {names} filled in. */
export function text(key, values = {}) {
  const found = texts.querySelector(`[data-text="${key}"]`)?.textContent ?? "";
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** "today at 18:04", "yesterday at 18:04", "Monday 2 March at 18:04" */
export function when(iso) {
  const language = document.documentElement.lang;
  const moment = new Date(iso);
  const daysAgo = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(iso).setHours(0, 0, 0, 0)) / 86_400_000);
  const time = moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = moment.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
  return text(["today", "yesterday"][daysAgo] ?? "day", { time, day });
}
