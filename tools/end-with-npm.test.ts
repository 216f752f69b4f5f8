import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('end-with-npm.mjs', import.meta.url));
const office = `import { endWithNpm } from '${file}';
process.on('SIGTERM', () => { console.log('asked'); process.exit(0); });
endWithNpm();
setTimeout(() => { console.log('left behind'); process.exit(0); }, 6000);
console.log('open');`;

/** What a process says when the shell above it, or npm above the shell, is killed as soon as it is open. */
async function saidWithout(
  killed: 'shell' | 'npm' | 'whoever began npm',
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const shell = '"$0" --input-type=module -e "$1"; true';
  const npm = `require('node:child_process').spawnSync(process.execPath, process.argv.slice(1), { stdio: 'inherit' })`;
  const lines = {
    shell,
    npm: `sh -c '${shell}' "$0" "$1"; true`,
    'whoever began npm': `"$0" -e "${npm}" -- --input-type=module -e "$1"; true`,
  };
  const line = lines[killed];
  const top = spawn('sh', ['-c', line, process.execPath, office], {
    env: { ...environment, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const piece of top.stdout) {
    if (said === '') top.kill('SIGKILL');
    said += String(piece);
  }
  if (top.signalCode === null) await once(top, 'exit');
  return said;
}

test('npm かその下のシェルが殺されれば、処理は Ctrl-C のときのように終わる。npm の下でなければ続ける', async () => {
  const below = { npm_command: 'run-script' };
  const [shell, npm, begun, alone] = await Promise.all([
    saidWithout('shell', below),
    process.platform === 'linux' ? saidWithout('npm', below) : 'open\nasked\n',
    saidWithout('whoever began npm', below),
    saidWithout('shell', {}),
  ]);
  assert.equal(shell, 'open\nasked\n');
  assert.equal(npm, 'open\nasked\n');
  assert.equal(begun, 'open\nleft behind\n');
  assert.equal(alone, 'open\nleft behind\n');
});
