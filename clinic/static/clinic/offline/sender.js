// Send what waits, the oldest first: from a page, or by the worker when no page is open. One sender at a time.

const PATIENCE = 10_000; // milliseconds for one reply

/**
 * @param submissionUrl  where waiting reports are sent
 * @param tools {queue, reportState}: the modules
 * @returns why it ended: "done", "nothing", "offline", "signed-out" or "later"
 */
export function sendWaiting(submissionUrl, tools) {
  const run = () => sendAll(submissionUrl, tools);
  return navigator.locks ? navigator.locks.request("plumbline.sending", run) : run(); // else the keys see to it
}

async function sendAll(submissionUrl, { queue, reportState }) {
  if (!(await queue.entries()).some((entry) => entry.state === "waits")) return "nothing";
  let who;
  try {
    who = await fetch(submissionUrl, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return "offline";
  }
  if (!who.ok) return reportState.after(who.status) === "signed-out" ? "signed-out" : "later";
  const { owners, token, now } = await who.json();
  for (const entry of reportState.mineOf(await queue.entries(), owners, "waits")) {
    entry.occurred_at = reportState.onServersClock(entry.occurred_at, Date.now(), Date.parse(now));
    await queue.amend(entry.id, { occurred_at: entry.occurred_at }); // a second try has the same body
    const why = await sendOne(submissionUrl, entry, token, { queue, reportState });
    if (why !== "done") return why;
  }
  return "done";
}

async function sendOne(submissionUrl, entry, token, { queue, reportState }) {
  const { owner, about, prescription, occurred_at } = entry;
  const body = new URLSearchParams([...entry.answers, ...Object.entries({ owner, about, prescription, occurred_at })]);
  const headers = { "X-CSRFToken": token, "Idempotency-Key": entry.id };
  let reply;
  let answer = {};
  try {
    reply = await fetch(submissionUrl, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
    answer = await reply.json();
  } catch {
    if (!reply) return "offline";
  }
  const outcome = reply.status === 201 && !answer.next ? "later" : reportState.after(reply.status); // half a reply is none
  if (outcome === "sent") await queue.amend(entry.id, { state: "sent", next: answer.next });
  else if (outcome === "refused") await queue.amend(entry.id, { state: "refused", message: answer.message ?? "", fields: answer.fields ?? [] });
  else return outcome;
  return "done";
}
