// The page that asks for the pain alone: its answer is given as the player gives its own.

/** @param tools {answersForm, reportSubmission, queue, reportState, sender}: the modules; text(key): the text of the page */
export function reportPage(form, tools, text) {
  form.addEventListener("change", (event) => tools.answersForm.clearError(event.target));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button.primary");
    if (button.getAttribute("aria-disabled")) return;
    if (!tools.answersForm.isAnswered(form, "before") && !tools.answersForm.isAnswered(form, "warning_signs")) {
      tools.answersForm.showError(form, "before", form.dataset.missing);
      return;
    }
    button.setAttribute("aria-disabled", "true");
    button.textContent = text("saving");
    const outcome = await tools.reportSubmission.submit(form, tools);
    if (outcome?.next) window.location.replace(outcome.next);
    else if (outcome?.waits) tools.reportSubmission.showResult(outcome, text);
    else form.submit(); // the server's own page says what is wrong
  });
}
