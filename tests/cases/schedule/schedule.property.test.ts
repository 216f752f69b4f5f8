import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, type Day, getDay, laterDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import {
  type Fact,
  type JudgedDose,
  judge,
  judgeDoses,
  judgeSomeDoses,
  type PersonCase,
  parseRules,
  type StageForecast,
} from '#schedule';
import { doseHistories, factLists, people, withMaternalDose } from './random-people.ts';

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

test('who was judged before changes no answer: all of one birth date may share what is told of what was not begun', () => {
  // Answers are kept for one day: asking about another makes the next one anew.
  const elsewhere = { bornOn: getDay(2001, 2, 3), sex: 'male' as const, facts: [], doses: [] };
  const sameBirth = fc
    .tuple(people(), fc.array(people(), { minLength: 2, maxLength: 5 }))
    .map(([{ bornOn, asOf }, others]) =>
      others.map(({ doses, facts, sex }, i) => ({ bornOn, asOf, sex, facts: i % 3 === 2 ? facts : [], doses })),
    );
  fc.assert(
    fc.property(sameBirth, (born) => {
      const together = born.map((person) => JSON.stringify(judge(rules, person)));
      for (const [i, person] of born.entries()) {
        judge(rules, { ...elsewhere, asOf: addDays(person.asOf, 1) });
        assert.equal(JSON.stringify(judge(rules, person)), together[i]);
      }
    }),
    { numRuns: Math.ceil(numRuns / 3) },
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

test('asked about some doses only, the answers are those given when all are asked about', () => {
  fc.assert(
    fc.property(people(), fc.infiniteStream(fc.boolean()), (person, isAsked) => {
      const choices = [...isAsked.take(person.doses.length)];
      const asked = new Set(choices.flatMap((chosen, place) => (chosen ? [place] : [])));
      const all = judgeDoses(rules, person);
      const expected = new Map([...asked].map((place) => [place, all[place]]));
      assert.deepEqual(judgeSomeDoses(rules, person, asked), expected);
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

/** Vaccines that have bound no other since 2020-10-01 and are no part of a family of which one path is followed. */
const unrelated = [...rules.products.values()].filter(
  ({ form, uses }) => form !== 'liveInjectable' && uses[0] !== undefined && uses[0].programme.family === null,
);

test('a dose of an unrelated vaccine changes nothing else', () => {
  assert.ok(unrelated.length >= 19, `only ${unrelated.length} products were tried`);
  const first = getDay(2020, 10, 1);
  const added = fc.record({
    product: fc.constantFrom(...unrelated),
    on: fc.integer({ min: first, max: getDay(2029, 12, 31) }).map((day) => day as Day),
    kind: fc.constantFrom('routine' as const, 'voluntary' as const),
  });
  fc.assert(
    fc.property(people(), added, (someone, { product, on, kind }) => {
      // The rule of 13 days around the vaccine of the special programme bound all others until 2024-03-31.
      const isSpecial = product.product === 'covid19' && on < getDay(2024, 4, 15);
      const doses = someone.doses.filter((dose) => dose.product !== 'covid19' && dose.product !== product.product);
      const person = { ...someone, doses };
      const programme = product.uses[0]?.programme.programme;
      const plain = judge(rules, person);
      const given = { product: product.product, on: isSpecial ? getDay(2024, 4, 15) : on, kind };
      const more = judge(rules, { ...person, doses: [...doses, given] });
      const isOther = (each: { readonly programme: string | null }): boolean => each.programme !== programme;
      assert.deepEqual(more.doses.slice(0, -1).filter(isOther), plain.doses.filter(isOther));
      assert.deepEqual(more.programmes.filter(isOther), plain.programmes.filter(isOther));
    }),
    { numRuns },
  );
});

test('a dose given on the first day forecast is valid, and a day earlier it is not; likewise the last day', () => {
  const looked = new Map<string, number>();
  fc.assert(
    fc.property(people(), (someone) => {
      const person = asKnown(someone);
      for (const stage of judge(rules, person).programmes) {
        if (stage.next === null) continue;
        looked.set(stage.programme, (looked.get(stage.programme) ?? 0) + 1);
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
  const total = [...looked.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(total > numRuns, `only ${total} forecasts were looked at`);
  if (numRuns >= 800) assert.deepEqual([...looked.keys()].toSorted(), [...ownProducts.keys()].toSorted());
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
      const moved = judge(rules, movePerson(person, fourYears));
      const plain = judge(rules, person);
      assert.deepEqual(moved.doses.map(bare), plain.doses.map(bare));
      const ofChild = (stage: StageForecast): boolean => childhood.has(stage.programme);
      const wanted = plain.programmes.filter(ofChild).map((stage) => moveStage(stage, fourYears));
      assert.deepEqual(moved.programmes.filter(ofChild), wanted);
    }),
    { numRuns },
  );
});

test('the Gregorian calendar repeats after 400 years: moved by them, everybody is answered alike, facts and all', () => {
  const fourCenturies = 146_097;
  const now = [...rules.products.values()].flatMap(({ product, uses }) =>
    uses.some(({ inUse }) => inUse.to > getDay(2400, 1, 1)) ? [product] : [],
  );
  const born = fc.integer({ min: getDay(2031, 4, 2), max: getDay(2040, 12, 31) });
  const choices = [...ownProducts.values()].map((own) =>
    own.map(({ product }) => product).filter((each) => now.includes(each)),
  );
  const later = fc.tuple(born, fc.integer({ min: 0, max: 37_000 }), fc.constantFrom(now, ...choices)).chain((drawn) => {
    const [day, age, choice] = drawn;
    const bornOn = day as Day;
    const asOf = addDays(bornOn, age);
    const person = fc.record({
      bornOn: fc.constant(bornOn),
      sex: fc.constantFrom('female' as const, 'male' as const),
      asOf: fc.constant(asOf),
      facts: factLists(bornOn, asOf),
      doses: doseHistories(bornOn, asOf, choice),
    });
    return fc.tuple(person, fc.nat(7)).map(([each, choice]) => withMaternalDose(each, choice));
  });
  const reached = new Set<string>();
  fc.assert(
    fc.property(later, (person) => {
      const plain = judge(rules, person);
      const moved = judge(rules, movePerson(person, fourCenturies));
      for (const { programme, verdict } of plain.doses) reached.add(`${programme} ${verdict}`);
      assert.deepEqual(moved.doses.map(bare), plain.doses.map(bare));
      assert.deepEqual(
        moved.programmes,
        plain.programmes.map((stage) => moveStage(stage, fourCenturies)),
      );
    }),
    { numRuns: numRuns * 4 },
  );
  if (numRuns < 800) return;
  for (const programme of ownProducts.keys())
    assert.ok(reached.has(`${programme} valid`), `no valid dose of ${programme}`);
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

/** A judged dose with the codes of its findings alone: their texts name days. */
function bare({ findings, ...dose }: JudgedDose): unknown {
  return { ...dose, codes: findings.map(({ code }) => code) };
}

function movePerson(person: PersonCase, days: number): PersonCase {
  return {
    ...person,
    bornOn: addDays(person.bornOn, days),
    asOf: addDays(person.asOf, days),
    facts: person.facts.map((fact) => moveFact(fact, days)),
    doses: person.doses.map((dose) => ({ ...dose, on: addDays(dose.on, days) })),
  };
}

function moveFact(fact: Fact, days: number): Fact {
  if ('on' in fact) return { ...fact, on: addDays(fact.on, days) };
  if (fact.kind === 'pregnancy') return { ...fact, dueOn: addDays(fact.dueOn, days) };
  if (fact.kind === 'exceptionGranted') return { ...fact, from: addDays(fact.from, days), to: addDays(fact.to, days) };
  if (fact.kind !== 'longTermIllness') return fact;
  return { ...fact, from: addDays(fact.from, days), to: fact.to === null ? null : addDays(fact.to, days) };
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
