import { readFile } from 'node:fs/promises';
import { answerInquiry } from '#addressees/inquiries';
import { UnreadableInput } from '#kernel';
import { readAddresseeInquiry } from '#messages';
import type { Command } from '../command.ts';
import { withOffice } from '../open-office.ts';
import { getWord } from '../run-command.ts';
import { vaultContextOf } from './feeds.ts';

/** Answers business systems (宛名情報照会): a line of JSON for each line of the file, in its order. */
export const inquiryCommand: Command = {
  path: 'inquiries answer',
  usage: 'FILE',
  summary: '業務システムからの宛名情報照会に答える（1行1電文のJSON。許された事務にだけ答える）',
  options: {},
  run: (call, around) =>
    withOffice(call, around, async (office) => {
      const path = getWord(call, 0, '照会のファイル');
      const lines = (await readLines(path)).map((line) => readAddresseeInquiry(line));
      const context = vaultContextOf(office);
      const answers = [];
      for (const inquiry of lines) answers.push(await answerInquiry(context, inquiry));
      for (const answer of answers) around.output.write(`${JSON.stringify(answer)}\n`);
      return undefined;
    }),
};

/** Every line that says something; nothing is answered where one of them cannot be read. */
async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/u).filter((line) => line.trim() !== '');
  } catch (error) {
    throw new UnreadableInput('照会のファイルを読めません。場所を確かめてください。', { cause: error });
  }
}
