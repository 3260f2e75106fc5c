// The session on a phone: takes the screens out of the page's template, shows one at a time, sends the answers once.
// Without this script the same screens are plain pages; see clinic/portal/player/page.py.

const load = (name) => import(document.querySelector(`[data-module=${name}]`).href);
const [clock, { startCountdown }, cues, sessionState, answersForm] = await Promise.all(
  ["clock", "countdown", "cues", "session_state", "answers"].map(load),
);
const [reportSubmission, queue, reportState, sender, { text: offlineText }] = await Promise.all(
  ["report_submission", "queue", "report_state", "sender", "texts"].map((name) => load(`offline-${name}`)),
);

const form = document.querySelector("[data-player]");
const prescription = form.dataset.player;
const sequence = form.dataset.sequence.split(" ");
const container = form.querySelector("[data-screens]");
const voice = document.querySelector("[data-aloud]");
const texts = document.querySelector("#script-texts").content;
const say = (key) => texts.querySelector(`[data-text="${key}"]`)?.textContent ?? "";
const screens = new Map();
let now = 0; // the place in the sequence
let timer = null; // {place, clock}: the hold or rest that was begun
let counter = null;
let done = false;

// --- Set up: all screens into the form, the answers as they stand -------------------------------------------------------

const refused = "refused" in form.dataset;
const stood = answersForm.read(form);
const session = refused ? null : sessionState.kept(prescription);
const template = document.querySelector("#screens").content;
container.replaceChildren(...template.querySelectorAll("[data-screen]"));
form.querySelector("[data-hidden-answers]").remove();
for (const screen of container.querySelectorAll("[data-screen]")) {
  screens.set(screen.dataset.screen, screen);
  screen.hidden = true;
}
answersForm.fill(form, session?.answers ?? stood);
if (session) form.elements.key.value = session.key; // a reload is the same session: saved once
timer = session?.timer ?? null;

const screenAt = (place) => screens.get(sequence[place].split(".").at(-1));
const setAt = (place) => (sequence[place].includes(".") ? sequence[place].split(".")[0] : "");

// --- One screen at a time ------------------------------------------------------------------------------------------------

function remember() {
  if (!done) sessionState.keep(prescription, { key: form.elements.key.value, place: sequence[now], timer, answers: answersForm.read(form) });
}

function spoken() {
  return [...screenAt(now).querySelectorAll("[data-speak]")].map((words) => words.textContent.trim()).join(". ").replaceAll("..", ".");
}

const speak = (text) => cues.aloud(voice, text);

function show(place, { focus = true } = {}) {
  counter?.stop();
  counter = null;
  screenAt(now).hidden = true;
  timer = timer?.place === sequence[place] ? timer : null;
  if (place !== now) document.querySelector(".summary")?.remove(); // what the server found wrong was about the other screen
  const stoppedFrom = place === sequence.length - 1 && setAt(now) && place !== now + 1;
  now = place;
  const screen = screenAt(now);
  const percent = `${Math.round((100 * now) / (sequence.length - 1))}%`;
  screen.querySelector(".progress-line [data-bob]").setAttribute("y", percent);
  screen.querySelector(".progress-line [data-gone]").setAttribute("y2", percent);
  const setLabel = screen.querySelector("[data-set]");
  if (setLabel) setLabel.textContent = say(`set-${setAt(now)}`);
  const signs = container.querySelector('[name="warning_signs"]')?.closest("fieldset");
  if (signs) screen.querySelector("[data-signs], [data-signs-again]")?.append(signs); // one question, two places
  const comeUp = screen.querySelector("[data-come-up]");
  if (comeUp) comeUp.hidden = !stoppedFrom;
  screen.hidden = false;
  const heading = screen.querySelector("h1");
  document.title = heading.textContent === form.dataset.title.split(" – ")[0] ? form.dataset.title : `${heading.textContent} – ${form.dataset.title}`;
  if (screen.querySelector("[data-clock]")) {
    const keep = (running) => {
      timer = { place: sequence[now], clock: running };
      remember();
    };
    counter = startCountdown(screen, { clock, cues, say, speak, keep }, timer?.clock ?? null);
  }
  if (!focus) return;
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
  cues.tick();
  speak(spoken());
  remember();
}

/** Go to another screen, so that the browser's own Back comes back here. */
function go(place) {
  history.pushState({ place, depth: (history.state?.depth ?? 0) + 1 }, "");
  show(place);
}

/** The furthest place that may be shown: without the first answer, no step. */
const within = (place) => Math.min(place, answersForm.isAnswered(form, "before") || signTicked() ? sequence.length - 1 : sequence.indexOf("signs"));
const signTicked = () => answersForm.isAnswered(form, "warning_signs");

function lacks(name) {
  if (answersForm.isAnswered(form, name) || signTicked()) return false;
  answersForm.showError(form, name, say(`missing-${name}`));
  return true;
}

const acts = {
  next(button) {
    if (sequence[now] === "before" && lacks("before")) return;
    if (sequence[now] === "signs" && signTicked()) send(button); // told at once: the exercise does not go on
    else if (sequence[now] === "signs" && !answersForm.isAnswered(form, "before")) {
      go(0);
      lacks("before");
    } else go(now + 1);
  },
  sign: () => go(sequence.indexOf("signs")),
  back() {
    if (history.state?.depth) history.back();
    else {
      history.replaceState({ place: now - 1, depth: 0 }, "");
      show(now - 1);
    }
  },
  stop: () => go(sequence.length - 1),
  save(button) {
    if (!lacks("after")) send(button);
  },
};

// --- Sending -------------------------------------------------------------------------------------------------------------

async function send(button) {
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  button.textContent = say("saving");
  const outcome = await reportSubmission.submit(form, { queue, reportState, sender });
  leave();
  if (outcome?.next) window.location.replace(outcome.next);
  else if (outcome?.waits) reportSubmission.showResult(outcome, offlineText);
  else form.submit(); // the server's own page says what is wrong
}

/** The session in this tab is over. */
function leave() {
  done = true;
  sessionState.forget(prescription);
  counter?.stop();
  cues.hush();
}

// --- Listening -----------------------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  acts[event.submitter?.dataset.act ?? "next"]?.(event.submitter);
});
form.addEventListener("keydown", (event) => {
  // Enter on a round button or a tick box would send the page on.
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});
form.addEventListener("input", remember);
form.addEventListener("change", (event) => answersForm.clearError(event.target));
window.addEventListener("popstate", (event) => show(Math.max(0, within(event.state?.place ?? 0))));
window.addEventListener("pagehide", cues.hush);
window.addEventListener("pageshow", (event) => event.persisted && done && window.location.reload());
document.querySelector("[data-leave]").addEventListener("click", leave);
cues.offerVoice(voice, spoken);

const stoodAt = session ? within(sequence.indexOf(session.place)) : sequence.indexOf(form.dataset.at);
now = Math.max(0, stoodAt);
history.replaceState({ place: now, depth: session ? (history.state?.depth ?? 0) : 0 }, "");
show(now, { focus: now > 0 && !refused });
