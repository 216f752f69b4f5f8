/**
 * The reasons of a dose beside its mark, while the pointer or the focus is on it. Without script the mark is a link
 * to the row of the table where the same reasons stand.
 */
export function showTimelineTips(): void {
  const tip = document.createElement('div');
  tip.className = 'timeline-tip';
  tip.hidden = true;
  document.body.append(tip);
  const show = (event: Event): void => {
    const mark = markOf(event.target);
    if (mark === null) return;
    fill(tip, mark);
    place(tip, mark);
  };
  const hide = (event: Event): void => {
    if (markOf(event.target) !== null) tip.hidden = true;
  };
  document.addEventListener('pointerover', show);
  document.addEventListener('focusin', show);
  document.addEventListener('pointerout', hide);
  document.addEventListener('focusout', hide);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') tip.hidden = true;
  });
}

function markOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest('.tl-dose') : null;
}

function fill(tip: HTMLElement, mark: Element): void {
  const title = document.createElement('b');
  title.textContent = mark.getAttribute('aria-label') ?? '';
  const reasons = (mark.getAttribute('data-tip') ?? '').split('\n').filter((reason) => reason !== '');
  tip.replaceChildren(
    title,
    ...reasons.map((reason) => {
      const line = document.createElement('p');
      line.textContent = reason;
      return line;
    }),
  );
}

/** Below the mark, kept inside the window; set by the object model, which the content security policy allows. */
function place(tip: HTMLElement, mark: Element): void {
  tip.hidden = false;
  const box = (mark.querySelector('.tl-touch') ?? mark).getBoundingClientRect();
  const width = tip.offsetWidth;
  const left = Math.max(8, Math.min(window.innerWidth - width - 8, box.left + box.width / 2 - width / 2));
  const isBelow = box.bottom + tip.offsetHeight + 12 < window.innerHeight;
  const top = isBelow ? box.bottom + 6 : box.top - tip.offsetHeight - 6;
  tip.style.left = `${left + window.scrollX}px`;
  tip.style.top = `${top + window.scrollY}px`;
}
