// What waits on this phone, shown in the page: a line, a list, Send now, Delete. Wants the page's [data-offline].

/**
 * @param place  the page's [data-offline]
 * @param tools  {queue, reportState}: the modules
 * @param text   (key, values) → the text; when(iso) → "today at 18:04"
 * @param acts   {send(), ask(question, yes) → true or false, changed()}
 */
export function queueView(place, { queue, reportState }, text, when, acts) {
  const box = place.querySelector("[data-waiting]");
  const list = box.querySelector("ul");
  const owners = place.dataset.owners.split(" ");
  const today = document.querySelector("[data-today]");
  const sent = []; // shown on this page, and on no other
  const element = (name, text, className = "") => Object.assign(document.createElement(name), { textContent: text, className });

  const pain = ({ before, after }) => {
    if (before === null && after === null) return text("only-sign");
    return after === null ? text("pain", { before }) : text("pain-pair", { before: before ?? "–", after });
  };

  function button(label, act) {
    const created = element("button", label);
    created.type = "button";
    created.addEventListener("click", act);
    return created;
  }

  async function remove(entry) {
    if (!(await acts.ask(text("ask-delete", { when: when(entry.occurred_at) }), text("delete")))) return;
    await queue.strike(entry.id);
    acts.changed();
  }

  /** For an answer that the server dated in the future: when it was given, by the client. */
  function dateForm(entry) {
    const form = document.createElement("form");
    const label = element("label", text("when-given"));
    const input = Object.assign(document.createElement("input"), { type: "datetime-local", required: true });
    input.value = reportState.stamp(Math.min(Date.now(), Date.parse(entry.occurred_at))).slice(0, 16);
    label.append(input);
    form.append(label, element("button", text("send-with-date")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await queue.amend(entry.id, { occurred_at: reportState.stamp(new Date(input.value).getTime()), state: "waits" });
      acts.send();
    });
    return form;
  }

  function item(entry) {
    const row = document.createElement("li");
    row.append(element("p", `${text("given", { when: when(entry.occurred_at) })} ${pain(entry)}.`, "word"), element("p", entry.words));
    if (entry.state === "refused") row.append(element("p", text("refused", { why: entry.message }), "error"));
    if (entry.state === "refused" && entry.fields.includes("occurred_at")) row.append(dateForm(entry));
    const actions = element("p", "", "actions");
    actions.append(button(text("delete"), () => remove(entry)));
    row.append(actions);
    return row;
  }

  function showStop(entry) {
    const stop = place.querySelector("[data-stops]");
    const answered = document.querySelector("main").dataset.answered;
    stop.hidden = !entry || entry.id === answered;
    for (const link of document.querySelectorAll("a[data-prefetch]")) link.hidden = link.dataset.prefetch === entry?.prescription;
    const headline = document.querySelector("h1[data-leads]"); // what Today led with, before that answer
    if (headline) {
      headline.dataset.before ??= headline.textContent;
      headline.textContent = headline.dataset.leads === entry?.prescription ? text("stopped") : headline.dataset.before;
    }
    if (entry) stop.querySelector("[data-words]").textContent = entry.words;
  }

  /** @param why why nothing was sent; see sender.js */
  async function show(why = "") {
    const entries = await queue.entries();
    const [waits, refused, news] = ["waits", "refused", "sent"].map((state) => reportState.mineOf(entries, owners, state));
    const open = waits.length + refused.length;
    const answered = document.querySelector("main").dataset.answered; // there the same is text below the advice
    const asking = answered ?? document.querySelector("form[data-answers]")?.elements.key.value; // goes to its answer at once
    for (const entry of news.filter(({ id }) => id !== asking)) {
      if (!entry.shown) sent.push(entry);
      if (today) await queue.strike(entry.id);
      else await queue.amend(entry.id, { shown: true }); // Today comes anew for it: see offline.js
    }
    showStop(reportState.stopping(today ? waits : [...sent, ...waits], Date.now())); // another page may be older than what was sent
    box.hidden = Boolean(answered) || (!open && !sent.length);
    const lines = box.querySelector("[data-lines]");
    const waiting = waits.length && text(waits.length === 1 ? "waits-one" : "waits-many", { n: waits.length, when: when(waits[0].occurred_at) });
    const wanted = [waiting, refused.length && text(refused.length === 1 ? "refused-one" : "refused-many", { n: refused.length }), waits.length && why && text(`why-${why}`)];
    const now = wanted.filter(Boolean).map((text) => element("p", text));
    for (const entry of sent) {
      const line = element("p", `${text("sent", { when: when(entry.occurred_at) })} `);
      line.append(Object.assign(element("a", text("meaning")), { href: entry.next }));
      now.push(line);
    }
    lines.replaceChildren(...now);
    list.replaceChildren(...[...refused, ...waits].map(item));
    const more = box.querySelector("details");
    more.hidden = !open;
    more.open ||= refused.length > 0;
    box.querySelector("[data-send]").hidden = !waits.length;
    const signIn = box.querySelector("[data-sign-in]");
    signIn.hidden = why !== "signed-out";
    signIn.href = place.dataset.scope;
  }

  box.querySelector("[data-send]").addEventListener("click", acts.send);
  return { show };
}
