// What the worker keeps and for whom. Pure decisions; part of the worker, see clinic/portal/pwa/service_worker.py.

const SEVEN_DAYS = 7 * 24 * 60 * 60 * 1000;
const OURS = "plumbline-";

export const shellName = (version) => `${OURS}${version}-shell`;

export const pagesName = (version, holder) => `${OURS}${version}-pages-${holder}`;

export const ours = (name) => name.startsWith(OURS);

export const ofVersion = (name, version) => name.startsWith(`${OURS}${version}-`);

export const ofPages = (name) => ours(name) && name.includes("-pages-");

/** "page", "static", or "leave" for the browser: everything but a plain GET of the client's rooms and of our files. */
export function routeOf({ method, url, destination, ranged }, { origin, scope, statics, shell }) {
  const { origin: from, pathname, href } = new URL(url);
  if (method !== "GET" || ranged || ["video", "audio", "track"].includes(destination)) return "leave";
  const sheet = destination === "style"; // a clinic's own colours have their address among the rooms
  if (shell.includes(href) || (from === origin && (sheet || pathname.startsWith(statics)))) return "static";
  return from === origin && pathname.startsWith(scope) ? "page" : "leave";
}

/** Only what the server allowed by name: no-store holds for everything else. */
export const mayKeepPage = ({ status, redirected, copy, holder }) =>
  status === 200 && !redirected && copy === "allowed" && Boolean(holder);

export const mayKeepStatic = ({ status, contentType }) => status === 200 && !/^(video|audio)\//.test(contentType ?? "");

/** The way to the sign-in, or a script that is told so. */
export const saysSignedOut = ({ type, status, redirected, holder }) =>
  type === "opaqueredirect" || status === 401 || (redirected && !holder);

/** A gateway without a site behind it is as good as no network. */
export const isAway = ({ status }) => [502, 503, 504].includes(status);

export const tooOld = (keptAt, now) => !(now - Date.parse(keptAt) < SEVEN_DAYS);

/** The page says by itself that it is a copy, and of when. */
export const markedAsKept = (html, keptAt) => html.replace("<html ", `<html data-kept="${keptAt}" `);
