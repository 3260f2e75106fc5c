// The answers in the form: read, put back, and told where one is missing.

const NOT_ANSWERS = new Set(["csrfmiddlewaretoken", "key", "at", "go"]);

/** Every answer by name, each a list. */
export function read(form) {
  const answers = {};
  for (const [name, value] of new FormData(form)) {
    if (!NOT_ANSWERS.has(name)) (answers[name] ??= []).push(value);
  }
  return answers;
}

export function fill(form, answers) {
  for (const field of form.elements) {
    if (!field.name || NOT_ANSWERS.has(field.name) || field.type === "submit") continue;
    const values = answers[field.name] ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
  for (const note of form.querySelectorAll("details textarea")) {
    const more = note.closest("details");
    more.open = note.value !== "" || more.querySelector(":checked") !== null;
  }
}

export const isAnswered = (form, name) => form.querySelector(`[name="${name}"]:checked`) !== null;

/** Say at the question what is missing, as the server would, and go there. */
export function showError(form, name, text) {
  const first = form.querySelector(`[name="${name}"]`);
  const question = first.closest("fieldset");
  if (!question.querySelector(".error")) {
    const box = document.createElement("div");
    box.id = `id_${name}_error`;
    box.setAttribute("role", "alert");
    question.querySelector("legend").after(box);
    question.classList.add("has-error");
    question.setAttribute("aria-describedby", box.id);
    const message = document.createElement("p");
    message.className = "error";
    message.textContent = text;
    box.append(message);
  }
  first.focus();
}

/** Remove the message once its question is answered. */
export function clearError(field) {
  const question = field.closest("fieldset.has-error");
  if (!question) return;
  question.classList.remove("has-error");
  question.removeAttribute("aria-describedby");
  question.querySelector(".error")?.parentElement.remove();
}
