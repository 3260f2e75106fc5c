// What is heard and felt: the cues read aloud, a tick of the phone, a screen that stays on. Each is silent where it is missing.

const WANTED = "plumbline.aloud";
const voice = window.speechSynthesis;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function wanted() {
  try {
    return localStorage.getItem(WANTED) === "yes";
  } catch {
    return false;
  }
}

/** The button that turns the voice on and off; hidden where the browser has none. */
export function offerVoice(button, now) {
  if (!voice || !button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(wanted()));
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    try {
      localStorage.setItem(WANTED, on ? "yes" : "no");
    } catch {
      // It holds for this page only.
    }
    on ? aloud(button, now()) : hush();
  });
}

export function aloud(button, text) {
  if (!voice || button?.getAttribute("aria-pressed") !== "true" || !text) return;
  voice.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = document.documentElement.lang;
  voice.speak(words);
}

export const hush = () => voice?.cancel();

export function tick(pattern = 30) {
  if (!still.matches) navigator.vibrate?.(pattern);
}

/** Keep the screen on until the returned function is called; the browser lets go by itself when the page is hidden. */
export function stayAwake() {
  let lock = null;
  let over = false;
  const ask = async () => {
    if (over || document.visibilityState !== "visible") return;
    try {
      lock = await navigator.wakeLock?.request("screen");
      if (over) lock?.release();
    } catch {
      lock = null;
    }
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", ask);
    lock?.release().catch(() => {});
  };
}
