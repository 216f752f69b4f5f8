/**
 * Watches the line. When it is down the page says so, nothing is sent into it, and what was typed is on no disk: no
 * worker, no storage, no copy. Before a form is sent the server is asked for a sign of life.
 */
export function watchTheLine(): void {
  const state = document.querySelector<HTMLElement>('#line-state');
  if (state === null) return;
  const show = (isDown: boolean): void => {
    state.hidden = !isDown;
    if (isDown) state.scrollIntoView({ block: 'nearest' });
  };
  window.addEventListener('offline', () => show(true));
  window.addEventListener('online', () => show(false));
  if (!navigator.onLine) show(true);
  const asked = new WeakSet<HTMLFormElement>();
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.classList.contains('keeps-nothing') || asked.has(form)) return;
    event.preventDefault();
    const { submitter } = event;
    void send(form, submitter);
  });
  const send = async (form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> => {
    const isUp = await isAlive();
    show(!isUp);
    if (!isUp) return;
    asked.add(form);
    form.requestSubmit(submitter);
  };
  // A page that comes back from the browser's memory would show a person who has left: it is fetched anew.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

async function isAlive(): Promise<boolean> {
  if (!navigator.onLine) return false;
  try {
    await fetch('/alive', { headers: { 'x-fragment': 'alive' }, cache: 'no-store', signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}
