import { addDays, type Day, dayParts, fiscalYear, fiscalYearStartOn, getDay, reachesMonthsOn } from '#kernel';
import type { GivenDose, PersonCase } from '#schedule';

/** One usual vaccination: the product of those years, and how many months after birth it is mostly given. */
type Usual = readonly [product: string, months: number, bornFrom: number, bornTo: number];

const usual: readonly Usual[] = [
  ['hepb', 2, 2016, 2100],
  ['hepb', 3, 2016, 2100],
  ['hepb', 8, 2016, 2100],
  ['rv1', 2, 2020, 2100],
  ['rv1', 3, 2020, 2100],
  ['pcv13', 2, 2013, 2023],
  ['pcv13', 3, 2013, 2023],
  ['pcv13', 4, 2013, 2023],
  ['pcv13', 13, 2013, 2022],
  ['pcv20', 2, 2025, 2100],
  ['pcv20', 3, 2025, 2100],
  ['pcv20', 4, 2025, 2100],
  ['pcv20', 13, 2024, 2100],
  ['hib', 2, 2013, 2023],
  ['hib', 3, 2013, 2023],
  ['hib', 4, 2013, 2023],
  ['hib', 13, 2013, 2023],
  ['5in1', 2, 2024, 2100],
  ['5in1', 3, 2024, 2100],
  ['5in1', 4, 2024, 2100],
  ['5in1', 14, 2024, 2100],
  ['4in1', 3, 2013, 2023],
  ['4in1', 4, 2013, 2023],
  ['4in1', 5, 2013, 2023],
  ['4in1', 18, 2013, 2023],
  ['dpt', 3, 1995, 2012],
  ['dpt', 4, 1995, 2012],
  ['dpt', 5, 1995, 2012],
  ['dpt', 18, 1995, 2012],
  ['opv', 6, 1995, 2011],
  ['opv', 12, 1995, 2010],
  ['bcg', 5, 1995, 2100],
  ['mr', 12, 2006, 2100],
  ['measles', 13, 1995, 2004],
  ['rubella', 15, 1995, 2004],
  ['mr', 66, 2001, 2100],
  ['var', 12, 2014, 2100],
  ['var', 19, 2014, 2100],
  ['je', 37, 2007, 2100],
  ['je', 38, 2007, 2100],
  ['je', 50, 2007, 2100],
  ['je', 110, 2000, 2100],
  ['dt', 134, 1995, 2100],
  ['hpv9', 152, 2012, 2100],
  ['hpv9', 159, 2012, 2100],
];

/**
 * A population with the age pyramid of a Japanese city and the vaccinations its ledger would hold: whole childhoods for
 * those born since 1995, influenza every second autumn from 65, now and then a missed or late dose. Deterministic.
 */
export function makePeople(count: number, asOf: Day): readonly PersonCase[] {
  return [...streamPeople(count, asOf)];
}

/** The same people one after another, for more of them than memory should hold. */
export function* streamPeople(count: number, asOf: Day): Generator<PersonCase> {
  const random = randomFrom(20261121);
  for (let i = 0; i < count; i += 1) yield makePerson(random, asOf);
}

function makePerson(random: () => number, asOf: Day): PersonCase {
  const years = Math.floor(random() < 0.85 ? random() * 80 : 65 + random() * 35);
  const bornOn = addDays(asOf, -Math.floor(years * 365.25 + random() * 365));
  const sex = random() < 0.5 ? 'female' : 'male';
  const bornIn = dayParts(bornOn).year;
  const doses: GivenDose[] = [];
  const give = (product: string, on: Day): void => {
    if (on <= asOf && on > bornOn) doses.push({ product, on, kind: 'routine' });
  };
  for (const [product, months, bornFrom, bornTo] of usual) {
    if (bornIn < bornFrom || bornIn > bornTo || random() < 0.04) continue;
    if (product === 'hpv9' && (sex === 'male' || random() < 0.5)) continue;
    give(product, addDays(reachesMonthsOn(bornOn, months), 2 + Math.floor(random() * 12)));
  }
  for (let year = Math.max(2012, bornIn + 65); year <= fiscalYear(asOf); year += 1) {
    const autumn = addDays(getDay(year, 10, 5), Math.floor(random() * 60));
    if (random() < 0.55) give('flu', autumn);
    if (year >= 2024 && random() < 0.3) give('covid19', addDays(autumn, 10));
    if (year === bornIn + 65 && year >= 2015) give('ppsv23', addDays(fiscalYearStartOn(year), 40));
    if (year === 2025 && bornIn % 5 === 0) give('zoster-rzv', addDays(fiscalYearStartOn(year), 90));
  }
  return { bornOn, sex, asOf, facts: [], doses };
}

/** Mulberry32: the same people every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
