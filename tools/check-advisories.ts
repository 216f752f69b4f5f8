import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Advisory, decideAdvisories } from './decide-advisories.ts';
import { readTable } from './tidy/table.ts';

/**
 * `npm run advisories [-- --from FILE]`: what the registry knows against our packages, held to `docs/security/advisories.csv`: fails where
 * one is not listed, or listed and neither settled nor within its time (docs/security/remediation.md). Where no registry
 * can be reached, FILE is what `npm audit --omit=dev --json` said of the same package-lock.json on a machine that can.
 */
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { from: { type: 'string' } } });
const found = readAudit(values.from === undefined ? askRegistry() : readKept(values.from));
if (found === undefined) {
  process.stderr.write(
    '登録所の知らせがありません。つながる計算機で行うか、そこで「npm audit --omit=dev --json > audit.json」を行い、「npm run advisories -- --from audit.json」としてください（docs/security/remediation.md）。\n',
  );
  process.exit(2);
}
const today = new Date().toISOString().slice(0, 10);
const faults = decideAdvisories(found, readTable(join(root, 'docs/security/advisories.csv')), today);
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`知らせ ${found.length} 件、直すべきこと ${faults.length} 件\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function askRegistry(): string {
  const asked = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return asked.stdout;
}

/** An answer that was carried here; one older than the lock file tells of other packages. */
function readKept(path: string): string {
  try {
    if (statSync(path).mtime < statSync(join(root, 'package-lock.json')).mtime) {
      process.stderr.write(
        '注意: 知らせのファイルは package-lock.json より古いものです。部品が変わっていれば、取り直してください。\n',
      );
    }
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The advisories of npm's answer; undefined where it is none. */
function readAudit(text: string): Advisory[] | undefined {
  try {
    const { vulnerabilities } = JSON.parse(text) as {
      vulnerabilities?: Record<string, { name: string; severity: string; via: (string | { url: string })[] }>;
    };
    if (vulnerabilities === undefined) return undefined;
    const rows = Object.values(vulnerabilities).flatMap(({ name, severity, via }) =>
      via.flatMap((each) => (typeof each === 'string' ? [] : [{ advisory: each.url, package: name, severity }])),
    );
    return rows;
  } catch {
    return undefined;
  }
}
