import { spawn } from 'node:child_process';
import { openTestCluster, testSocketVariable } from '../tests/support/database.ts';

/**
 * Runs the test files given as arguments with Node's own runner, on one embedded PostgreSQL for all of them.
 * Answers the runner's exit code. A test that hangs fails after five minutes.
 */
const cluster = await openTestCluster();
try {
  process.exitCode = await new Promise<number>((resolve, reject) => {
    const runner = spawn(
      process.execPath,
      ['--test', '--test-concurrency=2', '--test-timeout=300000', ...process.argv.slice(2)],
      {
        stdio: 'inherit',
        env: { ...process.env, [testSocketVariable]: cluster.socketDir },
      },
    );
    runner.on('error', reject);
    runner.on('exit', (code) => resolve(code ?? 1));
  });
} finally {
  await cluster.release();
}
