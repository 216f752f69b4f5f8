import { Conflict, NotFound, UnreadableInput } from '#kernel';
import { explainDatabaseTrouble } from '#platform/postgres';
import type { ErrorPage } from './types.ts';

/** An error that knows its HTTP status and whose message is written for the person who sees it. */
export interface ErrorForPeople extends Error {
  readonly status: number;
  readonly isForPeople: true;
}

/** What a person is told of an error; `errorId` is shown for those whose cause only the log knows. */
export function errorPageOf(error: unknown, errorId: string): ErrorPage {
  if (error instanceof NotFound) return told(404, error.message);
  if (error instanceof Conflict) return told(409, error.message);
  if (error instanceof UnreadableInput) return told(422, error.message);
  if (isErrorForPeople(error)) return told(error.status, error.message);
  const trouble = explainDatabaseTrouble(error);
  if (trouble !== undefined) return { ...told(503, trouble), title: '今は処理できません', errorId };
  const status = statusOf(error);
  return { ...told(status, ''), errorId: status >= 500 ? errorId : null };
}

/** The page for an address that does not exist. */
export function notFoundPage(): ErrorPage {
  return told(404, '');
}

function told(status: number, message: string): ErrorPage {
  const usual = texts[status] ?? (status >= 500 ? serverFault : clientFault);
  return { status, title: usual.title, message: message === '' ? usual.message : message, errorId: null };
}

function isErrorForPeople(error: unknown): error is ErrorForPeople {
  return error instanceof Error && 'isForPeople' in error && error.isForPeople === true;
}

/** Faults of the request that the framework itself found (too large, wrong kind) keep their status below 500. */
function statusOf(error: unknown): number {
  if (!(error instanceof Error) || !('statusCode' in error)) return 500;
  const status = error.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

const serverFault = {
  title: '処理できませんでした',
  message:
    'システムの側で問題が起きました。入力した内容は保存されていません。少し待ってからもう一度お試しください。続くときは、下の番号をシステム管理者に知らせてください。',
};

const clientFault = {
  title: '受け付けられない要求です',
  message: '前の画面に戻り、もう一度お試しください。',
};

const texts: Readonly<Record<number, { readonly title: string; readonly message: string }>> = {
  400: clientFault,
  403: {
    title: 'この操作は許可されていません',
    message: '必要な権限がありません。業務に必要なときは、システム管理者に申請してください。',
  },
  404: {
    title: '見つかりません',
    message: 'お探しのページや記録はありません。アドレスが正しいか、記録が取り消されていないか確かめてください。',
  },
  409: { title: 'いまはできません', message: '画面を開き直し、今の内容を確かめてからもう一度お試しください。' },
  413: { title: '送られたデータが大きすぎます', message: 'ファイルを分けるか、取込コマンドをお使いください。' },
  415: { title: '受け付けられない形式です', message: 'この画面のボタンから送り直してください。' },
  422: { title: 'このままでは進められません', message: '入力またはファイルの内容を確かめてください。' },
  429: { title: '回数が多すぎます', message: '少し待ってから、もう一度お試しください。' },
  500: serverFault,
  503: { title: 'ただいま準備中です', message: '少し待ってから、もう一度お試しください。' },
};
