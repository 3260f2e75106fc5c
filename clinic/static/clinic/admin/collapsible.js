// What is long and rarely needed is folded on a phone; without scripts it stands open, which only takes longer to pass.
const narrow = matchMedia("(max-width: 640px)").matches;
for (const fold of document.querySelectorAll("details[data-folds]")) {
  const wanted = fold.closest("section").contains(document.getElementById(location.hash.slice(1)));
  if (narrow && !wanted) fold.open = false;
}
