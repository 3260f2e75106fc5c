// This phone's subscription to reminders: on, off, and never for anybody but the one signed in.

const WHO = "plumbline-push-owner";
const WHICH = "plumbline-push-phone";

export const which = () => localStorage.getItem(WHICH);

const bytes = (base64url) => Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const same = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

async function subscription(scope) {
  const registration = await navigator.serviceWorker?.getRegistration(scope);
  return registration?.pushManager?.getSubscription();
}

async function post(url, fields) {
  const who = await fetch(url, { cache: "no-store" });
  if (!who.ok) throw new Error(who.status);
  const { token, owners } = await who.json();
  const reply = await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token } });
  if (!reply.ok) throw new Error(reply.status);
  return { ...(await reply.json()), owners };
}

/** The subscription, where it is this client's; anybody else's on this phone is ended. */
export async function mine({ scope, url, owners }) {
  const found = await subscription(scope);
  if (found && !owners.includes(localStorage.getItem(WHO))) {
    await off({ scope, url });
    return null;
  }
  return found ?? null;
}

/** Subscribe, as an answer to a tap; the permission must be there. */
export async function on({ key, url, scope }) {
  await navigator.serviceWorker.getRegistration(scope); // registered by offline.js
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  const foreign = before && !same(new Uint8Array(before.options.applicationServerKey ?? []), bytes(key));
  if (foreign) await before.unsubscribe(); // made for keys that this site has no more
  const created = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const { endpoint, keys } = created.toJSON();
  try {
    const { subscription: pk, owners } = await post(url, { act: "keep", endpoint, p256dh: keys.p256dh, auth: keys.auth });
    localStorage.setItem(WHO, owners[0]);
    localStorage.setItem(WHICH, pk);
  } catch (error) {
    await created.unsubscribe();
    throw error;
  }
}

/** End it here first: whatever the server hears, nothing appears on this phone any more. */
export async function off({ scope, url }) {
  const found = await subscription(scope);
  localStorage.removeItem(WHO);
  localStorage.removeItem(WHICH);
  if (!found) return;
  await found.unsubscribe();
  await post(url, { act: "forget", endpoint: found.endpoint }).catch(() => {});
}
