/** 申請と承認: what waits for another person, and what one asked for oneself. */
export const approvalsPath = '/approvals';

/** The page of one request. */
export function approvalPath(requestId: number): string {
  return `${approvalsPath}/${requestId}`;
}
