import { renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStandIn, type StandIn, type StandInOptions } from '#counterparties/stand-in';
import { numbersIntermediatePath, readToIntermediate } from '#messages';
import { IntermediateDesk } from './intermediate-desk.ts';
import type { DeskState, FormerRecord } from './types.ts';

/** What the stand-in is opened with. */
export interface IntermediateServerOptions extends StandInOptions {
  /** What other municipalities have. */
  readonly records: readonly FormerRecord[];
}

/** A running stand-in of the intermediate server. */
export interface IntermediateStandIn extends StandIn {
  readonly desk: IntermediateDesk;
}

const fileName = 'state.json';

/**
 * A stand-in of 中間サーバー with the network behind it and the municipalities beyond, for demonstration and tests only. It
 * speaks the contract of `messages/numbers-intermediate` and says on its page that it is a stand-in.
 */
export async function openIntermediateServer(options: IntermediateServerOptions): Promise<IntermediateStandIn> {
  const { home, clock, records } = options;
  const desk = new IntermediateDesk(await readState(home), records, clock);
  const standIn = await openStandIn(options, {
    path: numbersIntermediatePath,
    read: readToIntermediate,
    answer: (message) => {
      const answer = desk.take(message);
      // Asking for news every few seconds changes nothing.
      if (message.kind !== 'collect' || message.taken.length > 0) writeState(home, desk.state);
      return answer;
    },
    renderPage: () => {
      const { requests, codes, waiting } = desk.state;
      const body = `<dl><dt>受けた要求</dt><dd>${requests.length}件</dd><dt>符号</dt><dd>${codes.length}件</dd><dt>知らせ待ち</dt><dd>${waiting.length}件</dd></dl>`;
      return standInPage('中間サーバーの代役', body);
    },
    renderError: (title) => standInPage(title, ''),
  });
  return {
    ...standIn,
    desk,
    async close() {
      await standIn.close();
      writeState(home, desk.state);
    },
  };
}

function standInPage(title: string, body: string): string {
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p><strong>これは試験と見本のための代役です。本物の中間サーバーではありません。</strong>本物の人の情報を送らないでください。</p>${body}</html>`;
}

async function readState(home: string): Promise<DeskState> {
  try {
    return JSON.parse(await readFile(join(home, fileName), 'utf8')) as DeskState;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    return { requests: [], codes: [], waiting: [], provisions: [] };
  }
}

/** Written beside and put in its place at once, so that no two calls write over each other. */
function writeState(home: string, state: DeskState): void {
  const path = join(home, fileName);
  writeFileSync(`${path}.half`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.half`, path);
}
