import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { takeTests } from './collected-tests.ts';

/** A mutant to try, with the test files that are to notice it, the likeliest first. */
export interface Trial {
  readonly id: number;
  /** Whether the cases of the law are tried first. */
  readonly asksCases: boolean;
  readonly tests: readonly string[];
}

const awake = globalThis as { mutant?: number };
const stand = new URL('collected-tests.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node:test' ? { url: stand, shortCircuit: true } : next(specifier, context),
});
fc.configureGlobal({ seed: 20261121, endOnFailure: true });
// A mutant outside every function must be awake before the sources are read.
awake.mutant = Number(process.argv[2]);
const checks = import('./checks.ts');
// Sources that cannot be read with the mutant awake are told where the cases are asked, not by the end of the process.
checks.catch(() => undefined);

/** Tries the mutants it is told of one after the other and tells each answer at once. */
process.on('message', (trials: readonly Trial[]) => {
  void tryAll(trials);
});

async function tryAll(trials: readonly Trial[]): Promise<void> {
  for (const trial of trials) {
    process.send?.({ id: trial.id, isBegun: true });
    awake.mutant = trial.id;
    const isKilled = (trial.asksCases && (await isNoticedByCases())) || (await isNoticedByTests(trial));
    awake.mutant = -1;
    process.send?.({ id: trial.id, isKilled });
  }
  process.disconnect();
}

async function isNoticedByCases(): Promise<boolean> {
  try {
    const { isNoticed } = await checks;
    return isNoticed();
  } catch {
    return true;
  }
}

const silent = { diagnostic: (): void => undefined };

/** Reads the test files anew, so that what they prepare is prepared with the mutant awake. */
async function isNoticedByTests({ id, tests }: Trial): Promise<boolean> {
  takeTests();
  try {
    for (const file of tests) {
      await import(`${pathToFileURL(file).href}?mutant=${id}`);
      for (const { run } of takeTests()) await run(silent);
    }
  } catch {
    return true;
  }
  return false;
}
