import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestCluster, testSocketVariable } from '../tests/support/database.ts';
import { numberWatchVariable, summariseWatch } from '../tests/support/number-watch.ts';

/**
 * Runs the test files given as arguments with Node's own runner, on one embedded PostgreSQL for all of them; one more at a
 * time than there are processors, since a story waits for its browser and a crash for its restart. Answers the runner's
 * exit code. A test that hangs fails after five minutes. At the end it says what was searched for the individual numbers
 * that the tests put in; a whole run that searched too little has failed.
 */
const files = process.argv.slice(2);
const atOnce = Math.min(availableParallelism() + 1, 8);
const cluster = await openTestCluster();
const watch = await mkdtemp(join(tmpdir(), 'sesshu-watch-'));
try {
  process.exitCode = await new Promise<number>((resolve, reject) => {
    const runner = spawn(
      process.execPath,
      ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=300000', ...files],
      {
        stdio: 'inherit',
        env: { ...process.env, [testSocketVariable]: cluster.socketDir, [numberWatchVariable]: watch },
      },
    );
    runner.on('error', reject);
    runner.on('exit', (code) => resolve(code ?? 1));
  });
  const searched = summariseWatch(watch);
  const { numbers, databases, answers, pdfs } = searched;
  process.stdout.write(
    `個人番号: 入れた ${numbers}件を、データベース ${databases}個（番号らしい行 ${searched.rows}行）、応答 ${answers}件、PDF ${pdfs}件からさがしました。\n`,
  );
  const isWhole = files.includes('tests/stories/no-number-anywhere.test.ts');
  if (isWhole && (numbers < 50 || databases < 8 || answers < 200 || pdfs < 1)) {
    process.stdout.write('さがした数が少なすぎます。個人番号がどこにも出ないことを示せていません。\n');
    process.exitCode = 1;
  }
} finally {
  await cluster.release();
  await rm(watch, { recursive: true, force: true });
}
