import type pg from 'pg';
import { DatabaseTrouble } from './errors.ts';

const versionMin = 150_000;

interface ServerFacts {
  readonly version: number;
  readonly version_text: string;
  readonly encoding: string;
  readonly knows_japanese: boolean;
  readonly has_japanese_order: boolean;
}

/**
 * Refuses a server that would give wrong answers in silence: too old, not UTF-8, a locale to which Japanese letters
 * are no letters (search by similarity then finds nothing), or without the Japanese collation.
 */
export async function checkServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version_num')::int AS version,
            current_setting('server_version') AS version_text,
            current_setting('server_encoding') AS encoding,
            '神' ~ '^\\w$' AS knows_japanese,
            EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'ja-x-icu') AS has_japanese_order`,
  );
  const facts = rows[0];
  if (facts === undefined) throw new Error('the server gave no facts about itself');
  if (facts.version < versionMin) {
    throw new DatabaseTrouble(`PostgreSQL ${facts.version_text} は古すぎます。15以上のサーバーを指定してください。`);
  }
  if (facts.encoding !== 'UTF8') {
    throw new DatabaseTrouble(
      `データベースの文字コードが ${facts.encoding} です。ENCODING 'UTF8' で作り直してください。`,
    );
  }
  if (!facts.knows_japanese) {
    throw new DatabaseTrouble(
      'データベースのロケールが日本語の文字を扱えません (C など)。' +
        "「CREATE DATABASE … TEMPLATE template0 LOCALE 'C.UTF-8'」で作り直してください。",
    );
  }
  if (!facts.has_japanese_order) {
    throw new DatabaseTrouble('照合順序 ja-x-icu がありません。ICU付きのPostgreSQLを使ってください。');
  }
}

/**
 * Refuses to work with a connection that row-level security or the grants would not bind: a superuser, a role with
 * BYPASSRLS, the owner of the tables or a member of it.
 */
export async function checkWorkingRole(client: pg.ClientBase, variable: string): Promise<void> {
  const { rows } = await client.query<{ name: string; is_unbound: boolean; owns: boolean }>(
    `SELECT rolname AS name, rolsuper OR rolbypassrls AS is_unbound,
            EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE c.relrowsecurity AND n.nspname NOT IN ('graphile_worker', 'sesshu_jobs')
                       AND pg_has_role(c.relowner, 'MEMBER')) AS owns
       FROM pg_roles WHERE rolname = current_user`,
  );
  const role = rows[0];
  if (role === undefined || role.is_unbound || role.owns) {
    throw new DatabaseTrouble(
      `${variable} の利用者 (${role?.name ?? '不明'}) は権限が強すぎます。` +
        '管理者や所有者では業務を動かせません。「sesshu init」が作る役割の接続先を指定してください。',
    );
  }
}
