import { DatabaseTrouble } from './errors.ts';

/** SQLSTATE or system error code → what happened and what to do, for the person at the machine. */
const sentences: Readonly<Record<string, string>> = {
  '53100':
    'ディスクがいっぱいで書き込めませんでした。途中の処理はすべて取り消され、記録済みのデータは無事です。空きを作ってからやり直してください。',
  '53200': 'データベースのメモリーが足りません。ほかの処理が終わってからやり直してください。',
  '53300':
    'データベースへの接続がいっぱいです。ほかの処理が終わってからやり直すか、max_connections を増やしてください。',
  '57P01': 'データベースが止められたため、処理を取り消しました。データベースが動き始めたらやり直してください。',
  '57P02':
    'データベースが異常終了したため、処理を取り消しました。回復し次第やり直してください。記録済みのデータは無事です。',
  '57P03': 'データベースは起動中です。少し待ってからやり直してください。',
  '57014': '時間がかかりすぎたか、取り消しの指示があったため、処理を取り消しました。',
  '28000': 'データベースがこの利用者の接続を拒みました。接続先 (DATABASE_URL など) とpg_hba.confを確かめてください。',
  '28P01': 'データベースの利用者名かパスワードが違います。接続先 (DATABASE_URL など) を確かめてください。',
  '3D000':
    '指定のデータベースがありません。接続先 (DATABASE_URL など) を確かめるか、「sesshu init」を実行してください。',
  '42501':
    'データベースの権限が足りません。役割ごとの接続先が正しいか、「sesshu init」が済んでいるかを確かめてください。',
  '42P01': 'データベースの表が足りません。「sesshu init」を実行してください。',
  '40001': 'ほかの処理と重なったため、処理を取り消しました。もう一度実行してください。',
  '40P01': 'ほかの処理と待ち合いになったため、処理を取り消しました。もう一度実行してください。',
  ECONNREFUSED: 'データベースにつながりません。動いているか、接続先が正しいかを確かめてください。',
  ECONNRESET:
    'データベースとの接続が切れました。途中の処理は取り消され、記録済みのデータは無事です。やり直してください。',
  EPIPE: 'データベースとの接続が切れました。途中の処理は取り消され、記録済みのデータは無事です。やり直してください。',
  ENOENT: 'データベースのソケットがありません。データベースが動いているか確かめてください。',
  ENOTFOUND: 'データベースのホスト名が見つかりません。接続先 (DATABASE_URL など) を確かめてください。',
  ETIMEDOUT:
    'データベースから時間内に返事がありません。機械が混んでいないか、ネットワークと接続先を確かめてから、やり直してください。',
  ENOSPC: 'ディスクがいっぱいです。空きを作ってからやり直してください。',
};

const connectionLost = /Connection terminated|Client has encountered a connection error/u;
/** The driver's own words for a connection that was not had in time. */
const noAnswer = /^timeout expired$|timeout exceeded when trying|terminated due to connection timeout/u;

/** What an error of the driver, of the system or of a file of work (node:sqlite) says of itself. */
interface Told {
  readonly code: string;
  readonly syscall: string;
  readonly severity: string;
  readonly errcode: number;
}

/** SQLITE_FULL: no room for a file of work, which lies on a disk that is full. */
const sqliteFull = 13;

/**
 * One Japanese sentence for a failure of the database or the disk beneath it, with what to do; undefined when the
 * error is something else (a programmer's error must not be explained away).
 */
export function explainDatabaseTrouble(error: unknown): string | undefined {
  if (error instanceof DatabaseTrouble) return error.message;
  if (error instanceof AggregateError && error.errors.length > 0) return explainDatabaseTrouble(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, severity, errcode } = error as Error & Partial<Told>;
  if (code === 'ERR_SQLITE_ERROR' && errcode === sqliteFull) return sentences['ENOSPC'];
  // A missing file is no missing database: of system errors only those of a connection are ours.
  const isOurs = severity !== undefined || code === 'ENOSPC' || syscall === undefined || isOfConnection(syscall);
  if (code !== undefined && isOurs && sentences[code] !== undefined) return sentences[code];
  if (severity !== undefined && code?.startsWith('08') === true) return sentences['ECONNRESET'];
  if (noAnswer.test(error.message)) return sentences['ETIMEDOUT'];
  if (connectionLost.test(error.message)) return sentences['ECONNRESET'];
  return error.cause === undefined ? undefined : explainDatabaseTrouble(error.cause);
}

function isOfConnection(syscall: string): boolean {
  return ['connect', 'read', 'write', 'getaddrinfo'].includes(syscall);
}

/** Why the embedded server did not start, read from the end of its own log. */
export function explainServerLog(text: string): string {
  if (/No space left on device/u.test(text)) return sentences['ENOSPC'] ?? '';
  const incompatible = /initialized by PostgreSQL version (\d+)/u.exec(text)?.[1];
  if (incompatible !== undefined) {
    return (
      `このデータはPostgreSQL ${incompatible} で作られています。前の版のSesshuで「sesshu backup」を取り、` +
      '新しい場所 (SESSHU_HOME) に「sesshu restore」してください。'
    );
  }
  if (/Permission denied|EACCES|could not access directory/u.test(text)) {
    return '読み書きできない場所です。環境変数 SESSHU_HOME に、この利用者が書ける場所を指定してください。';
  }
  if (/shared memory|semaphore/u.test(text)) {
    return '共有メモリーを確保できません。ほかのPostgreSQLを止めるか、OSの上限 (shm, sem) を上げてください。';
  }
  if (/could not bind|Unix-domain socket path .* is too long/u.test(text)) {
    return 'ソケットを作れません。環境変数 SESSHU_HOME に短い場所を指定してください。';
  }
  if (/error while loading shared libraries|Library not loaded/u.test(text)) {
    return 'ライブラリーが足りません。「npm ci --ignore-scripts」をやり直してください。';
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const told = lines.findLast((line) => /FATAL|PANIC|error:/u.test(line)) ?? lines.at(-1) ?? '';
  return `データベースの記録: ${told.trim().slice(0, 300)}`;
}
