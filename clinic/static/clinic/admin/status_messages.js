// What was told can be put away; without scripts it goes with the page.

const told = document.querySelector(".pl-messages-bar");

/** The button is there for whoever has scripts, also in what the worklist brings anew. */
function offer() {
  for (const close of told.querySelectorAll("[hidden]")) close.hidden = false;
}

told.addEventListener("click", (event) => {
  if (event.target.closest(".pl-messages-close")) told.replaceChildren();
});
new MutationObserver(offer).observe(told, { childList: true });
offer();
