// Reminders on this phone: shows what the push service brings, opens Today, and renews a subscription. Part of the worker.

let showing = Promise.resolve(); // one after the other: of two that come together each would see nothing to close

self.addEventListener("push", (event) => {
  const shown = () => showReminder(event.data.json());
  showing = showing.then(shown, shown);
  event.waitUntil(showing);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openToday(event.notification.data.url));
});

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event).catch(() => {})));

/** One reminder on the screen, the newest: those before it are closed. */
async function showReminder({ title, body, tag, url }) {
  for (const old of await self.registration.getNotifications()) if (old.tag !== tag) old.close();
  const icon = config.shell.at(-1);
  await self.registration.showNotification(title, { body, tag, icon, data: { url } });
}

async function openToday(url) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((one) => new URL(one.url).pathname.startsWith(config.scope));
  if (open) await open.focus();
  else await self.clients.openWindow(url.startsWith(config.scope) ? url : config.scope);
}

async function renew({ oldSubscription, newSubscription }) {
  if (!oldSubscription) return; // the page notices, and asks for a tap
  const created = newSubscription ?? (await self.registration.pushManager.subscribe(oldSubscription.options));
  const who = await fetch(config.subscriptionUrl, { cache: "no-store" });
  const { token } = who.ok ? await who.json() : {};
  const { endpoint, keys } = created.toJSON();
  const fields = { act: "keep", endpoint, p256dh: keys.p256dh, auth: keys.auth, replaces: oldSubscription.endpoint };
  const reply = token && (await fetch(config.subscriptionUrl, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token } }));
  if (!reply?.ok) await created.unsubscribe(); // signed out, or somebody else is here: mail goes on
}
