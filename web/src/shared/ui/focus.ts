/** After a refused form: takes the person to the first field that needs them, once its message is on screen. */
export function focusFirstInvalid(form: HTMLElement | null) {
  requestAnimationFrame(() => {
    // some fields mark a frame around them as well, which takes no focus
    const marked = form?.querySelectorAll<HTMLElement>('[aria-invalid="true"], [data-invalid="true"]') ?? [];
    for (const element of marked) {
      element.focus();
      if (document.activeElement === element) return;
    }
  });
}
