import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersonOnRecord } from '#addressees/persons';
import { type EntryId, type Finding, finding, type PersonId, parseIsoDay } from '#kernel';
import type { JudgedEntry } from '../judge-person.ts';
import type { LedgerEntry } from '../types.ts';
import { deriveLedgerView, type Wording } from './derive-ledger-view.ts';
import { dosesPanel } from './ledger-panels.ts';

const on = parseIsoDay('2026-10-13');
const fever = finding('bodyTemperatureHigh', 'question', 'bodyTemperature', { value: '37.6' });
const tooEarly = finding('tooEarly', 'question', null, { days: 3 });

const wording: Wording = {
  stageNames: () => ({ programmeName: '水痘', stageName: null }),
  productName: () => '水痘ワクチン',
  manufacturerName: (code) => (code === '10' ? '水痘製造社' : null),
  institutionName: () => '森内科',
  explain: ({ code, severity, field, basis }) => ({
    code,
    severity,
    field,
    basis,
    message: `${code}の文`,
    whatToDo: '',
  }),
};

const entry: LedgerEntry = {
  entryId: 7 as EntryId,
  personId: 1 as PersonId,
  kind: 'entry',
  replaces: null,
  reason: '医療機関に電話で確かめた',
  fact: {
    outcome: 'administered',
    vaccinatedOn: on,
    vaccinationClass: 'routine',
    programme: 'varicella',
    stage: 'primary',
    product: 'varicella',
    items: { manufacturerCode: '10' },
    source: 'clinic',
    certainty: 'documented',
  },
  findings: [fever, tooEarly, finding('openInOtherBatch', 'note', null, {})],
  batchId: null,
  batchRow: null,
  runId: null,
  recordedAt: new Date('2026-11-22T00:00:00Z'),
  recordedBy: null,
  recordedByName: '佐藤',
  isCurrent: true,
};

function viewOf(judgedFindings: readonly Finding[]) {
  const judged = {
    index: 0,
    programme: 'varicella',
    stage: 'primary',
    doseNumber: 1,
    verdict: judgedFindings.length === 0 ? ('valid' as const) : ('invalid' as const),
    counts: true,
    findings: judgedFindings,
  };
  const doses: JudgedEntry[] = [{ entry, judged }];
  const person = { bornOn: parseIsoDay('2025-09-01') } as PersonOnRecord;
  const contraindicated = new Set<string>();
  return deriveLedgerView(
    { person, version: 1, judgement: null, doses, otherEntries: [], contraindicated },
    on,
    wording,
  );
}

test('登録の前に尋ねたことは、きまりの判定にないものだけが、受け付けた理由とともに残る', () => {
  const view = viewOf([tooEarly]);
  assert.deepEqual(
    view.doses[0]?.askedBefore.map(({ code }) => code),
    ['bodyTemperatureHigh'],
  );
  const page = String(dosesPanel(view));
  assert.match(page, /水痘製造社/u);
  assert.match(page, /登録の前に確かめたこと/u);
  assert.match(page, /bodyTemperatureHighの文/u);
  assert.match(page, /受け付けた理由<\/strong> 医療機関に電話で確かめた/u);
  assert.equal(page.match(/tooEarlyの文/gu)?.length, 1);
});

test('気をつけることだけの知らせは、尋ねたこととして残らない', () => {
  assert.deepEqual(
    viewOf([]).doses[0]?.askedBefore.map(({ code }) => code),
    ['bodyTemperatureHigh', 'tooEarly'],
  );
});
