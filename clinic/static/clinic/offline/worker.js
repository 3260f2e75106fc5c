// The service worker: the client's pages without a network. `config` and the parts before it are put here by the server.
// The browser's own cache rules do not hold in the Cache API, so everything that is kept is kept by name: cache_policy.js.

const PATIENCE_FOR_PAGES = 4000; // milliseconds until a kept page is better than a slow one
const KEPT_AT = "Offline-Kept-At";
const absolute = (path) => new URL(path, self.location).href;
const bounds = {
  origin: self.location.origin,
  scope: config.scope,
  statics: config.static,
  shell: config.shell.map(absolute),
};
let retired = false; // a newer worker takes over: it deletes what is of this one, which keeps nothing more
let epoch = 0; // goes up when whatever is on its way may not be kept any more

self.addEventListener("install", (event) => {
  const cache = config.hashed ? "default" : "no-cache";
  const wanted = [...config.shell, config.offlinePage].map((path) => new Request(path, { cache }));
  event.waitUntil(caches.open(shellName(config.version)).then((shell) => shell.addAll(wanted)));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (ours(name) && !ofVersion(name, config.version)) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

// A new worker waits until the server has shown a page: whatever that page needs is of the new version.
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const requested = { method: request.method, url: request.url, destination: request.destination, ranged: request.headers.has("range") };
  const route = routeOf(requested, bounds);
  if (route === "static") event.respondWith(fromShell(request));
  else if (route === "page") event.respondWith(page(event, request));
  else if (request.mode === "navigate") {
    if (new URL(request.url).pathname === config.signOut) event.waitUntil(forgetPages());
    event.respondWith(fetch(request).catch(noNetwork));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag === "plumbline.answers") event.waitUntil(sendInTheBackground());
});

async function sendInTheBackground() {
  const why = await sendWaiting(config.submissionUrl, { queue: { entries, enter, strike, amend }, reportState: { after, mineOf, onServersClock } });
  new BroadcastChannel("plumbline.answers").postMessage(why);
  if (why === "offline" || why === "later") throw new Error(why); // the browser tries again
}

async function fromShell(request) {
  const cacheName = shellName(config.version);
  const kept = () => caches.match(request, { ignoreVary: true, cacheName });
  const fresh = async () => {
    const response = await fetch(request);
    const contentType = response.headers.get("content-type");
    if (!retired && mayKeepStatic({ status: response.status, contentType })) {
      await (await caches.open(cacheName)).put(request, response.clone());
    }
    return response;
  };
  if (config.hashed) return (await kept()) ?? fresh();
  return fresh().catch(async () => (await kept()) ?? Response.error());
}

async function page(event, request) {
  const network = fromNetwork(request);
  event.waitUntil(network.then(() => undefined, () => undefined));
  const kept = await keptPage(request);
  const instead = () => kept ?? (request.mode === "navigate" ? noNetwork() : Response.error());
  const answered = network.then((response) => (isAway(response) && kept ? kept : response), instead);
  if (!kept) return answered;
  return Promise.race([answered, new Promise((resolve) => setTimeout(resolve, PATIENCE_FOR_PAGES, kept))]);
}

async function fromNetwork(request) {
  const began = epoch;
  const response = await fetch(request);
  const holder = response.headers.get("Offline-Holder");
  const received = { type: response.type, status: response.status, redirected: response.redirected, holder };
  if (saysSignedOut(received)) await forgetPages();
  else if (holder && began === epoch) {
    await forgetPages(holder);
    if (!retired && mayKeepPage({ ...received, copy: response.headers.get("Offline-Copy") })) await keepPage(request, holder, response.clone());
    if (request.mode === "navigate" && self.registration.waiting) {
      retired = true;
      self.registration.waiting.postMessage("take-over");
    }
  }
  return response;
}

async function keepPage(request, holder, response) {
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, new Date().toISOString());
  const pages = await caches.open(pagesName(config.version, holder));
  await pages.put(request.url, new Response(await response.blob(), { headers }));
}

/** The copy of the one who was here last; there is never another's. */
async function keptPage(request) {
  for (const name of (await caches.keys()).filter(ofPages)) {
    const pages = await caches.open(name);
    const options = { ignoreVary: true };
    const found = (await pages.match(request.url, options)) ?? (await pages.match(request.url, { ...options, ignoreSearch: true }));
    const keptAt = found?.headers.get(KEPT_AT);
    if (!found || tooOld(keptAt, Date.now())) continue;
    if (!found.headers.get("content-type")?.startsWith("text/html")) return found;
    return new Response(markedAsKept(await found.text(), keptAt), { headers: found.headers });
  }
  return undefined;
}

/** Delete every kept page but those of one holder. */
async function forgetPages(but) {
  const names = (await caches.keys()).filter((name) => ofPages(name) && (!but || name !== pagesName(config.version, but)));
  if (names.length || !but) epoch += 1;
  await Promise.all(names.map((name) => caches.delete(name)));
}

const noNetwork = async () => (await caches.match(config.offlinePage, { ignoreVary: true })) ?? Response.error();
