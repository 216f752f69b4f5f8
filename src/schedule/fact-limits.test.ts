import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkoutRules } from '../../tests/support/demonstration.ts';
import { listProgrammesOfFact } from './fact-limits.ts';

test('事実は、それを読むきまりのある予防接種にだけ登録できる', async () => {
  const rules = await checkoutRules();
  assert.deepEqual(listProgrammesOfFact(rules, 'supplyShortage'), ['measles-rubella'], '令和7年3月11日通知');
  const judged = listProgrammesOfFact(rules, 'doctorJudgedNecessary');
  assert.deepEqual(judged, ['hib', 'zoster'], '20日以上(ヒブ)、1月以上(帯状疱疹)は医師が必要と認めるとき');
  // 特例のないもの: ロタ、RSウイルス、高齢者のインフルエンザと新型コロナ (施行令第3条第2項・施行規則第2条の7)。
  const without = ['rotavirus', 'rsv-maternal', 'influenza-older', 'covid19-older'];
  const granted = new Set(listProgrammesOfFact(rules, 'exceptionGranted'));
  assert.deepEqual(
    without.filter((programme) => granted.has(programme)),
    [],
  );
  assert.ok(granted.has('measles-rubella') && granted.has('zoster'));
  assert.ok(listProgrammesOfFact(rules, 'startedProgramme').includes('dpt-ipv'));
  assert.ok(!listProgrammesOfFact(rules, 'startedProgramme').includes('bcg'));
});
