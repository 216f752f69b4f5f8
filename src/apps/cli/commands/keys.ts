import { type DataKeyState, describeVaultKeys, startVaultOver, type VaultKeys } from '#addressees/numbers';
import { listMunicipalities } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { chooseKeyWrapper } from '#platform/keys';
import { type Command, type CommandAnswer, WrongUse } from '../command.ts';
import { withInstallationLock } from '../office/installation-lock.ts';
import { inOffice, type Office, openOfficeOf, withInstallation, withOffice } from '../open-office.ts';
import { keepTheKey } from '../prepare-office-vault.ts';
import { type RotationReport, rotateInstallationKeys } from '../rotate-installation-keys.ts';
import { findOption, getOption } from '../run-command.ts';
import { vaultContextOf } from './feeds.ts';

/** The keys of the vault of individual numbers: what they are, and the way out when the key is lost. */
export const keyCommands: readonly Command[] = [
  {
    path: 'keys show',
    usage: '',
    summary: '個人番号の金庫の鍵の指紋と置き場所、金庫が開くかどうかを示す（鍵そのものは示さない）',
    options: {},
    run: (call, around) =>
      withOffice(call, around, async (office) => describe(await describeVaultKeys(vaultContextOf(office)))),
  },
  {
    path: 'keys rotate',
    usage: '[--municipality LG_CODE] [--reason TEXT]',
    summary: '業務を止めずに、鍵を包む鍵と、個人番号のデータ鍵（暗号・索引）を入れ替える（途中で止まったら続きから）',
    options: {},
    run: async (call, around) =>
      await withInstallation(around, async (installation, log) => {
        const open = { installation, log };
        const known = (await listMunicipalities(installation.db)).map(({ lgCode }) => lgCode);
        const wanted = findOption(call, 'municipality');
        const chosen = new Set(known.filter((lgCode) => wanted === undefined || lgCode === wanted));
        const [first] = chosen;
        if (first === undefined)
          throw new WrongUse('入れ替える自治体がありません。--municipality を確かめてください。');
        // `--as` is a member of the municipality chosen; in the others the system's user acts.
        const others = { ...call, options: { ...call.options, as: undefined } };
        const offices: Office[] = [];
        for (const lgCode of known) {
          offices.push(await openOfficeOf(chosen.has(lgCode) ? call : others, around, open, lgCode));
        }
        const ring = chooseKeyWrapper(around.home, around.environment);
        const onWait = () => around.messages.write('ほかの鍵の入替が終わるのを待ちます …\n');
        return await inOffice(
          await openOfficeOf(call, around, open, first),
          async () =>
            await withInstallationLock(installation.db, 'keyRotation', onWait, async () =>
              tellRotation(await rotateInstallationKeys(ring, offices, chosen)),
            ),
        );
      }),
  },
  {
    path: 'keys start-over',
    usage: '--confirm LG_CODE --reason TEXT',
    summary: '失われた鍵をあきらめ、空の金庫を新しい鍵で始める（個人番号は取り込み直す）',
    options: { confirm: 'text' },
    run: (call, around) =>
      withOffice(call, around, async (office) => {
        requireConfirmation(getOption(call, 'confirm'), office.lgCode);
        getOption(call, 'reason');
        const context = vaultContextOf(office);
        await describeVaultKeys(context);
        await chooseKeyWrapper(around.home, around.environment).makeFirst?.();
        const { given } = await startVaultOver(context);
        const { json, lines } = describe(await describeVaultKeys(context));
        const done = `金庫を新しく始めました。読めなくなった個人番号は ${given}件です。sesshu import individual-numbers で取り込み直してください。`;
        return { exitCode: 0, json: { given, ...(json as object) }, lines: [done, ...lines], notes: [keepTheKey] };
      }),
  },
];

function requireConfirmation(confirmed: string, lgCode: LgCode): void {
  if (confirmed === lgCode) return;
  throw new WrongUse(`--confirm には、金庫を新しく始める自治体の団体コード ${lgCode} を書いてください。`);
}

const purposeWords: Readonly<Record<DataKeyState['purpose'], string>> = { encryption: '暗号化', index: '索引' };

function describe(keys: VaultKeys): CommandAnswer {
  const { wrappingKey, trouble, dataKeys, numbersInForce, rotation } = keys;
  const isFit = trouble === null && dataKeys.filter((key) => key.isInUse).every(({ opens }) => opens);
  const lines = [
    wrappingKey === null ? (trouble ?? '') : `包む鍵 ${wrappingKey.keyId}（${wrappingKey.place.trim()}）`,
    ...dataKeys.map((key) => {
      const state = key.opens ? '開けます' : `開けません（鍵 ${key.wrappingKeyId} が要ります）`;
      const day = key.createdAt.toISOString().slice(0, 10);
      return `データ鍵 ${purposeWords[key.purpose]} 第${key.version}版${key.isInUse ? '（使用中）' : ''} ${day} 作成: ${state}`;
    }),
    dataKeys.length === 0 ? '金庫はまだ使われていません。' : `金庫にある個人番号: ${numbersInForce}人`,
    ...(rotation === null
      ? []
      : [`鍵の入替が途中です（残り ${rotation.rowsLeft}件）。sesshu keys rotate で続きを行ってください。`]),
  ];
  return { exitCode: isFit ? 0 : 1, json: { ...keys, fits: isFit }, lines };
}

function tellRotation(report: RotationReport): CommandAnswer {
  const { wrappingKeyId, isWrappingKeyNew, rewrapped, shut, dataKeys, retired } = report;
  const lines = [
    isWrappingKeyNew ? `新しい包む鍵 ${wrappingKeyId} を作りました。` : `包む鍵は ${wrappingKeyId} です。`,
    `新しい鍵で包み直した鍵: ${rewrapped}件`,
    ...dataKeys.map(({ lgCode, keyVersion, resealed, isResumed }) =>
      keyVersion === null
        ? `${lgCode}: 金庫はまだ使われていません。`
        : `${lgCode}: データ鍵 第${keyVersion}版で ${resealed}件を暗号化し直しました${isResumed ? '（前の続き）' : ''}。`,
    ),
    ...(shut === 0 ? [] : [`開けない鍵が ${shut}件あり、そのままにしました。sesshu keys show で確かめてください。`]),
  ];
  const notes = [...retired, ...(isWrappingKeyNew ? [keepTheKey] : [])];
  return { exitCode: shut === 0 ? 0 : 1, json: report, lines, notes };
}
