// The worklist by keyboard: one goes from row to row and acts on the one where the focus is.

const list = document.querySelector(".pl-worklist");
const dialog = document.querySelector("#worklist-keys");
const offer = document.querySelector("#worklist-keys-offer");
const wanted = dialog.querySelector("[type=checkbox]");
const KEPT = "plumbline-worklist-keys"; // "off", where somebody wants no single keys: speech input types them

let last = ""; // the row one was in, should a refresh or a press elsewhere take the focus

const rows = () => [...(list?.children ?? [])];
const isTyping = (target) => target.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

function current() {
  return document.activeElement?.closest(".pl-row") ?? document.getElementById(last);
}

function move(by) {
  const all = rows();
  const here = all.indexOf(current());
  const next = all[here < 0 ? 0 : Math.max(0, Math.min(all.length - 1, here + by))];
  if (!next) return;
  next.querySelector(".pl-person > a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** Press a button, follow a link, or open a small form and go into it: the neediest client's while one is in no row. */
function does(act) {
  const row = current() ?? (act === "acknowledge" ? null : rows()[0]); // what is written at once needs a row chosen
  const found = row?.querySelector(`.pl-row-actions [data-act="${act}"]`);
  if (!found) return false;
  if (!found.matches("details")) {
    found.click();
    return true;
  }
  found.open = true;
  found.querySelector("input:not([type=hidden]), textarea, .pl-panel a")?.focus();
  return true;
}

function away() {
  const drop = document.activeElement?.closest("details[open]") ?? list?.querySelector("details[open]");
  if (!drop) return false;
  drop.open = false;
  drop.querySelector("summary").focus();
  return true;
}

/** Ctrl and Enter in a small form: its button, without going there. */
function sends(event) {
  const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(".pl-row form");
  form?.requestSubmit?.();
  return Boolean(form);
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  a: () => does("acknowledge"),
  m: () => does("message"),
  h: () => does("hold"),
  d: () => does("dose"),
  r: () => does("resolve"),
  "/": () => document.querySelector("#id_q")?.select(),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (wanted.checked && !event.repeat && !event.isComposing && sends(event)) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
  if (event.key === "Escape" && away()) return event.preventDefault();
  if (isTyping(event.target)) return;
  const inList = event.target.closest?.(".pl-person") && list.contains(event.target);
  const arrow = inList && { ArrowDown: "j", ArrowUp: "k" }[event.key]; // elsewhere they scroll, as ever
  const key = arrow || event.key;
  if (!arrow && key !== "?" && !wanted.checked) return;
  const run = Object.hasOwn(KEYS, key) && KEYS[key];
  if (run && run() !== false) event.preventDefault();
});

list?.addEventListener("focusin", (event) => {
  last = event.target.closest(".pl-row")?.id ?? last;
});
wanted.checked = localStorage.getItem(KEPT) !== "off";
wanted.addEventListener("change", () => localStorage.setItem(KEPT, wanted.checked ? "on" : "off"));
if (offer) offer.hidden = false; // none where there is no list yet
offer?.addEventListener("click", () => dialog.showModal());
