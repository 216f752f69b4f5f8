import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Advisory, decideAdvisories } from './decide-advisories.ts';
import { readTable } from './tidy/table.ts';

/**
 * `npm run advisories`: what the registry knows against our packages, held to `docs/security/advisories.csv`: fails where
 * one is not listed, or listed and neither settled nor within its time (docs/security/remediation.md).
 */
const root = join(import.meta.dirname, '..');
const audit = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
const found = readAudit(audit.stdout);
if (found === undefined) {
  process.stderr.write('登録所から知らせを受け取れませんでした。つながる場所でもう一度行ってください。\n');
  process.exit(2);
}
const today = new Date().toISOString().slice(0, 10);
const faults = decideAdvisories(found, readTable(join(root, 'docs/security/advisories.csv')), today);
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`知らせ ${found.length} 件、直すべきこと ${faults.length} 件\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

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
