// The page that asks for the pain alone: its answer is given as the player gives its own.

/** @param tools {questions, answering, queue, deciding, sending}: the modules; said(key): the words */
export function reporting(form, tools, said) {
  form.addEventListener("change", (event) => tools.questions.content(event.target));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button.primary");
    if (button.getAttribute("aria-disabled")) return;
    if (!tools.questions.answered(form, "before") && !tools.questions.answered(form, "warning_signs")) {
      tools.questions.complain(form, "before", form.dataset.missing);
      return;
    }
    button.setAttribute("aria-disabled", "true");
    button.textContent = said("saving");
    const outcome = await tools.answering.give(form, tools);
    if (outcome?.next) window.location.replace(outcome.next);
    else if (outcome?.waits) tools.answering.tell(outcome, said);
    else form.submit(); // the server's own page says what is wrong
  });
}
