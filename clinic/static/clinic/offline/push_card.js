// The card "Reminders on this phone". The browser is asked for its permission by the tap on the button alone.

const { mine, on, off, which } = await import(document.querySelector("[data-offline]").dataset.pushModule);
const card = document.querySelector("[data-subscriptions]");
const { key, url, scope } = card.dataset;
const settings = { key, url, scope, owners: card.dataset.owners.split(" ") };
const show = (selector, shown) => card.querySelectorAll(selector).forEach((part) => { part.hidden = !shown; });
const apple = /iPhone|iPad/.test(navigator.userAgent);

async function update() {
  const able = "PushManager" in window && "Notification" in window && "serviceWorker" in navigator;
  const denied = able && Notification.permission === "denied";
  const subscribed = able && !denied ? await mine(settings) : null;
  const here = card.querySelector(`[data-subscription="${which()}"]`);
  show("[data-no=iphone]", !able && apple);
  show("[data-no=old]", !able && !apple);
  show("[data-no=denied]", denied);
  show("[data-on]", able && !denied && !(subscribed && here));
  show("[data-off]", Boolean(subscribed && here));
  if (here && subscribed) here.querySelector("[data-this]").hidden = false;
}

async function change(act) {
  show("[data-failed]", false);
  try {
    await act();
    window.location.reload();
  } catch {
    show("[data-failed]", true);
  }
}

card.querySelector("[data-on]").addEventListener("click", async () => {
  if ((await Notification.requestPermission()) === "granted") await change(() => on(settings));
  else await update();
});
card.querySelector("[data-off]").addEventListener("click", () => change(() => off(settings)));
await update();
