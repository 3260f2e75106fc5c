// Without a network: registers the worker, sends what waits whenever it may get through, and tells what is kept here.

const part = (name) => import(document.querySelector(`[data-part=offline-${name}]`).href);
const names = ["deciding", "queue", "sending", "saying", "waiting", "leaving", "warming"];
const [deciding, queue, sending, { said, when }, { waiting }, { leaving }, { warm }] = await Promise.all(names.map(part));

const place = document.querySelector("[data-offline]");
const { door, worker, scope } = place.dataset;
const owners = place.dataset.owners ? place.dataset.owners.split(" ") : [];
const kept = document.documentElement.dataset.kept;
const today = document.querySelector("[data-today]");
const changes = "BroadcastChannel" in window ? new BroadcastChannel("plumbline.answers") : null;
let failures = 0;
let gone = false; // on the way to what the server says
let turn = Promise.resolve(); // of looking
let next = null; // the timer of the next try

/** A question with two answers, in a dialog. */
function ask(question, yes) {
  const dialog = place.querySelector("dialog");
  dialog.querySelector("p").textContent = question;
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

const panel = owners.length ? waiting(place, { queue, deciding }, said, when, { send, ask, changed: tellAll }) : null;

/** Look what is kept here and tell it, one look after the other: each may take what the next would find. */
function look(why) {
  turn = turn.catch(() => {}).then(() => lookOnce(why));
  return turn;
}

/** Whoever sent it, what the server says takes the place of what was said here. */
async function lookOnce(why) {
  if (gone) return;
  const entries = await queue.entries();
  const answered = document.querySelector("main").dataset.answered;
  const entry = entries.find(({ id }) => id === answered);
  const stale = today ? deciding.mineOf(entries, owners, "sent").filter(({ renewed }) => !renewed) : [];
  if (answered && (!entry || entry.state === "sent")) {
    gone = true;
    if (entry) await queue.strike(entry.id);
    window.location.replace(entry?.next ?? place.dataset.history);
  } else if (stale.length) {
    for (const { id } of stale) await queue.amend(id, { renewed: true }); // this page may be older than the sending
    changes?.postMessage("renew");
    renew();
  } else await panel?.show(why);
}

function renew() {
  gone = true;
  window.location.reload();
}

function tellAll(why = "") {
  changes?.postMessage(why);
  return look(why);
}

function tryAgain() {
  clearTimeout(next);
  next = setTimeout(send, deciding.pauseAfter(failures));
  failures += 1;
}

async function send() {
  clearTimeout(next);
  const why = await sending.sendWaiting(door, { queue, deciding });
  if (why === "offline" || why === "later") tryAgain();
  else failures = 0;
  if (why === "nothing") await look();
  else await tellAll(why === "done" ? "" : why);
}

async function keepPages() {
  if (!("serviceWorker" in navigator) || !owners.length) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => warm(door, scope).catch(() => {}));
  await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
  await warm(door, scope);
}

if (kept) {
  const notice = place.querySelector("[data-kept-notice]");
  notice.querySelector("p").textContent = said("kept", { when: when(kept) });
  notice.hidden = false;
}
// Loaded where reminders may appear alone: nobody else's stay on, and none after signing out.
const phone = window.Notification?.permission === "granted" ? await import(place.dataset.phone).catch(() => null) : null;
const phoneDoor = { scope, door: place.dataset.phoneDoor, owners };
const quiet = async () => phone?.off(phoneDoor);
if (owners.length) phone?.mine(phoneDoor).catch(() => {});
for (const form of document.querySelectorAll("form[data-sign-out]")) leaving(form, door, owners, { queue, sending, deciding, quiet }, ask, said);

const install = document.querySelector("[data-install]");
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault(); // no banner: who wants it finds it in the settings
  if (!install) return;
  install.hidden = false;
  install.querySelector("button").addEventListener("click", () => event.prompt(), { once: true });
});

const report = document.querySelector("form[data-answers=pain]");
if (report && owners.length) {
  const [answering, { reporting }] = await Promise.all(["answering", "reporting"].map(part));
  const questions = await import(document.querySelector("[data-part=questions]").href);
  reporting(report, { questions, answering, queue, deciding, sending }, said);
}

// Listened to before the first try: the network may come back while that one still waits.
changes?.addEventListener("message", ({ data }) => (data !== "renew" ? look(data) : today && renew()));
window.addEventListener("plumbline:waits", ({ detail }) => {
  tellAll(detail);
  tryAgain();
});
window.addEventListener("online", () => {
  failures = 0; // often the first try comes before the way is open: the next is soon
  send();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
window.addEventListener("pageshow", (event) => event.persisted && send());
try {
  await look();
  if (owners.length) await send();
} catch {
  // A browser that keeps nothing has nothing to send.
}
await keepPages().catch(() => {});
