import { addDays, weekday } from '#kernel';
import { holdToLaw, isLawful } from './hold-to-law.ts';
import type { Life } from './make-life.ts';
import { type PlantingGround, quietLives } from './planting-ground.ts';
import { earliestOn } from './simulate-doses.ts';
import type { DemoDose, Series } from './types.ts';

const sunday = 7;

/**
 * Moves one dose of the old ledger before its lawful day (間違い接種 of earlier years) and answers it; the other doses
 * stay right. Undefined where nobody in the block has such a dose.
 */
export function plantShortIntervalInHistory(ground: PlantingGround): DemoDose | undefined {
  for (const life of quietLives(ground)) {
    for (const series of ground.profile.series) {
      const moved = findTooEarly(ground, life, series);
      if (moved === undefined) continue;
      ground.lives[ground.lives.indexOf(life)] = { ...life, history: moved.history };
      ground.taken.add(life.person.number);
      return moved.dose;
    }
  }
  return undefined;
}

function findTooEarly(
  ground: PlantingGround,
  life: Life,
  series: Series,
): { history: readonly DemoDose[]; dose: DemoDose } | undefined {
  const own = life.history.filter((dose) => dose.series === series.name);
  const [first, second] = own;
  const step = series.steps[1];
  if (first === undefined || second === undefined || step === undefined || second.isElsewhere) return undefined;
  const on = addDays(earliestOn(life.person, step, [first.on]), -ground.random.between(1, 4));
  if (on <= addDays(first.on, 2) || on < life.person.becameResidentOn || weekday(on) === sunday) return undefined;
  const dose = { ...second, on };
  const history = life.history.map((each) => (each === second ? dose : each)).sort((a, b) => a.on - b.on);
  const isOnlyFault = holdToLaw(ground.law, life.person, history).every((held) =>
    held.dose === dose
      ? held.judged?.verdict === 'invalid' && held.judged.counts
      : isLawful(held.judged) && held.judged?.doseNumber === held.meant?.doseNumber,
  );
  return isOnlyFault ? { history, dose } : undefined;
}
