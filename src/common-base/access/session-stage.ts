import type { SessionStage } from './staff-route.ts';
import type { SessionInfo } from './types.ts';

/** The first thing that stands between a session and its work; null when nothing does. */
export function stageOf(session: SessionInfo): SessionStage | null {
  if (session.isLocked) return 'locked';
  if (session.secondFactor === 'ask') return 'secondFactor';
  if (session.mustChangePassword) return 'password';
  return session.secondFactor === 'enrol' ? 'enrolment' : null;
}

/** The page of each stage. */
export const stagePages: Readonly<Record<SessionStage, string>> = {
  locked: '/unlock',
  secondFactor: '/second-factor',
  password: '/account/password',
  enrolment: '/account/second-factor',
};
