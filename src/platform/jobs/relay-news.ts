import type { LgCode } from '#kernel';
import { type News, takeNews } from '#platform/outbox';
import { type Database, withMunicipality } from '#platform/postgres';
import { enqueue } from './enqueue.ts';
import type { RepeatedTask } from './run-worker.ts';

/** Who listens to which topics; the task gets `{lgCode, topic, ids}` with at most 1,000 ids. */
export interface NewsListener {
  readonly task: string;
  readonly topics: readonly string[];
}

const newsMax = 1000;

/**
 * The relay from the outbox to the job queue, for the worker's repeated tasks: news leaves the outbox and becomes jobs
 * in one transaction, so that none is lost and none is passed on twice. News nobody listens to is dropped: a new
 * listener begins from the present state.
 */
export function createNewsRelay(listeners: readonly NewsListener[], everyMs = 1000): RepeatedTask {
  return {
    name: 'relayNews',
    everyMs,
    async run({ db, signal }) {
      const { rows } = await db.app.query<{ lg_code: LgCode }>(
        'SELECT lg_code FROM list_municipalities_with_news() AS lg_code',
      );
      for (const { lg_code: lgCode } of rows) {
        while (!signal.aborted && (await relayOnce(db, lgCode, listeners)) === newsMax);
      }
    },
  };
}

/** Passes on the oldest news of one municipality; answers how many. */
export async function relayOnce(db: Database, lgCode: LgCode, listeners: readonly NewsListener[]): Promise<number> {
  return withMunicipality(db, lgCode, async (tx) => {
    const news = await takeNews(tx, newsMax);
    for (const [topic, ids] of groupByTopic(news)) {
      for (const listener of listeners.filter((candidate) => candidate.topics.includes(topic))) {
        await enqueue(tx, listener.task, { lgCode, topic, ids });
      }
    }
    return news.length;
  });
}

function groupByTopic(news: readonly News[]): Map<string, string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { topic, subjectId } of news) {
    const ids = groups.get(topic) ?? new Set();
    groups.set(topic, ids.add(subjectId));
  }
  return new Map([...groups].map(([topic, ids]) => [topic, [...ids]]));
}
