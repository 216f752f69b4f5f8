// `npm run bench`: brings the packages, then measures. See bench/main.ts.
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { bringPackages, findNode, root } from './bring-packages.mjs';

bringPackages();
const node = findNode();
const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
const run = spawnSync(node, [join(root, 'bench/main.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: path },
});
process.exitCode = run.status ?? 1;
