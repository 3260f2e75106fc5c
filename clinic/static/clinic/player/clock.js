// A count-down by the wall clock: a locked phone or a reload does not stop it. Pure; times in milliseconds.

export const LONG_ENOUGH = 20; // seconds: of a shorter time nobody is told that ten are left
const APART = 12; // seconds between two reminders
const QUIET_BEFORE_TEN = 4;

export const started = (seconds, now) => ({ seconds, from: now, pausedAt: null, rested: 0 });

export const paused = (clock, now) => (clock.pausedAt === null ? { ...clock, pausedAt: now } : clock);

export const goneOn = (clock, now) =>
  clock.pausedAt === null ? clock : { ...clock, rested: clock.rested + Math.max(0, now - clock.pausedAt), pausedAt: null };

/** Seconds that count, 0 up to all of them; a clock that was set back never counts below 0. */
export function passed(clock, now) {
  const counted = ((clock.pausedAt ?? now) - clock.from - clock.rested) / 1000;
  return Math.min(clock.seconds, Math.max(0, counted));
}

export const left = (clock, now) => clock.seconds - passed(clock, now);

/** Seconds since the time was up; 0 while it runs. */
export function late(clock, now) {
  return left(clock, now) > 0 ? 0 : (now - clock.from - clock.rested) / 1000 - clock.seconds;
}

/** "0:40"; a second that has begun is shown until it is over. */
export function face(seconds) {
  const whole = Math.ceil(seconds - 0.001);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What is said on the way: [second, "remind" or "ten"], in order. */
export function moments(seconds, reminds) {
  const ten = seconds >= LONG_ENOUGH ? seconds - 10 : seconds;
  const cues = [];
  for (let at = APART; reminds && at < ten - QUIET_BEFORE_TEN; at += APART) cues.push([at, "remind"]);
  if (ten < seconds) cues.push([ten, "ten"]);
  return cues;
}

/** The latest of them after `from` and up to `to` seconds; undefined: none. */
export const due = (cues, from, to) => cues.findLast(([at]) => at > from && at <= to)?.[1];
