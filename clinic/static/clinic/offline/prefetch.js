// Have at hand what is wanted without a network: the worker keeps what is fetched here, as far as the server allows.

const EVERY = 12 * 60 * 60 * 1000;
const MARK = "warmed"; // in the holder's own cache, so that it goes with it

const pagesCache = async () => (await caches.keys()).find((name) => name.startsWith("plumbline-") && name.includes("-pages-"));

async function due(scope) {
  const name = await pagesCache();
  const mark = name && (await (await caches.open(name)).match(scope + MARK));
  const at = mark ? Number(await mark.text()) : 0;
  const links = [...document.querySelectorAll("a[data-prefetch]")].map(({ href }) => href);
  const kept = name ? await Promise.all(links.map((href) => caches.match(href, { ignoreVary: true }))) : [];
  return !(Date.now() - at < EVERY) || kept.some((found) => !found);
}

/** The pictures of a page and the posters of its films, never the films. */
function picturesOf(html, base) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const inTemplates = [...parsed.querySelectorAll("template")].map(({ content }) => content);
  const all = [parsed, ...inTemplates].flatMap((root) => [...root.querySelectorAll("img[src], video[poster]")]);
  const paths = all.map((one) => one.getAttribute("src") ?? one.getAttribute("poster"));
  return [...new Set(paths.map((path) => new URL(path, base).href))].filter((href) => href.startsWith(window.location.origin));
}

/** A worker that takes over deletes what its forerunner kept; only then is it to be seen what is missing. */
async function activated(worker) {
  if (worker.state !== "activated") await new Promise((go) => worker.addEventListener("statechange", go, { once: true }));
}

/** Fetch what is missing or old; only through a worker that keeps it, and not for who saves data. */
export async function prefetch(submissionUrl, scope) {
  const worker = navigator.serviceWorker.controller;
  if (!worker || navigator.connection?.saveData) return;
  await activated(worker);
  if (!(await due(scope))) return;
  const who = await fetch(submissionUrl, { cache: "no-store" });
  if (!who.ok) return;
  const pictures = new Set();
  for (const path of (await who.json()).pages) {
    const response = await fetch(path, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) continue;
    for (const href of picturesOf(await response.text(), response.url)) pictures.add(href);
  }
  for (const href of pictures) await fetch(href);
  const name = await pagesCache();
  if (name) await (await caches.open(name)).put(scope + MARK, new Response(String(Date.now())));
}
