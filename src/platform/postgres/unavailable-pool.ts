import pg from 'pg';
import { DatabaseTrouble } from './errors.ts';

/** Stands for a role whose connection string was not given: the first use says which variable is missing. */
export class UnavailablePool extends pg.Pool {
  readonly #variable: string;

  constructor(variable: string) {
    super({ max: 1 });
    this.#variable = variable;
  }

  override connect(): Promise<never> {
    return Promise.reject(
      new DatabaseTrouble(`環境変数 ${this.#variable} が要ります。「sesshu init」が作った接続先を指定してください。`),
    );
  }
}
