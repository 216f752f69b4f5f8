const sharedKey = 'sesshu-active-at';
const toldAfterMs = 4 * 60_000;

/**
 * Locks the screen when nobody has touched it for the minutes that the page names (離席ロック): what was shown is taken
 * away at once, then the server is told. Windows of one browser share what they see of the person; while somebody works
 * on one page for long, the server hears of it.
 */
export function lockWhenIdle(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-lock-minutes]');
  if (form === null) return;
  const limitMs = Number(form.dataset['lockMinutes']) * 60_000;
  let toldAt = Date.now();
  note();
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
    document.addEventListener(kind, note, { passive: true });
  }
  setInterval(() => {
    const activeAt = lastActivity();
    if (Date.now() - activeAt > limitMs) return lock(form);
    if (activeAt > toldAt && Date.now() - toldAt > toldAfterMs) {
      toldAt = Date.now();
      void fetch('/alive', { headers: { 'x-fragment': 'alive' } }).catch(() => undefined);
    }
  }, 5000);
}

let notedAt = 0;

function note(): void {
  if (Date.now() - notedAt < 1000) return;
  notedAt = Date.now();
  localStorage.setItem(sharedKey, String(notedAt));
}

function lastActivity(): number {
  return Math.max(notedAt, Number(localStorage.getItem(sharedKey)) || 0);
}

function lock(form: HTMLFormElement): void {
  const next = form.elements.namedItem('next');
  if (next instanceof HTMLInputElement) next.value = location.pathname;
  for (const place of document.querySelectorAll('main, dialog')) place.replaceChildren();
  document.title = '画面のロック';
  form.submit();
}
