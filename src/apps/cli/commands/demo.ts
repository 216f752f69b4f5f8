import { resolve } from 'node:path';
import { writeDemonstration } from '#counterparties/demo-municipality';
import { type Call, type Command, WrongUse } from '../command.ts';
import { demonstrationSettings } from '../office/demonstration-settings.ts';
import { progressOn, readDay } from '../open-office.ts';
import { loadRules } from '../rules-folder.ts';
import { findOption, getOption, getWord } from '../run-command.ts';

const mostPeople = 10_000_000;
const largestSeed = 4_294_967_295;

/** Writes a synthetic municipality's files in the layouts of the sample data, any size. */
export const demoCommand: Command = {
  path: 'demo',
  usage: 'OUT --people N --seed N',
  summary: '架空の自治体のファイルを作る（実在の人はいない。同じ --seed なら同じ内容）',
  options: { people: 'text', seed: 'text', settings: 'text', 'as-of': 'text' },
  run: async (call, around) => {
    const folder = resolve(getWord(call, 0, '書き出すフォルダー'));
    const { people, files } = await writeDemonstration({
      settingsFolder: resolve(findOption(call, 'settings') ?? demonstrationSettings),
      rules: await loadRules(),
      people: readCount(call, 'people', 1, mostPeople),
      seed: readCount(call, 'seed', 0, largestSeed),
      today: readDay(call, around),
      folder,
      onProgress: progressOn(around.messages),
    });
    const lines = [
      `${people}人分のファイルを ${folder} に作りました。すべて架空の人です。`,
      ...files.map((name) => `  ${name}`),
    ];
    return { exitCode: 0, json: { people, files }, lines };
  },
};

function readCount(call: Call, name: string, from: number, to: number): number {
  const text = getOption(call, name);
  const count = Number(text);
  if (/^\d{1,10}$/u.test(text) && count >= from && count <= to) return count;
  throw new WrongUse(`--${name} は ${from} から ${to} までの数字で指定してください（${text} は使えません）。`);
}
