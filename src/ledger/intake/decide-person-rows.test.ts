import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersonOnRecord } from '#addressees/persons';
import { type Finding, finding, type PersonId, parseIsoDay } from '#kernel';
import type { DoseOnRecord } from '#ledger/vaccinations';
import type { GivenDose, JudgedDose } from '#schedule';
import { decidePersonRows, type IdentifiedRow } from './decide-person-rows.ts';
import type { PersonRules } from './decide-schedule.ts';
import type { RowFact } from './types.ts';

const day = parseIsoDay;

function person(change: Partial<PersonOnRecord> = {}): PersonOnRecord {
  const becameOn = change.becameResidentOn === undefined ? day('2026-01-10') : change.becameResidentOn;
  const ceasedOn = change.ceasedResidentOn ?? null;
  return {
    personId: 1 as PersonId,
    addresseeNumber: '1',
    kana: 'サトウ　ハナ',
    name: '佐藤　花',
    kanaKey: 'サトウハナ',
    nameKey: '佐藤花',
    bornOn: day('2026-01-10'),
    birthDatePrecision: 'day',
    isBirthDateUncertain: false,
    sex: 'female',
    becameResidentOn: becameOn,
    ceasedResidentOn: ceasedOn,
    ceasedReason: null,
    diedOn: null,
    residencies: [{ becameOn, ceasedOn, ceasedReason: null }],
    isProtected: false,
    principalId: null,
    isNonRegistered: false,
    isCancelled: false,
    machiazaId: null,
    version: 1,
    ...change,
  };
}

type TestRow = Omit<IdentifiedRow, 'person'> & Partial<Pick<IdentifiedRow, 'person'>>;

function row(ordinal: number, on: string, change: Partial<RowFact> & { rowKey?: string } = {}): TestRow {
  const { rowKey = String(ordinal), ...fact } = change;
  const doseNumber = fact.doseNumber === undefined ? 1 : fact.doseNumber;
  return {
    ordinal,
    rowKey,
    identityFindings: [],
    openInBatch: null,
    fact: {
      addresseeNumber: '1',
      kana: 'サトウ　ハナ',
      bornOn: day('2026-01-10'),
      sex: 'female',
      vaccinatedOn: day(on),
      outcome: 'administered',
      vaccinationClass: 'routine',
      vaccineCode: '24',
      vaccine: {
        programme: 'p',
        stage: (doseNumber ?? 1) > 3 ? 'booster' : 'primary',
        product: 'q',
        doseNumber: (doseNumber ?? 1) > 3 ? 1 : doseNumber,
        name: '見本',
        isInSeries: true,
        isInForce: true,
      },
      doseNumber,
      items: {},
      filled: {},
      ...fact,
    },
  };
}

/** Verdicts on all doses, also where only some are asked about: who asks must take their own. */
function everyDose(
  doses: readonly GivenDose[],
  judgeOne: (dose: GivenDose, index: number) => JudgedDose,
): ReadonlyMap<number, JudgedDose> {
  return new Map(doses.map(judgeOne).entries());
}

/** Rules of a series of three and a booster with 28 days between doses, that begins on 2026-03-09. */
const rules: PersonRules = {
  stagesOf: () => ['primary', 'booster'],
  nameOf: (programme, stage) => `${programme} ${stage}`,
  opensOn: () => day('2026-03-09'),
  judgeDoses: (doses: readonly GivenDose[]) => {
    const counted: number[] = [];
    return everyDose(doses, (dose, index): JudgedDose => {
      const isEarly = counted.length > 0 && dose.on - (counted.at(-1) ?? 0) < 28;
      counted.push(dose.on);
      const n = counted.length;
      const findings = isEarly ? [finding('intervalTooShort', 'question', 'vaccinatedOn')] : [];
      return {
        index,
        programme: 'p',
        stage: n > 3 ? 'booster' : 'primary',
        doseNumber: n > 3 ? n - 3 : n,
        verdict: isEarly ? 'invalid' : 'valid',
        counts: true,
        findings,
      };
    });
  },
};

function record(on: string, outcome: DoseOnRecord['outcome'] = 'administered'): DoseOnRecord {
  return {
    entryId: 1 as DoseOnRecord['entryId'],
    vaccinatedOn: day(on),
    outcome,
    vaccinationClass: 'routine',
    programme: 'p',
    stage: 'primary',
    product: 'q',
    vaccineCode: '24',
    doseNumberAsSent: '1',
  };
}

function decide(
  rows: readonly TestRow[],
  change: { person?: PersonOnRecord | null; history?: DoseOnRecord[]; rules?: PersonRules | null } = {},
): Record<number, string[]> {
  const named = change.person === undefined ? person() : change.person;
  const found = decidePersonRows({
    person: named,
    rows: rows.map((each) => ({ person: named, ...each })),
    history: change.history ?? [],
    rules: change.rules === undefined ? rules : change.rules,
  });
  const codes = (findings: readonly Finding[]): string[] => findings.map((each) => each.code);
  return Object.fromEntries([...found].map(([ordinal, findings]) => [ordinal, codes(findings)]));
}

test('結び付いた記録の行は、最初の行の記録ではなく、自分の番号の記録の住民期間と照らし合わされる', () => {
  const notRegistered = person({ isNonRegistered: true });
  const moved = person({ personId: 2 as PersonId, ceasedResidentOn: day('2026-05-01') });
  const first = row(1, '2026-05-04', { doseNumber: 1 });
  const second = { ...row(2, '2026-06-01', { doseNumber: 2 }), person: moved };
  assert.deepEqual(decide([first, second], { person: notRegistered }), { 1: [], 2: ['personMovedOutBefore'] });
});

test('同じファイルの行は、日の順に互いを見る', () => {
  const later = row(1, '2026-06-01', { doseNumber: 2 });
  const first = row(2, '2026-05-04', { doseNumber: 1 });
  assert.deepEqual(decide([later, first]), { 1: [], 2: [] });
  const early = row(1, '2026-05-31', { doseNumber: 2 });
  assert.deepEqual(decide([early, first]), { 1: ['intervalTooShort'], 2: [] });
});

test('台帳の接種も一緒に判定する', () => {
  const history = [record('2026-05-04')];
  assert.deepEqual(decide([row(1, '2026-06-01', { doseNumber: 2 })], { history }), { 1: [] });
  assert.deepEqual(decide([row(1, '2026-06-01', { doseNumber: 1 })], { history }), { 1: ['doseNumberDiffers'] });
});

test('同じ内容の二行目だけが確認になり、ほかの行の判定に数えない', () => {
  const first = row(1, '2026-05-04', { rowKey: 'k' });
  const again = row(2, '2026-05-04', { rowKey: 'k' });
  const next = row(3, '2026-06-01', { doseNumber: 2 });
  assert.deepEqual(decide([again, next, first]), { 1: [], 2: ['identicalRow'], 3: [] });
});

test('同じ予診票の番号で、別の日にも接種した行は、あとの行を確かめる。同じ行の繰り返しと予診のみは数えない', () => {
  const items = { formNumber: '1234-5678-9012' };
  const first = row(1, '2026-04-01', { items });
  const later = row(2, '2026-05-01', { items: { formNumber: '123456789012' }, doseNumber: 2 });
  const screening = row(3, '2026-03-01', { items, outcome: 'screeningOnly' });
  const copy = row(4, '2026-04-01', { items, rowKey: '1' });
  const found = decide([screening, copy, later, first]);
  assert.ok(found[2]?.includes('formTwiceInFile'));
  assert.deepEqual([found[1], found[3], found[4]], [[], [], ['identicalRow']]);
});

test('台帳に同じ接種があれば確認になる。予診のみと実施は別の事実', () => {
  const history = [record('2026-05-04')];
  assert.deepEqual(decide([row(1, '2026-05-04')], { history }), { 1: ['alreadyInLedger'] });
  const deferred = [record('2026-05-04', 'screeningOnly')];
  assert.deepEqual(decide([row(1, '2026-05-04')], { history: deferred }), { 1: [] });
});

test('前の回がない: 窓が開く前からの住民なら確認、後から転入した人なら注意だけ', () => {
  const second = row(1, '2026-06-01', { doseNumber: 2 });
  assert.deepEqual(decide([second]), { 1: ['earlierDoseMissing'] });
  const onOpening = person({ becameResidentOn: day('2026-03-09') });
  assert.deepEqual(decide([second], { person: onOpening }), { 1: ['earlierDoseMissing'] });
  const dayAfter = person({ becameResidentOn: day('2026-03-10') });
  assert.deepEqual(decide([second], { person: dayAfter }), { 1: ['earlierDoseElsewhere'] });
});

test('追加の回だけが来た転入者も注意だけになる', () => {
  const booster = row(1, '2026-09-01', { doseNumber: 4 });
  assert.deepEqual(decide([booster], { person: person({ becameResidentOn: day('2026-08-01') }) }), {
    1: ['earlierDoseElsewhere'],
  });
});

test('予診のみは回数も間隔も問わない', () => {
  const screening = row(1, '2026-05-10', { outcome: 'screeningOnly', doseNumber: 3 });
  assert.deepEqual(decide([screening], { history: [record('2026-05-04')] }), { 1: [] });
});

test('死亡・転出・転入: 当日は問わず、翌日と前日が確認になる', () => {
  const on = (text: string): TestRow[] => [row(1, text)];
  const dead = person({ diedOn: day('2026-05-04') });
  assert.deepEqual(decide(on('2026-05-04'), { person: dead }), { 1: [] });
  assert.deepEqual(decide(on('2026-05-05'), { person: dead }), { 1: ['personDiedBefore'] });
  const left = person({ ceasedResidentOn: day('2026-05-04') });
  assert.deepEqual(decide(on('2026-05-04'), { person: left }), { 1: [] });
  assert.deepEqual(decide(on('2026-05-05'), { person: left }), { 1: ['personMovedOutBefore'] });
  const arrived = person({ becameResidentOn: day('2026-05-04') });
  assert.deepEqual(decide(on('2026-05-04'), { person: arrived }), { 1: [] });
  assert.deepEqual(decide(on('2026-05-03'), { person: arrived }), { 1: ['personMovedInAfter'] });
});

test('戻ってきた人は、どの居住期間の中でもよい', () => {
  const back = person({
    becameResidentOn: day('2026-08-01'),
    residencies: [
      { becameOn: day('2026-01-10'), ceasedOn: day('2026-05-31'), ceasedReason: 'movedOut' },
      { becameOn: day('2026-08-01'), ceasedOn: null, ceasedReason: null },
    ],
  });
  assert.deepEqual(decide([row(1, '2026-05-04')], { person: back }), { 1: [] });
  assert.deepEqual(decide([row(1, '2026-06-15')], { person: back }), { 1: ['personMovedOutBefore'] });
});

test('出生の前日は断り、当日は断らない', () => {
  assert.deepEqual(decide([row(1, '2026-01-09')]), { 1: ['vaccinatedBeforeBirth'] });
  assert.deepEqual(decide([row(1, '2026-01-10')]), { 1: [] });
  assert.deepEqual(decide([row(1, '2026-01-09')], { person: null }), { 1: ['vaccinatedBeforeBirthAsTold'] });
});

test('本人と確かめられない行は、ほかの行の判定に数えない', () => {
  const doubtful = {
    ...row(1, '2026-05-04'),
    identityFindings: [finding('personKanaDiffers', 'question', 'kana')],
  };
  const sound = row(2, '2026-05-20');
  assert.deepEqual(decide([doubtful, sound]), { 1: ['personKanaDiffers'], 2: [] });
});

test('遅れて届いた接種が後の接種の判定を変えるなら、そう言う', () => {
  const history = [record('2026-05-20')];
  assert.deepEqual(decide([row(1, '2026-05-04')], { history }), { 1: ['laterDoseJudgedAnew'] });
});

test('きまりに合わない判定は、指摘がなくても確認になる', () => {
  const extra: PersonRules = {
    ...rules,
    judgeDoses: (doses) =>
      everyDose(doses, (_, index) => ({
        index,
        programme: 'p',
        stage: 'primary',
        doseNumber: null,
        verdict: 'extra',
        counts: false,
        findings: [],
      })),
  };
  assert.deepEqual(decide([row(1, '2026-05-04')], { rules: extra }), { 1: ['doseAgainstRules'] });
});

test('生年月日が分からない人の接種は、きまりを問えないので確認になる', () => {
  const unknown = person({ bornOn: null });
  assert.deepEqual(decide([row(1, '2026-05-04')], { person: unknown, rules: null }), { 1: ['birthDateUnknown'] });
});

test('未登録の別の受付に同じ内容があれば、そう言う', () => {
  assert.deepEqual(decide([{ ...row(1, '2026-05-04'), openInBatch: 7 }]), { 1: ['openInOtherBatch'] });
});

test('定期でも間違いでもない接種は任意接種として尋ね、規則に合わないのに指摘がなければそう尋ねる', () => {
  const judgedAs = (verdict: JudgedDose['verdict']): PersonRules => ({
    ...rules,
    judgeDoses: (doses) =>
      everyDose(doses, (_, index) => {
        return { index, programme: 'p', stage: 'primary', doseNumber: 1, verdict, counts: true, findings: [] };
      }),
  });
  const one = () => [row(1, '2026-05-04')];
  assert.deepEqual(decide(one(), { rules: judgedAs('notRoutine') })[1], ['doseNotRoutine']);
  assert.deepEqual(decide(one(), { rules: judgedAs('extra') })[1], ['doseAgainstRules']);
  assert.deepEqual(decide(one(), { rules: judgedAs('valid') })[1], []);
});

test('定期が始まる前の日の、送り元が臨時接種・任意接種と言う行には、任意接種かどうかを尋ねない。定期の日なら尋ね、間隔の指摘は残る', () => {
  const judgedWith = (...findings: Finding[]): PersonRules => ({
    ...rules,
    judgeDoses: (doses) =>
      everyDose(doses, (_, index) => {
        const verdict = 'notRoutine' as const;
        return { index, programme: 'p', stage: 'primary', doseNumber: 1, verdict, counts: true, findings };
      }),
  });
  const early = finding('beforeProgrammeStart', 'note', null);
  const told = (vaccinationClass: RowFact['vaccinationClass'], ...findings: Finding[]) =>
    decide([row(1, '2026-05-04', { vaccinationClass, doseNumber: 2 })], { rules: judgedWith(...findings) })[1];
  assert.deepEqual(told('temporary', early), []);
  assert.deepEqual(told('voluntary', early), ['beforeProgrammeStart', 'earlierDoseMissing']);
  assert.deepEqual(told('routine', early), ['beforeProgrammeStart', 'doseNotRoutine', 'earlierDoseMissing']);
  const tooSoon = finding('crossVaccineInterval', 'refuse', null);
  assert.deepEqual(told('temporary', early, tooSoon), ['crossVaccineInterval']);
  // On a day of the 定期接種 a wrong column would hide a dose that was too early, and the next call with it.
  assert.deepEqual(told('temporary'), ['doseNotRoutine', 'earlierDoseMissing']);
  assert.deepEqual(told('voluntary'), ['doseNotRoutine', 'earlierDoseMissing']);
});
