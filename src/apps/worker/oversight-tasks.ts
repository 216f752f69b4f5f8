import { asJob } from '#common-base/access';
import { eraseLapsedFiles, loadOversightSettings } from '#common-base/oversight';
import type { Clock } from '#platform/clock';
import type { ScheduledTask } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';

/** Each night the encrypted files that nobody took, or that were taken long ago, are erased from the system. */
export function createDailyErasure(clock: Clock): ScheduledTask {
  return {
    name: 'oversight.erasure',
    match: '40 15 * * *',
    async run({ db, lgCode, log }) {
      const { keepDays } = await withMunicipality(db, lgCode, loadOversightSettings);
      const actor = await asJob(db, lgCode, { job: '持ち出しファイルの消去', startedBy: null });
      const erased = await eraseLapsedFiles({ db, actor, clock, log }, keepDays);
      if (erased > 0) log.info({ lgCode, erased }, 'files of exports were erased');
    },
  };
}
