import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** One piece of work asked of a process that may die over it. */
export interface Asked<Answer> {
  /** What the process acknowledged; undefined where it ended before. A refusal is an error. */
  readonly answer: Promise<{ readonly value: Answer } | { readonly error: string } | undefined>;
}

/** A process of the program that does what it is asked, one thing at a time, until it is killed. */
export class DyingProcess<Question extends object, Answer> {
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;

  constructor(program: string, args: readonly string[]) {
    this.#child = fork(program, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#ready = once(this.#child, 'message');
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until the process can be asked. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  ask(question: Question): Asked<Answer> {
    const child = this.#child;
    const answer = new Promise<{ value: Answer } | { error: string } | undefined>((resolve) => {
      const take = (message: unknown): void => {
        child.off('exit', end);
        resolve(message as { value: Answer } | { error: string });
      };
      const end = (): void => {
        child.off('message', take);
        resolve(undefined);
      };
      child.once('message', take);
      child.once('exit', end);
      if (!this.isAlive) end();
      else child.send(question);
    });
    return { answer };
  }

  /** Ends it without a word, as a cut of the power would. */
  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/**
 * The other side: answers every question of the parent, which asks of its kind alone, and says what was thrown. It begins
 * a moment later, so that it has heard of connections that were cut before the question, as between two clicks of a person.
 */
export function answerQuestions(work: (question: never) => Promise<unknown>): void {
  process.on('message', (question: unknown) => {
    sleep(10)
      .then(() => work(question as never))
      .then((value) => ({ value }))
      .catch((error: unknown) => ({
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      }))
      .then((said) => process.send?.(said))
      .catch(() => process.exit(1));
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
}
