// Keeps what was typed and not sent while other cases are shown: in memory, never on disk.

const drafts = new Map();

const fields = (page) => page?.querySelectorAll("#decision :is(input:not([type=hidden]), textarea, select)") ?? [];

const valueOf = (field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value);

const originalOf = (field) => {
  if (field.type === "radio" || field.type === "checkbox") return field.defaultChecked;
  if (field instanceof HTMLSelectElement) {
    return [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0]?.value;
  }
  return field.defaultValue;
};

const isChanged = (field) => valueOf(field) !== originalOf(field);

/** Whether something was typed or chosen that is not sent. */
export const isBegun = (page) => [...fields(page)].some(isChanged);

export function keep(page) {
  if (isBegun(page)) drafts.set(page.dataset.case, [...fields(page)].map(valueOf));
}

export function restore(page) {
  const values = drafts.get(page.dataset.case);
  if (!values) return;
  [...fields(page)].forEach((field, index) => {
    if (typeof values[index] === "boolean") field.checked = values[index];
    else if (values[index] !== undefined) field.value = values[index];
  });
}

export function discard(page) {
  drafts.delete(page.dataset.case);
  for (const field of fields(page)) {
    if (field instanceof HTMLTextAreaElement || field.type === "text") field.value = field.defaultValue;
    else if ("checked" in field) field.checked = field.defaultChecked;
  }
}

addEventListener("beforeunload", (event) => {
  const typed = [...document.querySelectorAll("#decision :is(textarea, input[type=text])")];
  if (typed.some(isChanged) && !("busy" in document.documentElement.dataset)) event.preventDefault();
});
