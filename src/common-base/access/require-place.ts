import type { FastifyRequest } from 'fastify';
import type { AccessSettings } from './access-settings.ts';
import { decidePlace, type PlaceRefusal, type PlaceRule } from './decide-place.ts';
import { NotPermitted } from './require-permission.ts';
import type { Actor } from './types.ts';
import { terminalOf } from './visit.ts';

/** Whoever works, with what is known of the place. */
interface Worker {
  readonly actor: Actor;
  readonly department: string;
  readonly settings: AccessSettings;
}

const sentences: Readonly<Record<PlaceRefusal, string>> = {
  outsideHours:
    'いまは、この役割で使える時間の外です。急ぎの業務で要るときは、所属長を通じてシステム管理者に使える時間（設定の placeRules）の変更を頼んでください。この操作は記録されました。',
  outsideNetworks: 'この端末のネットワークからは使えません。決められた端末で開いてください。この操作は記録されました。',
  unknownTerminal:
    '端末が確かめられていないため、使えません。配られた端末で開くか、システム管理者に端末の登録を確かめてください。この操作は記録されました。',
};

/**
 * Lets a request pass or throws NotPermitted by the rules of time and place. Asked with every page: a session that
 * began inside the hours and networks does not go on outside of them.
 */
export function requirePlace(worker: Worker, request: FastifyRequest, at: Date, of: PlaceRule['of']): void {
  const { placeRules, closedDays } = worker.settings;
  const { department, actor } = worker;
  const place = { from: request.ip, terminal: terminalOf(request), at };
  const refusal = decidePlace(placeRules, closedDays, { of, department, roles: actor.roles, ...place });
  if (refusal !== null) throw new NotPermitted(null, sentences[refusal], refusal);
}
