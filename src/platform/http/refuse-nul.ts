import type { FastifyInstance } from 'fastify';
import { hasNul } from '#kernel';
import type { ErrorForPeople } from './error-page.ts';

/** Text with the NUL character, which no database keeps and no keyboard types: HTTP 400. */
export class UnusableText extends Error implements ErrorForPeople {
  readonly status = 400;
  readonly isForPeople = true;

  constructor() {
    super(
      '送られた文字に、使えない制御文字（NUL）があるため、受け付けませんでした。前の画面に戻り、その文字を消して（ほかから写したときは打ち直して）送り直してください。',
    );
  }
}

/**
 * One door for every route: addresses, queries and forms with NUL are refused before any room sees them. Fields of an
 * upload come later, and `FormFields` refuses them then.
 */
export function registerNulRefusal(server: FastifyInstance): void {
  server.addHook('preHandler', async ({ params, query, body }) => {
    if ([params, query, body].some(hasNul)) throw new UnusableText();
  });
}
