import type { Clock } from '#platform/clock';

/** Wrong use of a command: exit code 2 and this one line. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** What a command may touch of the outside: given, so that tests can stand in for it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** SESSHU_HOME as an absolute path. */
  readonly home: string;
  /** The operating system's user, always recorded. */
  readonly osUser: string;
  readonly clock: Clock;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Progress and sentences; never the answer. */
  readonly messages: NodeJS.WritableStream;
}

/** One word typed behind `sesshu` with its options. */
export interface Call {
  /** Positional arguments behind the command's own words. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** What a command answers: 0 done, 1 done but something was refused or differs. */
export interface CommandAnswer {
  readonly exitCode: 0 | 1;
  /** The document of `--json`. */
  readonly json: unknown;
  /** The lines for a person. */
  readonly lines: readonly string[];
  /** What was refused and what to do about it: on standard error, with `--json` too. */
  readonly notes?: readonly string[];
}

/** One command of the public interface (docs/contracts/cli.md). */
export interface Command {
  /** Its words, such as `import residents`. */
  readonly path: string;
  /** What stands behind the words, for the help. */
  readonly usage: string;
  readonly summary: string;
  /** Its own options; those of every command are added. `text` takes a value. */
  readonly options: Readonly<Record<string, 'text' | 'flag'>>;
  /** Undefined where the command wrote its answer itself (streams). */
  run(call: Call, around: Surroundings): Promise<CommandAnswer | undefined>;
}
