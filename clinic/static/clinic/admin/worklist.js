// The worklist keeps itself fresh without losing one's place, and takes an act without leaving the page.
// Without this script the same page works by plain forms and a reload.

const list = document.querySelector(".pl-worklist");
const page = document.querySelector("#worklist");
const status = page.querySelector("[role=status]");
const EVERY = 45_000; // ms
const PARTS = [".pl-person", ".pl-severity", ".pl-last-report", ".pl-recent-course"]; // of a row in use, what may change under the hand
let asOf = new Date();
let asking = false;

/** What the server put there to be said, or nothing. */
function say(key) {
  const words = key && document.querySelector("#worklist-messages").content.querySelector(`[data-text="${key}"]`);
  const time = asOf.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  status.replaceChildren(...(words ? words.cloneNode(true).childNodes : []));
  for (const place of status.querySelectorAll("time")) place.textContent = time;
}

async function refresh() {
  if (document.hidden || asking) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) return say("signed-out");
    if (!answer.ok) return say("lost");
    show(parsed(await answer.text()));
  } catch {
    say("lost"); // no network: it is tried again in a while
  } finally {
    asking = false;
  }
}

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

/** Take over what the page says now. */
function show(fresh) {
  asOf = new Date();
  say("");
  document.title = fresh.title;
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const now = fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (now && now.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.innerHTML = now.innerHTML;
  }
  const told = fresh.querySelector(".pl-messages-bar").childNodes;
  if (told.length) document.querySelector(".pl-messages-bar").replaceChildren(...told);
  const rows = fresh.querySelector(".pl-worklist");
  if (rows) rearrange([...rows.children], rows.start);
  else if (![...list.children].some(inUse)) location.reload(); // the list is empty now: another page altogether
}

/** The markup of a row, but for what differs each time: its forms' tokens and keys, and drops that are open. */
const essence = (row) => row.outerHTML.replace(/(name="(csrfmiddlewaretoken|form_key)" value="[^"]*"| open=""| data-[\w-]+-state="")/g, "");

const opened = (row) => row.querySelector("details[open]") !== null;
const typed = (row) => [...row.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
const inUse = (row) => row.contains(document.activeElement) || opened(row) || typed(row);

function rearrange(fresh, start) {
  const before = [...list.children];
  const known = new Map(before.map((row) => [row.id, row]));
  const after = fresh.map((row) => (known.has(row.id) ? renewed(known.get(row.id), row) : document.adoptNode(row)));
  const stays = new Set(after.map((row) => row.id));
  before.forEach((row, place) => {
    if (!stays.has(row.id) && (opened(row) || typed(row))) after.splice(place, 0, row); // somebody is writing in it
  });
  const held = before.findIndex((row) => row.contains(document.activeElement));
  if (held >= 0 && !after.some((row) => row.id === before[held].id)) {
    after[Math.min(held, after.length - 1)]?.querySelector(".pl-person > a").focus({ preventScroll: true });
  }
  list.start = start;
  place(after, known);
}

/** The row to show: the one that stands there where it says the same or is in use, else the new one. */
function renewed(row, fresh) {
  if (essence(row) === essence(fresh)) return row;
  if (!inUse(row)) return document.adoptNode(fresh);
  updated(row, fresh);
  return row;
}

/** What a row says is news; its forms stay as they are. */
function updated(row, fresh) {
  row.className = fresh.className;
  for (const part of PARTS) {
    const [old, now] = [row.querySelector(part), fresh.querySelector(part)];
    if (old && now && !old.contains(document.activeElement)) old.replaceWith(now.cloneNode(true));
  }
}

/** Put the rows in order; the one with the focus is never moved, which would lose it, and the screen stays where it is. */
function place(after, known) {
  const before = [...list.children];
  if (after.length === before.length && after.every((row, number) => row === before[number])) return;
  const focused = after.find((row) => row.contains(document.activeElement));
  const seen = before.find((row) => row.getBoundingClientRect().bottom > 0 && after.some((next) => next.id === row.id));
  const anchor = focused ?? (scrollY > 0 ? seen : undefined);
  const top = anchor?.getBoundingClientRect().top;
  if (focused) {
    for (const row of before) if (!after.includes(row)) row.remove();
    let past = false;
    for (const row of after) {
      if (row === focused) past = true;
      else if (past) list.append(row);
      else list.insertBefore(row, focused);
    }
  } else {
    list.replaceChildren(...after);
  }
  const now = anchor && document.getElementById(anchor.id);
  if (now) scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
}

/** An act in a row: sent from here, so that the place is kept. The answer is this page again, or one that says what is wrong. */
async function act(event) {
  const form = event.target;
  const row = form.closest(".pl-row");
  if (!row || form.method !== "post") return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), cache: "no-store" });
    const fresh = parsed(await answer.text());
    if (!fresh.querySelector("#worklist")) return refused(form, fresh, answer.status === 404 ? "gone" : "refused");
    form.reset();
    for (let drop = form.closest("details"); drop; drop = drop.parentElement.closest("details")) drop.open = false;
    const stays = fresh.getElementById(row.id);
    if (opened(row) || typed(row)) { // somebody went on meanwhile, to the next form of this row
      if (stays) updated(row, stays);
      form.replaceWith(...(stays?.querySelectorAll(".pl-row-actions > .pl-acknowledged") ?? []));
      return show(fresh);
    }
    const next = row.nextElementSibling;
    row.querySelector(".pl-person > a").focus({ preventScroll: true });
    if (stays && !stays.classList.contains("pl-needs-attention") && row.classList.contains("pl-needs-attention")) {
      (next ?? row).querySelector(".pl-person > a").focus({ preventScroll: true }); // done with it: on to the next
    }
    replaced(row, stays);
    show(fresh);
  } catch {
    say("lost");
  } finally {
    delete form.dataset.sent;
  }
}

/** A row that was acted on shows what came of it at once, though it has the focus. */
function replaced(row, fresh) {
  if (!fresh) return;
  const focused = row.contains(document.activeElement);
  row.replaceChildren(...fresh.cloneNode(true).childNodes);
  row.className = fresh.className;
  if (focused) row.querySelector(".pl-person > a").focus({ preventScroll: true });
}

/** Says it where it was written, which stays; the page that came instead has its reasons in each field and at the top. */
function refused(form, fresh, otherwise) {
  form.querySelector(".pl-error")?.remove();
  const said = document.createElement("p");
  said.className = "pl-error";
  said.setAttribute("role", "alert");
  // The top of that page only says to look at the fields: what to do stands after it and beside them.
  const why = [...fresh.querySelectorAll(".pl-error-summary > p + p, .pl-error")].map((words) => words.textContent.trim()).join(" ");
  said.textContent = why || document.querySelector("#worklist-messages").content.querySelector(`[data-text="${otherwise}"]`).textContent;
  form.append(said);
}

if (list) {
  list.addEventListener("submit", act);
  list.addEventListener("toggle", (event) => {
    if (!event.target.open) return;
    for (const drop of list.querySelectorAll("details[open]")) {
      if (!drop.contains(event.target)) drop.open = false; // one at a time
    }
  }, true);
}
if (list) setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", () => list && refresh());
addEventListener("online", () => list && refresh());
addEventListener("offline", () => say("lost"));
