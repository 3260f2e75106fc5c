// Signing out leaves nothing on this phone, and loses no answer without a question. The server clears the browser's
// storage as well (Clear-Site-Data), unless somebody else's answers wait here: those stay for their owner.

const OURS = "plumbline-";

/** @param tools {queue, sender, reportState, quiet: ends reminders on this phone}; ask(question, yes) → true or false; text(key, values) */
export function guardSignOut(form, submissionUrl, owners, tools, ask, text) {
  const { queue, sender, reportState } = tools;

  async function unsent() {
    const entries = await queue.entries();
    const mine = [...reportState.mineOf(entries, owners, "waits"), ...reportState.mineOf(entries, owners, "refused")];
    return { entries, mine };
  }

  async function mayLeave() {
    if ((await unsent()).mine.length) await sender.sendWaiting(submissionUrl, tools);
    const { mine } = await unsent();
    if (!mine.length) return true;
    return ask(text(mine.length === 1 ? "ask-leave-one" : "ask-leave-many", { n: mine.length }), text("leave"));
  }

  async function clear() {
    const { entries } = await unsent();
    const others = entries.filter(({ owner }) => !owners.includes(owner));
    for (const { id, owner } of entries) if (owners.includes(owner)) await queue.strike(id);
    for (const name of await window.caches?.keys() ?? []) if (name.startsWith(OURS) && name.includes("-pages-")) await caches.delete(name);
    sessionStorage.clear();
    if (others.length) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "others_wait", value: "1" }));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      if (!(await mayLeave())) return;
      await tools.quiet().catch(() => {}); // no reminder appears here for who is gone
      await clear();
    } catch {
      // This browser keeps nothing.
    }
    form.submit();
  });
}
