import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');

/** A line of output, an answer or an error in its place. */
interface Line {
  readonly id: string | number | null;
  readonly line?: number;
  readonly error?: { readonly code: string; readonly field: string | null; readonly message: string };
  readonly doses?: readonly unknown[];
  readonly programmes: readonly Stage[];
}

interface Stage {
  readonly programme: string;
  readonly stage: string;
  readonly next: { readonly earliestOn: string } | null;
  readonly trace: readonly { readonly rule: string; readonly basis: string }[];
}

interface Run {
  readonly status: number | null;
  readonly lines: readonly Line[];
  readonly stderr: string;
}

function run(input: string, ...args: string[]): Run {
  const done = spawnSync(process.execPath, [join(root, 'bin/sesshu.mjs'), 'schedule', ...args], { input });
  const lines = done.stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { status: done.status, lines, stderr: done.stderr.toString() };
}

/** The example of the contract, docs/contracts/cli.md. */
const example =
  '{"id":"a1","bornOn":"2026-05-10","sex":"female","asOf":"2026-10-03",' +
  '"facts":[{"kind":"hadDisease","disease":"varicella","on":"2026-09-01"}],' +
  '"doses":[{"product":"hepb","on":"2026-07-15"},{"product":"pcv20","on":"2026-07-15"}]}';

test('the example of the contract is answered as the contract says', () => {
  const { status, lines } = run(`${example}\n`);
  assert.equal(status, 0);
  const [answer] = lines;
  assert.equal(answer?.id, 'a1');
  assert.deepEqual(answer.doses, [dose(0, 'hepatitis-b'), dose(1, 'pneumococcal-child')]);
  assert.ok(answer?.programmes[1] !== undefined);
  const { trace, ...hepatitis } = answer.programmes[1];
  assert.deepEqual(hepatitis, {
    programme: 'hepatitis-b',
    stage: 'primary',
    eligibleFrom: '2026-05-10',
    eligibleTo: '2027-05-09',
    standardFrom: '2026-07-09',
    standardTo: '2027-02-09',
    status: 'due',
    dosesNeeded: 3,
    next: {
      doseNumber: 2,
      earliestOn: '2026-08-12',
      recommendedFrom: null,
      recommendedTo: null,
      latestOn: '2027-05-09',
    },
  });
  assert.ok(trace.length > 0 && trace.every((step) => step.rule !== '' && step.basis !== ''));
  // Every stage of the contract stands in every answer, in its order.
  const contract = readFileSync(join(root, 'docs/contracts/cli.md'), 'utf8');
  const wanted = [...contract.matchAll(/^\| (?!programme )([\w-]+) \/ ([\w-]+(?:, [\w-]+)*) \|/gmu)].flatMap((match) =>
    (match[2] ?? '').split(', ').map((stage) => `${match[1]}/${stage}`),
  );
  assert.equal(wanted.length, 32);
  assert.deepEqual(
    answer.programmes.map((each) => `${each.programme}/${each.stage}`),
    wanted,
  );
});

test('a line that cannot be read is answered in its place with its number, and the others go on', () => {
  const unknown = example.replace('"hepb"', '"hepx"').replace('"a1"', '"a2"');
  const { status, lines } = run(`${example}\nnot json\n\n${unknown}\n${example.replace('"a1"', '3')}\n`);
  assert.equal(status, 1);
  assert.deepEqual(
    lines.map(({ id, line, error }) => [id, line, error?.code, error?.field]),
    [
      ['a1', undefined, undefined, undefined],
      [null, 2, 'invalidJson', null],
      ['a2', 4, 'unknownProduct', 'doses[0].product'],
      [3, undefined, undefined, undefined],
    ],
  );
  assert.ok((lines[1]?.error?.message.length ?? 0) > 5);
});

test('rules of another folder are read, and a faulty folder is one clear line and exit 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesshu-rules-'));
  try {
    cpSync(join(root, 'rules'), folder, { recursive: true });
    const doses = readFileSync(join(folder, 'doses.csv'), 'utf8');
    writeFileSync(join(folder, 'doses.csv'), doses.replace(/^(hepb-2,.*),27日,/mu, '$1,41日,'));
    assert.equal(run(`${example}\n`, '--rules', folder).lines[0]?.programmes[1]?.next?.earliestOn, '2026-08-26');
    writeFileSync(join(folder, 'doses.csv'), doses.replace(/^(hepb-2,.*),27日,/mu, '$1,27 days,'));
    const { status, lines, stderr } = run(`${example}\n`, '--rules', folder);
    assert.equal(status, 2);
    assert.deepEqual(lines, []);
    assert.match(stderr, /rules\/doses\.csv 9行目: .*27/u);
    assert.equal(stderr.trim().split('\n').length, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function dose(index: number, programme: string): unknown {
  return { index, programme, stage: 'primary', doseNumber: 1, verdict: 'valid', counts: true, findings: [] };
}
