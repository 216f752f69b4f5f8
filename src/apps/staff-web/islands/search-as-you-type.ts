/**
 * `<search-as-you-type>` around a form with the attribute `target`, the id of the place for the results: while a
 * person types, the form is sent by POST and the answer's fragment shown there. Without script the form works by
 * its button. What is typed never stands in an address.
 */
class SearchAsYouType extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;
  #lastSent = '';

  connectedCallback(): void {
    this.addEventListener('input', () => this.#soon(180));
    this.addEventListener('change', () => this.#soon(0));
    this.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#soon(0, true);
    });
  }

  #soon(milliseconds: number, isForced = false): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(isForced), milliseconds);
  }

  async #send(isForced: boolean): Promise<void> {
    const form = this.querySelector('form');
    const target = document.getElementById(this.getAttribute('target') ?? '');
    if (form === null || target === null) return;
    const body = new URLSearchParams(
      [...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    if (!isForced && body.toString() === this.#lastSent) return;
    this.#lastSent = body.toString();
    this.#running?.abort();
    this.#running = new AbortController();
    target.setAttribute('aria-busy', 'true');
    try {
      const headers = { 'x-fragment': 'results', accept: 'text/html' };
      const answer = await fetch(form.action, { method: 'POST', body, headers, signal: this.#running.signal });
      // A session that ended or a refusal is a whole page: let the form go the ordinary way.
      if (!answer.ok || answer.redirected) return form.submit();
      target.innerHTML = await answer.text();
      target.removeAttribute('aria-busy');
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      // People found by an earlier word must not stand under this one: the wrong person would be opened.
      target.textContent =
        '結果を受け取れませんでした。つながっているかを確かめて、「さがす」をもう一度押してください。';
      target.removeAttribute('aria-busy');
    }
  }
}

/** Makes `<search-as-you-type>` known to the browser. */
export function defineSearchAsYouType(): void {
  customElements.define('search-as-you-type', SearchAsYouType);
}
