/** Keys that hold on every page: `/` goes to the search in the head, the arrows walk through people found. */
export function listenForPageKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === '/' && !isWriting(event.target)) {
      const search = document.querySelector<HTMLInputElement>('#text, #head-search');
      if (search !== null) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') walk(event);
  });
}

function walk(event: KeyboardEvent): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('#results a.person-link')];
  if (links.length === 0) return;
  const box = document.querySelector<HTMLInputElement>('#text');
  const at = links.findIndex((link) => link === document.activeElement);
  if (at < 0 && document.activeElement !== box) return;
  const next = at + (event.key === 'ArrowDown' ? 1 : -1);
  if (next >= links.length) return;
  event.preventDefault();
  if (next < 0) box?.focus();
  else links[next]?.focus();
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type="checkbox"]):not([type="radio"]), textarea, select')
  );
}
