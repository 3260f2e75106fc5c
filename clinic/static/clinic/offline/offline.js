// Without a network: registers the worker, sends what waits whenever it may get through, and tells what is kept here.

const load = (name) => import(document.querySelector(`[data-module=offline-${name}]`).href);
const names = ["report_state", "queue", "sender", "texts", "queue_view", "sign_out", "prefetch"];
const [reportState, queue, sender, { text, when }, { queueView }, { guardSignOut }, { prefetch }] = await Promise.all(names.map(load));

const place = document.querySelector("[data-offline]");
const { submissionUrl, worker, scope } = place.dataset;
const owners = place.dataset.owners ? place.dataset.owners.split(" ") : [];
const kept = document.documentElement.dataset.kept;
const today = document.querySelector("[data-today]");
const changes = "BroadcastChannel" in window ? new BroadcastChannel("plumbline.answers") : null;
let failures = 0;
let gone = false; // on the way to what the server says
let turn = Promise.resolve(); // of updates
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

const panel = owners.length ? queueView(place, { queue, reportState }, text, when, { send, ask, changed: tellAll }) : null;

/** Show what is kept here, one update after the other: each may take what the next would find. */
function update(why) {
  turn = turn.catch(() => {}).then(() => updateOnce(why));
  return turn;
}

/** Whoever sent it, the server's answer replaces what this page showed. */
async function updateOnce(why) {
  if (gone) return;
  const entries = await queue.entries();
  const answered = document.querySelector("main").dataset.answered;
  const entry = entries.find(({ id }) => id === answered);
  const stale = today ? reportState.mineOf(entries, owners, "sent").filter(({ renewed }) => !renewed) : [];
  if (answered && (!entry || entry.state === "sent")) {
    gone = true;
    if (entry) await queue.strike(entry.id);
    window.location.replace(entry?.next ?? place.dataset.history);
  } else if (stale.length) {
    for (const { id } of stale) await queue.amend(id, { renewed: true }); // this page may be older than what was sent
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
  return update(why);
}

function tryAgain() {
  clearTimeout(next);
  next = setTimeout(send, reportState.pauseAfter(failures));
  failures += 1;
}

async function send() {
  clearTimeout(next);
  const why = await sender.sendWaiting(submissionUrl, { queue, reportState });
  if (why === "offline" || why === "later") tryAgain();
  else failures = 0;
  if (why === "nothing") await update();
  else await tellAll(why === "done" ? "" : why);
}

async function keepPages() {
  if (!("serviceWorker" in navigator) || !owners.length) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => prefetch(submissionUrl, scope).catch(() => {}));
  await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
  await prefetch(submissionUrl, scope);
}

if (kept) {
  const notice = place.querySelector("[data-kept-notice]");
  notice.querySelector("p").textContent = text("kept", { when: when(kept) });
  notice.hidden = false;
}
// Loaded where reminders may appear alone: nobody else's stay on, and none after signing out.
const phone = window.Notification?.permission === "granted" ? await import(place.dataset.pushModule).catch(() => null) : null;
const subscriptionContext = { scope, url: place.dataset.subscriptionUrl, owners };
const quiet = async () => phone?.off(subscriptionContext);
if (owners.length) phone?.mine(subscriptionContext).catch(() => {});
for (const form of document.querySelectorAll("form[data-sign-out]")) guardSignOut(form, submissionUrl, owners, { queue, sender, reportState, quiet }, ask, text);

const install = document.querySelector("[data-install]");
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault(); // no banner: who wants it finds it in the settings
  if (!install) return;
  install.hidden = false;
  install.querySelector("button").addEventListener("click", () => event.prompt(), { once: true });
});

const report = document.querySelector("form[data-answers=pain]");
if (report && owners.length) {
  const [reportSubmission, { reportPage }] = await Promise.all(["report_submission", "report_page"].map(load));
  const answersForm = await import(document.querySelector("[data-module=answers]").href);
  reportPage(report, { answersForm, reportSubmission, queue, reportState, sender }, text);
}

// Listened to before the first try: the network may come back while that one still waits.
changes?.addEventListener("message", ({ data }) => (data !== "renew" ? update(data) : today && renew()));
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
  await update();
  if (owners.length) await send();
} catch {
  // A browser that keeps nothing has nothing to send.
}
await keepPages().catch(() => {});
