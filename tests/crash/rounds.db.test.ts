import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dosesPerRound, runClinicRounds } from './rounds/clinic-rounds.ts';
import { runIntakeRounds } from './rounds/intake-rounds.ts';
import { inquiriesPerRound, runRelayRounds } from './rounds/relay-rounds.ts';

/** Another one each day, so that the suite does not see the same moments for ever; a failure names it. */
const seed = Math.floor(Date.now() / 86_400_000);

test('受付・回答・登録・取消の途中で何度落ちても切れても、認めたものは一度だけ全部あり、半分のものはない', {
  timeout: 240_000,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-rounds-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  t.diagnostic(`npm run crash -- --only intake --seed ${seed}`);
  const rounds = 12;
  const done = await runIntakeRounds({
    rounds,
    seed,
    home: join(folder, 'office'),
    tell: (text) => t.diagnostic(text),
  });
  assert.equal(done.killed + done.cut + done.server + done.whole, rounds);
});

test('医療機関と事務所のどちらが落ちても、医療機関に「記録しました」と答えた接種は、受付に一度だけ届く', {
  timeout: 240_000,
}, async (t) => {
  t.diagnostic(`npm run crash -- --only clinic --seed ${seed}`);
  const rounds = 8;
  const done = await runClinicRounds({ rounds, seed, tell: (text) => t.diagnostic(text) });
  assert.equal(done.arrived, rounds * dosesPerRound);
});

test('中間サーバーとのやりとりの途中で落ちても、データベースや線が切れても、照会も回答も知らせも一度だけ全部届く', {
  timeout: 240_000,
}, async (t) => {
  t.diagnostic(`npm run crash -- --only relay --seed ${seed}`);
  const rounds = 6;
  const done = await runRelayRounds({ rounds, seed, tell: (text) => t.diagnostic(text) });
  assert.deepEqual(
    [done.asked, done.answered, done.given],
    [rounds * inquiriesPerRound, rounds * inquiriesPerRound, rounds],
  );
});
