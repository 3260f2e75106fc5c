// A button that copies what a field holds. It shows only where the browser lets a page copy; without it one selects.

for (const offer of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(offer.dataset.copies);
  const status = offer.querySelector("[role=status]");
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = status.dataset.text;
    } catch {
      field.focus(); // not allowed to: the field is selected, ready for the hand
    }
  });
}
