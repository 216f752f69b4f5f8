/**
 * `<answer-rows>` around the rows of a batch and the form that answers them: keys move through the rows, tick them
 * and press the buttons. Without script the boxes and buttons do the same.
 */
class AnswerRows extends HTMLElement {
  #current = -1;

  connectedCallback(): void {
    this.addEventListener('change', (event) => this.#changed(event));
    document.addEventListener('keydown', this.#pressed);
    this.#showCount();
  }

  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#pressed);
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
    const act = this.#actOf(event.key);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  #actOf(key: string): (() => void) | undefined {
    const acts: Record<string, () => void> = {
      ArrowDown: () => this.#move(1),
      j: () => this.#move(1),
      ArrowUp: () => this.#move(-1),
      k: () => this.#move(-1),
      x: () => this.#tick(),
      a: () => this.#answer('accept'),
      r: () => this.#answer('refuse'),
      s: () => this.#answer('sendBack'),
      e: () => this.querySelector<HTMLInputElement>('input[name="reason"]')?.focus(),
    };
    // Enter on a link or button is theirs.
    if (key === 'Enter' && !isControl(document.activeElement)) {
      return () => this.#rows()[this.#current]?.querySelector<HTMLAnchorElement>('a.row-number')?.click();
    }
    return acts[key];
  }

  #rows(): HTMLTableRowElement[] {
    return [...this.querySelectorAll<HTMLTableRowElement>('tbody tr')];
  }

  #boxes(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('input.row-box')];
  }

  #move(step: number): void {
    const rows = this.#rows();
    if (rows.length === 0) return;
    rows[this.#current]?.classList.remove('is-current');
    this.#current = Math.max(0, Math.min(rows.length - 1, this.#current + step));
    const row = rows[this.#current];
    row?.classList.add('is-current');
    row?.scrollIntoView({ block: 'nearest' });
    (row?.querySelector<HTMLElement>('input.row-box') ?? row?.querySelector<HTMLElement>('a.row-number'))?.focus({
      preventScroll: true,
    });
  }

  #tick(): void {
    const box = this.#rows()[this.#current]?.querySelector<HTMLInputElement>('input.row-box');
    if (box === null || box === undefined) return;
    box.checked = !box.checked;
    this.#showCount();
  }

  /** Answers the ticked rows; where none is ticked, the row at which the keys stand. */
  #answer(answer: string): void {
    const reason = this.querySelector<HTMLInputElement>('input[name="reason"]');
    if (this.#boxes().every((box) => !box.checked)) this.#tick();
    if (this.#boxes().every((box) => !box.checked)) return;
    if (reason !== null && reason.value.trim() === '') return reason.focus();
    this.querySelector<HTMLButtonElement>(`button[name="answer"][value="${answer}"]`)?.click();
  }

  #changed(event: Event): void {
    const all = event.target;
    if (all instanceof HTMLInputElement && all.dataset['role'] === 'all') {
      for (const box of this.#boxes()) box.checked = all.checked;
    }
    this.#showCount();
  }

  #showCount(): void {
    const ticked = this.#boxes().filter((box) => box.checked).length;
    this.classList.toggle('answer-rows-selected', ticked > 0);
    const label = this.querySelector('[data-role="count"] span');
    if (label !== null) label.textContent = ticked > 0 ? `${ticked}行を選んでいます` : 'このページの行をすべて選ぶ';
  }
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

function isControl(element: Element | null): boolean {
  return element instanceof HTMLAnchorElement || element instanceof HTMLButtonElement || element?.tagName === 'SUMMARY';
}

/** Makes `<answer-rows>` known to the browser. */
export function defineAnswerRows(): void {
  customElements.define('answer-rows', AnswerRows);
}
