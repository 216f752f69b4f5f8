import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStandIn, type StandIn, type StandInOptions } from '#counterparties/stand-in';
import { ledgerPortalPath, ledgerPortalVersion, type PortalNotice, type PortalTaken, readToPortal } from '#messages';
import { type Html, html } from '#platform/pages';

/** A running stand-in of the portal. */
export interface PortalStandIn extends StandIn {
  /** Everything it was given, the newest first. */
  list(): Promise<readonly PortalNotice[]>;
}

const shownMax = 200;

/**
 * A stand-in of マイナポータル's notices, for demonstration and tests only. The same notice twice is kept once; its page shows
 * what was put there and says that it is a stand-in.
 */
export async function openPortal(options: StandInOptions): Promise<PortalStandIn> {
  const folder = join(options.home, 'notices');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const list = () => listNotices(folder);
  const standIn = await openStandIn(options, {
    path: ledgerPortalPath,
    read: readToPortal,
    answer: async (notice): Promise<PortalTaken> => {
      await keepOnce(folder, notice);
      return { version: ledgerPortalVersion, lgCode: notice.lgCode, noticeId: notice.noticeId, kind: 'taken' };
    },
    renderPage: async () => String(portalPage('マイナポータルのお知らせの代役', await list())),
    renderError: (title) => String(portalPage(title, [])),
  });
  return { ...standIn, list };
}

/** The first telling stands; one that comes again changes nothing. */
async function keepOnce(folder: string, notice: PortalNotice): Promise<void> {
  const name = `${notice.lgCode}-${String(notice.noticeId).padStart(12, '0')}.json`;
  try {
    await writeFile(join(folder, name), JSON.stringify(notice), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
}

async function listNotices(folder: string): Promise<readonly PortalNotice[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  const newest = names.toReversed().slice(0, shownMax);
  return Promise.all(newest.map(async (name) => readToPortal(await readFile(join(folder, name), 'utf8'))));
}

function portalPage(title: string, notices: readonly PortalNotice[]): Html {
  const list =
    notices.length === 0
      ? html`<p>お知らせはまだありません。</p>`
      : html`<ol reversed>${notices.map((one) => html`<li><h2>${one.subject}</h2><p>${one.municipalityName}　番号 ${one.noticeId}</p>${one.text.split('\n').map((line) => html`<p>${line}</p>`)}</li>`)}</ol>`;
  return html`<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head><body><main><h1>${title}</h1><p><strong>これは試験と見本のための代役です。本物のマイナポータルではありません。</strong>だれにも届いていません。本物の人の情報を送らないでください。</p>${list}</main></body></html>`;
}
