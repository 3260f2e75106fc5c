// One screen's clock at work: the seconds left, the bob that goes down, what is said on the way, and when the time is up.

const EVERY = 250; // milliseconds between two looks at the clock
const LOCKED = 5; // seconds without a look: the phone was asleep

/**
 * @param screen  the section with a [data-clock]
 * @param tools   {clock, cues, say(key), speak(text), keep(clock|null)}: the modules, the words, and where the clock is kept
 * @param running the kept clock of this screen, or null
 * @returns {stop()}
 */
export function startCountdown(screen, { clock, cues, say, speak, keep }, running) {
  const frame = screen.querySelector("[data-clock]");
  const count = screen.querySelector("[data-count]");
  const cueLine = screen.querySelector("[data-recue]");
  const button = screen.querySelector("[data-act=clock]");
  const next = screen.querySelector("[data-act=next]");
  const seconds = Number(frame.dataset.clock);
  const rests = screen.classList.contains("rest");
  const reminders = [...screen.querySelectorAll("[data-remind]")].map((one) => one.dataset.remind);
  const spokenCues = clock.moments(seconds, reminders.length > 0);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let state = running;
  let ticking = null;
  let sleepless = null;
  let looked = state ? clock.passed(state, Date.now()) : 0;
  let lookedAt = Date.now();
  let reminded = 0;
  let ended = false;

  frame.hidden = false;
  screen.querySelector(".by-hand").hidden = true;
  cueLine.textContent = "";

  function draw(now) {
    const gone = state ? clock.passed(state, now) : 0;
    const shown = clock.face(seconds - gone);
    if (count.textContent !== shown) count.textContent = shown;
    const percent = `${((calm ? Math.floor(gone) : gone) / seconds) * 100}%`;
    frame.querySelector("[data-bob]").setAttribute("y", percent);
    frame.querySelector("[data-gone]").setAttribute("y2", percent);
  }

  function label() {
    const mode = !state ? "start" : ended ? "over" : state.pausedAt !== null ? "paused" : "running";
    screen.dataset.mode = mode;
    const focused = document.activeElement === button;
    button.hidden = rests || mode === "over";
    button.textContent = say({ start: "start", running: "pause", paused: "go-on", over: "next" }[mode]);
    next.textContent = say(mode === "over" ? "next" : rests ? "skip" : mode === "start" ? "no-clock" : "enough");
    next.classList.toggle("primary", rests || mode === "over");
    if (mode === "over" && focused) next.focus();
  }

  function tell(text, aloud = true) {
    cueLine.textContent = text;
    if (aloud) speak(text);
  }

  function finish(now) {
    ended = true;
    clearInterval(ticking);
    sleepless?.();
    const up = rests ? say("rested") : (screen.querySelector("[data-then]")?.textContent ?? say("time"));
    const slept = now - lookedAt > LOCKED * 1000 || clock.late(state, now) > LOCKED;
    label();
    tell(slept && !rests ? `${say("asleep")} ${up}` : up);
    cues.tick([200, 100, 200]);
  }

  function look() {
    const now = Date.now();
    draw(now);
    if (!state || ended || state.pausedAt !== null) return;
    const gone = clock.passed(state, now);
    if (gone >= seconds) {
      finish(now);
      return;
    }
    const what = clock.due(spokenCues, looked, gone);
    if (what === "ten" || (what && gone - looked < LOCKED)) {
      tell(what === "ten" ? say("ten") : reminders[reminded++ % reminders.length]);
      cues.tick();
    }
    looked = gone;
    lookedAt = now;
  }

  function run() {
    sleepless = cues.stayAwake();
    ticking = setInterval(look, EVERY);
    look();
  }

  function press() {
    const now = Date.now();
    if (!state) {
      state = clock.started(seconds, now);
      lookedAt = now;
      tell(rests ? "" : say("running"), false);
      run();
    } else if (state.pausedAt === null) {
      state = clock.paused(state, now);
      clearInterval(ticking);
      sleepless?.();
      tell(say("paused"), false);
    } else {
      state = clock.goneOn(state, now);
      lookedAt = now;
      tell(say("running"), false);
      run();
    }
    cues.tick();
    keep(state);
    label();
    draw(now);
  }

  button.addEventListener("click", press);
  document.addEventListener("visibilitychange", look);
  button.hidden = rests;
  if (state && state.pausedAt === null) run();
  else if (rests && !state) press();
  if (!ended) label();
  draw(Date.now());

  return {
    stop() {
      clearInterval(ticking);
      sleepless?.();
      button.removeEventListener("click", press);
      document.removeEventListener("visibilitychange", look);
      delete screen.dataset.mode;
    },
  };
}
