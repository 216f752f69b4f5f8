import { connectNational } from '#addressees/numbers';
import { type Command, WrongUse } from '../command.ts';
import { withOffice } from '../open-office.ts';
import { getOption } from '../run-command.ts';

/** The office's side of the exchange with 中間サーバー and 住基ネット. */
export const nationalCommand: Command = {
  path: 'national connect',
  usage: '--peer intermediate|resident-network --url URL --key KEY',
  summary: '事務所を中間サーバー（intermediate）か市町村CS・住基GW（resident-network）につなぐ',
  options: { peer: 'text', url: 'text', key: 'text' },
  run: (call, around) =>
    withOffice(call, around, async ({ context }) => {
      const peer = readPeer(getOption(call, 'peer'));
      const given = { origin: getOption(call, 'url'), publicText: getOption(call, 'key') };
      const json = await connectNational(context, peer, given);
      const line = json.isNew ? 'つなぎました' : 'すでにつながっています';
      return { exitCode: 0, json, lines: [`相手のシステム（鍵の番号 ${json.keyId}）に${line}。`] };
    }),
};

function readPeer(text: string): 'intermediate' | 'residentNetwork' {
  if (text === 'intermediate') return 'intermediate';
  if (text === 'resident-network') return 'residentNetwork';
  throw new WrongUse('--peer は intermediate か resident-network にしてください。');
}
