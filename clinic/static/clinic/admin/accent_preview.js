// The colour one is choosing, drawn while one chooses; without this script it is drawn when it is saved.
const drawing = document.querySelector("[data-accent]");
const field = drawing?.closest("form").elements.namedItem("accent");
let asked = 0;

async function draw() {
  const mine = (asked += 1);
  const answer = await fetch(`${drawing.dataset.accent}?accent=${encodeURIComponent(field.value)}`);
  const page = answer.ok ? await answer.text() : "";
  if (page && mine === asked) drawing.innerHTML = page;
}

let waiting;
field?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 150);
});
