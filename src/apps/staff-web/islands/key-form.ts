/**
 * `<key-form target="…">` around the form of one 予診票: Enter goes to the next empty field and, where none is left, keeps
 * the form; what the server knows of the form so far is shown in the target. The server decides everything: the island
 * only asks. Without script, Enter and the button keep the form.
 */
class KeyForm extends HTMLElement {
  #running: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPersonKnown = false;

  connectedCallback(): void {
    this.addEventListener('keydown', (event) => void this.#pressed(event));
    this.addEventListener('change', () => this.#soon());
  }

  async #pressed(event: KeyboardEvent): Promise<void> {
    const field = event.target;
    if (event.key !== 'Enter' || event.isComposing || !(field instanceof HTMLInputElement)) return;
    event.preventDefault();
    // Whose form it is decides which fields are skipped: that answer is waited for.
    if (field.name === 'formNumber' && field.value.trim() !== '') await this.#ask();
    this.#goOn(field);
  }

  #fields(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('input.control')];
  }

  #goOn(from: HTMLInputElement): void {
    const fields = this.#fields();
    const next = fields.slice(fields.indexOf(from) + 1).find((field) => field.value === '' && this.#isAsked(field));
    if (next !== undefined) return next.focus();
    this.querySelector('form')?.requestSubmit();
  }

  /** Fields that this form does not need: the person's where the barcode told it, the reason where it was given, a venue. */
  #isAsked(field: HTMLInputElement): boolean {
    const isOfPerson = field.name === 'addresseeNumber' || field.name === 'birthDate';
    if (isOfPerson) return !this.#isPersonKnown;
    const isGiven = this.querySelector<HTMLInputElement>('input[name="outcome"]')?.value === '1';
    if (field.name === 'screeningReason') return !isGiven;
    if (field.name === 'venueOther') return false;
    if (['manufacturerCode', 'lotNumber', 'doseVolumeMl'].includes(field.name)) return isGiven;
    return true;
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), 120);
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    const form = this.querySelector('form');
    const target = document.getElementById(this.getAttribute('target') ?? '');
    if (form === null || target === null) return;
    const body = new URLSearchParams(
      [...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    this.#running?.abort();
    this.#running = new AbortController();
    try {
      const headers = { 'x-fragment': 'form-check', accept: 'text/html' };
      const answer = await fetch(form.action, { method: 'POST', body, headers, signal: this.#running.signal });
      if (!answer.ok || answer.redirected) return;
      target.innerHTML = await answer.text();
      this.#take(target.firstElementChild);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      target.textContent =
        'すぐの確認ができませんでした。このまま入力して登録できます。確認は受付でもう一度行われます。';
    }
  }

  /** Takes what the barcode told into fields that are still empty. */
  #take(told: Element | null): void {
    if (!(told instanceof HTMLElement)) return;
    this.#isPersonKnown = told.dataset['person'] === 'yes';
    const known = { vaccineCode: told.dataset['vaccineCode'], doseNumber: told.dataset['doseNumber'] };
    for (const [name, value] of Object.entries(known)) {
      const field = this.querySelector<HTMLInputElement>(`input[name="${name}"]`);
      if (field !== null && field.value === '' && value !== undefined) field.value = value;
    }
  }
}

/** Makes `<key-form>` known to the browser. */
export function defineKeyForm(): void {
  customElements.define('key-form', KeyForm);
}
