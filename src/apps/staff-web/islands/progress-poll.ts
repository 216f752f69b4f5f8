/**
 * `<progress-poll src="…">` around the state of long work: asks the same page for its fragment every second and
 * shows it; when the answer carries `x-finished`, the whole page is loaded anew. Without script the page has a link
 * to look again.
 */
class ProgressPoll extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  connectedCallback(): void {
    this.querySelector('[data-role="look-again"]')?.remove();
    this.#soon();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
  }

  #soon(): void {
    this.#timer = setTimeout(() => void this.#ask(), 1000 * 2 ** this.#failures);
  }

  async #ask(): Promise<void> {
    const source = this.getAttribute('src');
    if (source === null) return;
    try {
      const answer = await fetch(source, { headers: { 'x-fragment': 'progress', accept: 'text/html' } });
      if (!answer.ok || answer.redirected) return location.reload();
      const text = await answer.text();
      if (text.includes('data-finished')) return location.reload();
      const place = this.querySelector('[data-role="progress"]');
      if (place !== null) place.innerHTML = text;
      this.#failures = 0;
    } catch {
      this.#failures = Math.min(this.#failures + 1, 5);
    }
    this.#soon();
  }
}

/** Makes `<progress-poll>` known to the browser. */
export function defineProgressPoll(): void {
  customElements.define('progress-poll', ProgressPoll);
}
