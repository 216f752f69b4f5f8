import { connectClinics } from '#ledger/clinic-exchange';
import type { Command } from '../command.ts';
import { withOffice } from '../open-office.ts';
import { getOption } from '../run-command.ts';
import { showSystemKey } from '../show-system-key.ts';

/** The office's side of the exchange with 医療機関ウェブ. */
export const clinicsCommands: readonly Command[] = [
  {
    path: 'clinics connect',
    usage: '--url URL --clinic-key KEY',
    summary: '事務所を医療機関ウェブにつなぐ（アドレスと相手の公開鍵）',
    options: { url: 'text', 'clinic-key': 'text' },
    run: (call, around) =>
      withOffice(call, around, async ({ context }) => {
        const peer = { origin: getOption(call, 'url'), publicText: getOption(call, 'clinic-key') };
        const json = await connectClinics(context, peer);
        const line = json.isNew ? 'つなぎました。予診票を持つ人を順に知らせます' : 'すでにつながっています';
        return { exitCode: 0, json, lines: [`医療機関ウェブ（鍵の番号 ${json.keyId}）に${line}。`] };
      }),
  },
  { path: 'clinics key', usage: '', summary: '事務所の連携用の公開鍵を示す', options: {}, run: showSystemKey },
];
