// What is decided about an answer without a network, a page or a clock. Pure; times in milliseconds.

const CLOCKS_DIFFER_BY = 2 * 60 * 1000;

/**
 * What an answer means, as far as a phone alone can tell: the gauge of the exercise.
 * @param scores {before, after}: numbers or null; {moved, signs}: true or false; {much}: points of a strong rise
 */
export function means({ before, after, moved, signs, much }) {
  if (signs) return "call_now";
  const change = before === null || after === null ? null : after - before;
  if (moved || (change !== null && change >= much)) return "stop";
  if (change === null) return "thanks";
  if (change > 0) return "stop_today";
  return change < 0 ? "go_on" : "carry_on";
}

/** What becomes of an answer after the server's reply. */
export function after(status) {
  if (status === 200 || status === 201) return "sent";
  if (status === 401 || status === 403) return "signed-out";
  return [400, 404, 409, 413, 422].includes(status) ? "refused" : "later";
}

/** Those of one person in one state, the oldest first. */
export function mineOf(entries, owners, state) {
  const mine = entries.filter((entry) => owners.includes(entry.owner) && entry.state === state);
  return mine.sort((one, other) => Date.parse(one.occurred_at) - Date.parse(other.occurred_at));
}

/** A moment with the offset that holds where the phone is: 2026-03-02T18:04:11+01:00. */
export function stamp(moment, minutesWest = new Date(moment).getTimezoneOffset()) {
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const local = new Date(moment - minutesWest * 60_000).toISOString().slice(0, 19);
  const away = Math.abs(minutesWest);
  return `${local}${minutesWest > 0 ? "-" : "+"}${two(away / 60)}:${two(away % 60)}`;
}

/** When an answer was given, once it is known that this phone's clock is ahead of the server's. */
export function onServersClock(occurredAt, phone, server) {
  const ahead = phone - server;
  const future = Date.parse(occurredAt) > server + CLOCKS_DIFFER_BY;
  return future && ahead > CLOCKS_DIFFER_BY ? stamp(Date.parse(occurredAt) - ahead) : occurredAt;
}

/** The waiting answer that forbids the exercise now: the newest of those that stop it today, or until it was seen. */
export function stopping(entries, now) {
  const today = (entry) => new Date(entry.occurred_at).toDateString() === new Date(now).toDateString();
  const stops = (entry) => ["stop", "call_now"].includes(entry.advice) || (entry.advice === "stop_today" && today(entry));
  return entries.findLast((entry) => entry.advice === "call_now") ?? entries.findLast(stops);
}

/** Milliseconds to wait before the next try, after so many that failed: two seconds, doubled up to ten minutes. */
export const pauseAfter = (failures) => Math.min(2_000 * 2 ** failures, 600_000);
