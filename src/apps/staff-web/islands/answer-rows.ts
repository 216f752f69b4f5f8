/**
 * `<answer-rows>` around the rows of a batch and the form that answers them: keys move through the rows, tick them
 * and press the buttons. Without script the boxes and buttons do the same. After an answer the address ends with the
 * row answered last (#row-21), and the keys go on at the next open one.
 */
class AnswerRows extends HTMLElement {
  #current = -1;
  /** The button whose key was pressed before the reason was written: Enter in the reason presses it. */
  #chosen: HTMLButtonElement | null = null;

  connectedCallback(): void {
    this.addEventListener('change', (event) => this.#changed(event));
    this.#reason()?.addEventListener('keydown', this.#pressedInReason);
    document.addEventListener('keydown', this.#pressed);
    this.#showCount();
    this.#goOn();
  }

  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#pressed);
  }

  /** Enter sends the answer that was chosen; where none was, and with Escape, the keys go back to the rows. */
  readonly #pressedInReason = (event: KeyboardEvent): void => {
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    if (event.key === 'Enter' && this.#chosen !== null) return this.#chosen.click();
    this.#chosen = null;
    this.#showCount();
    this.#stand(Math.max(0, this.#current), 'nearest');
  };

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
      p: () => this.#answer('asBefore'),
      e: () => this.#write(),
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

  #reason(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>('input[name="reason"]');
  }

  /** Stands at the first open row after the one that was answered last; after the last one, at the first. */
  #goOn(): void {
    const last = /^#row-(\d+)$/u.exec(location.hash)?.[1];
    if (last === undefined) return;
    const rows = this.#rows();
    const isOpen = (row: HTMLTableRowElement) => row.dataset['open'] === 'yes';
    const next = rows.findIndex((row) => isOpen(row) && Number(row.dataset['ordinal']) > Number(last));
    const at = next < 0 ? rows.findIndex(isOpen) : next;
    if (at >= 0) this.#stand(at, 'center');
  }

  #move(step: number): void {
    const rows = this.#rows();
    if (rows.length > 0) this.#stand(Math.max(0, Math.min(rows.length - 1, this.#current + step)), 'nearest');
  }

  #stand(at: number, block: ScrollLogicalPosition): void {
    const rows = this.#rows();
    rows[this.#current]?.classList.remove('is-current');
    this.#current = at;
    const row = rows[at];
    row?.classList.add('is-current');
    row?.scrollIntoView({ block });
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
    const chosen = this.querySelector<HTMLButtonElement>(`button[name="answer"][value="${answer}"]`);
    if (chosen === null) return;
    if (this.#boxes().every((box) => !box.checked)) this.#tick();
    if (this.#boxes().every((box) => !box.checked)) return;
    this.#chosen = chosen;
    const reason = this.#reason();
    if (chosen.formNoValidate || reason === null || reason.value.trim() !== '') return chosen.click();
    this.#showCount();
    this.#write();
  }

  /** To the reason. The bar stays in sight at the foot of all but low windows; the row that is answered must stay too. */
  #write(): void {
    const reason = this.#reason();
    reason?.focus({ preventScroll: true });
    reason?.scrollIntoView({ block: 'nearest' });
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
    const chosen = this.#chosen === null ? '' : `。Enterで「${this.#chosen.textContent.trim()}」`;
    if (label !== null) {
      label.textContent = ticked > 0 ? `${ticked}行を選んでいます${chosen}` : 'このページの行をすべて選ぶ';
    }
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
