import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, type Day, getDay, laterDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { type JudgedDose, judge, judgeDoses, type PersonCase, parseRules, type StageForecast } from '#schedule';
import { doseHistories, people } from './random-people.ts';

const files = await readRulesFolder(join(import.meta.dirname, '../../../rules'));
const rules = parseRules(files);
const numRuns = Number(process.env['SESSHU_RANDOM_HISTORIES'] ?? 800);

/** Products of each programme of its own. */
const ownProducts = new Map(
  rules.programmes.map(({ programme }) => [
    programme,
    [...rules.products.values()].filter(({ uses }) => uses[0]?.programme.programme === programme),
  ]),
);

test('the order in which doses and facts are told never matters', () => {
  const shuffled = people().chain((person) =>
    fc.record({
      person: fc.constant(withoutTwins(person)),
      seed: fc.integer(),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ person, seed }) => {
      const order = person.doses.map((_, i) => i).toSorted((a, b) => mix(a, seed) - mix(b, seed));
      const doses = order.flatMap((i) => person.doses[i] ?? []);
      const plain = judge(rules, person);
      const turned = judge(rules, { ...person, doses, facts: person.facts.toReversed() });
      assert.deepEqual(turned.programmes, plain.programmes);
      order.forEach((from, to) => {
        assert.deepEqual({ ...turned.doses[to], index: 0 }, { ...plain.doses[from], index: 0 });
      });
    }),
    { numRuns },
  );
});

test('judging twice, and by rules read anew, gives the same bytes', () => {
  const again = parseRules(files);
  fc.assert(
    fc.property(people(), (person) => {
      const once = JSON.stringify(judge(rules, person));
      assert.equal(JSON.stringify(judge(rules, person)), once);
      assert.equal(JSON.stringify(judge(again, person)), once);
      assert.deepEqual(judgeDoses(rules, person), judge(rules, person).doses);
    }),
    { numRuns },
  );
});

test('a later day of asking never brings a dose forward', () => {
  const twoDays = fc.tuple(people(), fc.integer({ min: 1, max: 900 }));
  fc.assert(
    fc.property(twoDays, ([someone, days]) => {
      const person = asKnown(someone);
      const before = judge(rules, person).programmes;
      const after = judge(rules, { ...person, asOf: addDays(person.asOf, days) }).programmes;
      before.forEach((stage, i) => {
        const [from, to] = [stage.next?.earliestOn, after[i]?.next?.earliestOn];
        if (from === undefined || to === undefined || stage.next?.doseNumber !== after[i]?.next?.doseNumber) return;
        assert.ok(to >= from, `${stage.programme}/${stage.stage}`);
      });
    }),
    { numRuns },
  );
});

test('a dose of an unrelated vaccine changes nothing else', () => {
  const first = getDay(2020, 10, 1);
  const added = fc.record({
    product: fc.constantFrom('flu', 'ppsv23', 'je', 'hpv9', 'hepb', 'zoster-rzv', 'pcv20'),
    on: fc.integer({ min: first, max: getDay(2029, 12, 31) }).map((day) => day as Day),
  });
  fc.assert(
    fc.property(people(), added, (someone, { product, on }) => {
      const doses = someone.doses.filter((dose) => dose.product !== 'covid19' && dose.product !== product);
      const person = { ...someone, doses };
      const programme = rules.products.get(product)?.uses[0]?.programme.programme;
      const plain = judge(rules, person);
      const more = judge(rules, { ...person, doses: [...doses, { product, on, kind: 'voluntary' }] });
      const isOther = (each: { readonly programme: string | null }): boolean => each.programme !== programme;
      assert.deepEqual(more.doses.slice(0, -1).filter(isOther), plain.doses.filter(isOther));
      assert.deepEqual(more.programmes.filter(isOther), plain.programmes.filter(isOther));
    }),
    { numRuns },
  );
});

test('a dose given on the first day forecast is valid, and a day earlier it is not; likewise the last day', () => {
  let looked = 0;
  fc.assert(
    fc.property(people(), (someone) => {
      const person = asKnown(someone);
      for (const stage of judge(rules, person).programmes) {
        if (stage.next === null) continue;
        looked += 1;
        const { earliestOn, latestOn } = stage.next;
        const open = laterDay(earliestOn, person.asOf);
        assert.notEqual(bestOn(person, stage, open), 'notValid', `${stage.programme}/${stage.stage} on ${open}`);
        if (earliestOn > person.asOf) {
          const early = bestOn(person, stage, addDays(earliestOn, -1));
          assert.notEqual(early, 'valid', `${stage.programme}/${stage.stage} a day before ${earliestOn}`);
        }
        if (latestOn === null) continue;
        assert.notEqual(
          bestOn(person, stage, latestOn),
          'notValid',
          `${stage.programme}/${stage.stage} on its last day`,
        );
        const late = bestOn(person, stage, addDays(latestOn, 1));
        assert.notEqual(late, 'valid', `${stage.programme}/${stage.stage} a day after ${latestOn}`);
      }
    }),
    { numRuns: Math.ceil(numRuns / 3) },
  );
  assert.ok(looked > numRuns, `only ${looked} forecasts were looked at`);
});

/** The shift by whole leap cycles ends before 2100, which is no leap year: childhood only. */
const childhood = new Set(
  rules.programmes.filter(({ category }) => category === 'A').map(({ programme }) => programme),
);

test('on days after the last change of the rules, everything moved by four years moves the answer by four years', () => {
  const fourYears = 1461;
  const later = fc.integer({ min: getDay(2031, 4, 2), max: getDay(2050, 12, 31) }).chain((born) => {
    const bornOn = born as Day;
    const asOf = addDays(bornOn, 3000);
    const now = ['rv1', 'hepb', 'pcv20', '5in1', 'bcg', 'mr', 'var', 'je', 'dt', 'hpv9'];
    return fc.record({
      bornOn: fc.constant(bornOn),
      sex: fc.constantFrom('female' as const, 'male' as const),
      asOf: fc.constant(asOf),
      facts: fc.constant([]),
      doses: doseHistories(bornOn, asOf, now),
    });
  });
  fc.assert(
    fc.property(later, (person) => {
      const moved = judge(rules, {
        ...person,
        bornOn: addDays(person.bornOn, fourYears),
        asOf: addDays(person.asOf, fourYears),
        doses: person.doses.map((dose) => ({ ...dose, on: addDays(dose.on, fourYears) })),
      });
      const plain = judge(rules, person);
      const bare = (doses: typeof plain.doses): unknown[] =>
        doses.map(({ findings, ...dose }) => ({ ...dose, codes: findings.map(({ code }) => code) }));
      assert.deepEqual(bare(moved.doses), bare(plain.doses));
      const ofChild = (stage: StageForecast): boolean => childhood.has(stage.programme);
      const wanted = plain.programmes.filter(ofChild).map((stage) => moveStage(stage, fourYears));
      assert.deepEqual(moved.programmes.filter(ofChild), wanted);
    }),
    { numRuns },
  );
});

/**
 * What some product that the course goes on with, given on a day, is at best: a valid dose of this very stage and number, a valid
 * dose of an earlier stage that is still open too, or not valid.
 */
function bestOn(person: PersonCase, stage: StageForecast, on: Day): 'valid' | 'validEarlierStage' | 'notValid' {
  const products = ownProducts.get(stage.programme) ?? [];
  const judged = products.flatMap(({ product }) => {
    const doses = [...person.doses, { product, on, kind: 'routine' as const }];
    return judgeDoses(rules, { ...person, asOf: laterDay(on, person.asOf), doses }).slice(-1);
  });
  const isMixed = ({ findings }: JudgedDose): boolean => findings.some(({ code }) => code === 'productMixed');
  const valid = judged.filter((each) => each.verdict === 'valid' && !isMixed(each));
  const isOwn = valid.some((each) => each.stage === stage.stage && each.doseNumber === stage.next?.doseNumber);
  return isOwn ? 'valid' : valid.length > 0 ? 'validEarlierStage' : 'notValid';
}

/** Only what is known on the day of asking, so that a later day of asking brings no news. */
function asKnown(person: PersonCase): PersonCase {
  const facts = person.facts.filter(
    (fact) => !('on' in fact && fact.on > person.asOf) && !('from' in fact && fact.from > person.asOf),
  );
  return { ...person, facts, doses: person.doses.filter(({ on }) => on <= person.asOf) };
}

/** Two doses alike in everything cannot be told apart in the answers. */
function withoutTwins(person: PersonCase): PersonCase {
  const byKey = new Map(person.doses.map((dose) => [`${dose.product} ${dose.on} ${dose.kind}`, dose]));
  return { ...person, doses: [...byKey.values()] };
}

function moveStage(stage: StageForecast, days: number): StageForecast {
  const move = <T extends Day | null>(day: T): T => (day === null ? day : ((day + days) as T));
  const { next } = stage;
  return {
    ...stage,
    eligibleFrom: move(stage.eligibleFrom),
    eligibleTo: move(stage.eligibleTo),
    standardFrom: move(stage.standardFrom),
    standardTo: move(stage.standardTo),
    next:
      next === null
        ? null
        : {
            doseNumber: next.doseNumber,
            earliestOn: move(next.earliestOn),
            recommendedFrom: move(next.recommendedFrom),
            recommendedTo: move(next.recommendedTo),
            latestOn: move(next.latestOn),
          },
  };
}

function mix(value: number, seed: number): number {
  return Math.imul(value + 1, seed | 1) ^ (seed >>> 3);
}
