/** How many pictures of the screen a message may be late by: about half a second. */
const PATIENCE = 30;

/**
 * After a refused form: takes the person to the first field that needs them, once its message is on screen.
 * The message is drawn after the next frame on a busy machine, hence the frames that are waited for.
 */
export function focusFirstInvalid(form: HTMLElement | null, frames = PATIENCE) {
  requestAnimationFrame(() => {
    if (!focusMarked(form) && frames > 1) focusFirstInvalid(form, frames - 1);
  });
}

function focusMarked(form: HTMLElement | null) {
  // some fields mark a frame around them as well, which takes no focus
  for (const element of form?.querySelectorAll<HTMLElement>('[aria-invalid="true"], [data-invalid="true"]') ?? []) {
    element.focus();
    if (document.activeElement === element) return true;
  }
  return false;
}
