#!/usr/bin/env node
// The `sesshu` command. Runs on any Node from 18: under an older one it hands over to the Node.js 24 that npm brought.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { compileCache, findNode, root } from '../tools/bring-packages.mjs';
import { endWithNpm } from '../tools/end-with-npm.mjs';

const main = join(root, 'src/apps/cli/main.ts');

if (!existsSync(join(root, 'node_modules'))) {
  process.stderr.write(`パッケージがまだありません。${root} で npm start か npm test を実行してください。\n`);
  process.exit(2);
}

endWithNpm();
const node = findNode();
if (node === process.execPath || Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache?.(compileCache);
  await import(main);
} else {
  // The channel tells a server that we are gone, also by kill -9: then it ends too, cleanly.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const env = { NODE_COMPILE_CACHE: compileCache, ...process.env };
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio, env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
}
