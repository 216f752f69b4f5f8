import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runClinicRounds } from './clinic-rounds.ts';
import { runIntakeRounds } from './intake-rounds.ts';
import { runRelayRounds } from './relay-rounds.ts';

/**
 * `npm run crash -- [--rounds N] [--seed S] [--home DIR] [--only intake|clinic|relay]`: kills and cuts at random moments of
 * intake, of the clinics' records and of the relay with the intermediate server, in a data directory of its own. The seed is printed; the same seed draws the same work and the same ends again, though moments depend on the
 * machine too.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    home: { type: 'string' },
    only: { type: 'string' },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('--rounds と --seed は正の整数です。\n');
  process.exit(2);
}
const folder = await mkdtemp(join(values.home ?? tmpdir(), 'sesshu-crash-'));
process.stdout.write(`乱数の種 ${seed}、${rounds} 回、${folder}\n`);
const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function timed(what: string, work: () => Promise<object>): Promise<void> {
  const startedAt = performance.now();
  const result = JSON.stringify(await work());
  tell(`${what}: ${result} ${Math.round((performance.now() - startedAt) / 1000)} 秒。欠けも重なりもありません。`);
}

try {
  const home = join(folder, 'office');
  const isWanted = (part: string): boolean => (values.only ?? part) === part;
  if (isWanted('intake')) await timed('受付', () => runIntakeRounds({ rounds, seed, home, tell }));
  if (isWanted('clinic')) await timed('医療機関の記録', () => runClinicRounds({ rounds, seed, tell }));
  if (isWanted('relay')) await timed('中間サーバー', () => runRelayRounds({ rounds, seed, tell }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
