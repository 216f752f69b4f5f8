import { type DataKeyState, describeVaultKeys, startVaultOver, type VaultKeys } from '#addressees/numbers';
import type { LgCode } from '#kernel';
import { chooseKeyWrapper, makeWrappingKeyFile } from '#platform/keys';
import { type Command, type CommandAnswer, WrongUse } from '../command.ts';
import { withOffice } from '../open-office.ts';
import { keepTheKey } from '../prepare-office-vault.ts';
import { getOption } from '../run-command.ts';
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
        if (chooseKeyWrapper(around.home, around.environment).isFile) await makeWrappingKeyFile(around.home);
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
  const { wrappingKey, trouble, dataKeys, numbersInForce } = keys;
  const isFit = trouble === null && dataKeys.filter((key) => key.isInUse).every(({ opens }) => opens);
  const lines = [
    wrappingKey === null ? (trouble ?? '') : `包む鍵 ${wrappingKey.keyId}（${wrappingKey.place.trim()}）`,
    ...dataKeys.map((key) => {
      const state = key.opens ? '開けます' : `開けません（鍵 ${key.wrappingKeyId} が要ります）`;
      const day = key.createdAt.toISOString().slice(0, 10);
      return `データ鍵 ${purposeWords[key.purpose]} 第${key.version}版${key.isInUse ? '（使用中）' : ''} ${day} 作成: ${state}`;
    }),
    dataKeys.length === 0 ? '金庫はまだ使われていません。' : `金庫にある個人番号: ${numbersInForce}人`,
  ];
  return { exitCode: isFit ? 0 : 1, json: { ...keys, fits: isFit }, lines };
}
