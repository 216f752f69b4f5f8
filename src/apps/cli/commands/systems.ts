import { connectSystem } from '#addressees/inquiries';
import type { Command } from '../command.ts';
import { withOffice } from '../open-office.ts';
import { getOption } from '../run-command.ts';

/** Business systems that ask whose record they mean (宛名情報照会). */
export const systemCommands: readonly Command[] = [
  {
    path: 'systems connect',
    usage: '--system NAME --key KEY [--only]',
    summary:
      '宛名情報照会をしてよい業務システムの公開鍵を登録する（--only はそのシステムのほかの鍵を信じるのをやめる）',
    options: { system: 'text', key: 'text', only: 'flag' },
    run: (call, around) =>
      withOffice(call, around, async ({ context }) => {
        const isOnly = call.options['only'] === true;
        const given = { system: getOption(call, 'system'), publicText: getOption(call, 'key'), isOnly };
        const json = await connectSystem(context, given);
        const line = json.isNew ? '登録しました' : 'すでに登録されています';
        return { exitCode: 0, json, lines: [`業務システムの公開鍵（番号 ${json.keyId}）は${line}。`] };
      }),
  },
];
