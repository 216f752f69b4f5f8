/**
 * A scanner that types what it reads sends the separator between two elements of a package's barcode (GS, FNC1) as Ctrl+],
 * with which the browser writes nothing: the lot and what stands behind it would run into one. The key is known by its
 * place, since a Japanese keyboard has another character on it.
 */
export function takeScannerKeys(): void {
  document.addEventListener('keydown', (event) => {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || target.name !== 'barcode') return;
    if (!event.ctrlKey || event.altKey || event.metaKey || event.code !== 'BracketRight') return;
    event.preventDefault();
    target.setRangeText('\u001D', target.selectionStart ?? 0, target.selectionEnd ?? 0, 'end');
  });
}
