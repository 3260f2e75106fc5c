// Give an answer so that nothing can lose it: first on this phone, then to the server, and what it means at once.

const page = document.querySelector("[data-offline]");
const answered = document.querySelector("#offline-answered");

/** A copy of a page bears a key that may be used up. */
export const freshKey = () => crypto.randomUUID?.().replaceAll("-", "") ?? `${Date.now()}${Math.random()}`;

if (document.documentElement.dataset.kept) {
  for (const form of document.querySelectorAll("form[data-answers]")) form.elements.key.value = freshKey();
}

const notAnswers = new Set(["csrfmiddlewaretoken", "key", "at", "go"]);
const number = (form, name) => {
  const chosen = form.querySelector(`[name="${name}"]:checked`);
  return chosen ? Number(chosen.value) : null;
};

function entryOf(form, reportState) {
  const now = Date.now();
  const chosen = (name, value) => form.querySelector(`[name="${name}"][value="${value}"]:checked`) !== null;
  const scores = {
    before: number(form, "before"),
    after: number(form, "after"),
    moved: chosen("moved_down_leg", "yes"),
    signs: form.querySelector('[name="warning_signs"]:checked') !== null,
  };
  const advice = reportState.means({ ...scores, much: Number(answered.dataset.much) });
  const adviceText = answered.content.querySelector(`[data-advice="${advice}"] p:not(.word, .actions)`).textContent;
  return {
    id: form.elements.key.value,
    owner: page.dataset.owners.split(" ")[0],
    state: "waits",
    about: form.dataset.answers,
    prescription: form.dataset.prescription,
    occurred_at: reportState.stamp(now),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    answers: [...new FormData(form)].filter(([name]) => !notAnswers.has(name)),
    before: scores.before,
    after: scores.after,
    advice,
    words: adviceText.replace("{before}", scores.before).replace("{after}", scores.after),
  };
}

/**
 * @param form  a form[data-answers] that lacks nothing
 * @param tools {queue, reportState, sender}: the modules
 * @returns {next}: sent, go there; {refused: true}: the server's own page tells why; {waits: entry, why}: kept here;
 *   null: this browser keeps nothing
 */
export async function submit(form, { queue, reportState, sender }) {
  const entry = entryOf(form, reportState);
  try {
    await queue.enter(entry);
  } catch {
    return null;
  }
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("plumbline.answers")).catch(() => {});
  const why = await sender.sendWaiting(page.dataset.submissionUrl, { queue, reportState });
  const now = (await queue.entries()).find(({ id }) => id === entry.id);
  if (!now) return { next: page.dataset.history };
  const fresh = !document.documentElement.dataset.kept;
  if (now.state === "sent" || (now.state === "refused" && fresh)) await queue.strike(now.id);
  if (now.state === "sent") return { next: now.next };
  return now.state === "refused" && fresh ? { refused: true } : { waits: now, why };
}

/** Say what a waiting answer means, in place of the questions. */
export function showResult({ waits, why }, text) {
  const shown = answered.content.cloneNode(true);
  const advice = shown.querySelector(`[data-advice="${waits.advice}"]`);
  advice.hidden = false;
  advice.querySelector("p:not(.word, .actions)").textContent = waits.words;
  for (const other of shown.querySelectorAll("[data-advice][hidden]")) other.remove();
  shown.querySelector("[data-why]").textContent = waits.state === "refused" ? waits.message : text(`why-${why}`);
  const main = document.querySelector("main");
  for (const part of [...main.children]) if (!part.matches("[data-offline]")) part.remove();
  main.className = "";
  main.append(shown);
  main.dataset.answered = waits.id;
  page.querySelector("[data-kept-notice]").hidden = true;
  window.scrollTo(0, 0);
  main.querySelector("h1").focus({ preventScroll: true });
  window.dispatchEvent(new CustomEvent("plumbline:waits", { detail: why }));
  document.title = main.querySelector("h1").textContent;
}
